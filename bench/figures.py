"""What a measurement found: a figure, what it is held against, and how the two compare."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

HEADINGS = ("measured", "Boathouse", "held against", "", "ratio")


@dataclass(frozen=True, slots=True)
class Figure:
    """``unit`` is s, ms, MB, events/s or µs; ``other`` is ``against``'s figure in the same unit.

    A ratio holds on any machine, and whatever else it does meanwhile; a figure alone holds for this one.
    """

    name: str
    value: float
    unit: str
    against: str = ""
    other: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.other if self.other else None

    def cells(self) -> tuple[str, str, str, str, str]:
        other = "" if self.other is None else shown(self.other, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.name, shown(self.value, self.unit), self.against, other, ratio


def shown(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if unit == "s" else f"{value:,.0f} {unit}"


def for_people(figures: Iterable[Figure]) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if number in (0, 2) else "right", no_wrap=True)
    for figure in figures:
        table.add_row(*figure.cells())
    return table


def as_markdown(figures: Iterable[Figure]) -> str:
    rows = [HEADINGS, ("---", "---:", "---", "---:", "---:"), *(figure.cells() for figure in figures)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def between(text: str, mark: str, content: str) -> str:
    """``text`` with what stands between its lines ``<!-- mark -->`` and ``<!-- /mark -->`` replaced.

    Raises ValueError where it has no such lines.
    """
    opening, closing = f"<!-- {mark} -->\n", f"<!-- /{mark} -->\n"
    before, found, rest = text.partition(opening)
    _, closed, after = rest.partition(closing)
    if not found or not closed:
        raise ValueError(f"the lines {opening.strip()} and {closing.strip()} are not both there")
    return before + opening + content + closing + after
