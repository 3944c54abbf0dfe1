"""The page at the end of a run: what became of every line, three answers from Gold, where the time went."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipelines.accounting import Equation
from pipelines.athena import Athena, Row, listed, statement
from pipelines.runs import IN_ALL, Outcome

BAR = "█"
BAR_WIDTH = 24
ANSWERS = ("row_counts", "top_repositories", "most_active_users", "event_types_by_day")
TYPES_SHOWN, DAYS_SHOWN = 8, 5


@dataclass(frozen=True, slots=True)
class Answers:
    """Rows of ``sql/answers/``, each under its file's name."""

    row_counts: list[Row]
    top_repositories: list[Row]
    most_active_users: list[Row]
    event_types_by_day: list[Row]


def ask(athena: Athena, days: list[str]) -> Answers:
    """All four questions at once, of Gold as it is published."""
    values = listed(days)
    with ThreadPoolExecutor(len(ANSWERS)) as pool:
        rows = pool.map(lambda name: athena.rows(statement(f"answers/{name}", days=values)), ANSWERS)
    return Answers(*rows)


def show(console: Console, outcome: Outcome, answers: Answers) -> None:
    if outcome.equation is not None:
        console.print(_accounting(outcome.equation, len(outcome.sources), outcome.days))
    console.print(
        Columns(
            [
                _ranking("Top repositories", answers.top_repositories, "cyan"),
                _ranking("Most active users", answers.most_active_users, "magenta"),
            ]
        )
    )
    console.print(_by_day(answers.event_types_by_day, outcome.days[-DAYS_SHOWN:]))
    console.print(Columns([_counts(answers.row_counts), _times(outcome.seconds)]))
    console.print(_next_steps(outcome.days))


def _accounting(equation: Equation, sources: int, days: list[str]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    table.add_column()
    table.add_row(
        f"{equation.produced:,}", f"lines in {sources} file{'s' if sources > 1 else ''}, events of {_span(days)}"
    )
    parts: tuple[tuple[int, str, str], ...] = (
        (equation.silver or 0, "are events in Silver", "green"),
        (equation.duplicates, "are duplicates: the same id and day as another line", "yellow"),
        (equation.quarantined, "could not be read: quarantined under raw-errors/", "yellow"),
        (equation.refused, "too large for a record: kept whole under raw-errors/oversize/", "yellow"),
    )
    if equation.redelivered:
        parts = (*parts, (equation.redelivered, "copies beyond the first of a line, delivered again", "dim"))
    for number, text, style in parts:
        table.add_row(f"[{style}]{number:,}[/]", text)
    verdict = "[bold green]Every line is accounted for[/]" if equation.closes else "[bold red]Lines are missing[/]"
    return Panel(table, title=verdict, title_align="left", border_style="green" if equation.closes else "red")


def _ranking(title: str, rows: list[Row], style: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False)
    table.add_column(max_width=30, no_wrap=True)
    table.add_column(justify="right")
    table.add_column(width=BAR_WIDTH, style=style)
    most = max((_number(row[1]) for row in rows), default=1)
    for name, events, *_ in rows:
        table.add_row(_name(name), f"{_number(events):,}", _bar(_number(events), most))
    return table


def _by_day(rows: list[Row], days: list[str]) -> Table:
    table = Table(title="Event types by day", title_justify="left", title_style="bold", box=None)
    table.add_column("")
    for day in days:
        table.add_column(day, justify="right")
    table.add_column("", width=BAR_WIDTH, style="blue")
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row[1] in days:
            counts.setdefault(row[0] or "", {})[row[1]] = _number(row[2])
    ranked = sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    most = max((sum(by_day.values()) for by_day in counts.values()), default=1)
    for kind, by_day in ranked[:TYPES_SHOWN]:
        table.add_row(_name(kind), *(f"{by_day.get(day, 0):,}" for day in days), _bar(sum(by_day.values()), most))
    return table


def _counts(rows: list[Row]) -> Table:
    table = Table(title="Rows", title_justify="left", title_style="bold", box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, found, *_ in rows:
        table.add_row(name, f"{_number(found):,}")
    return table


def _times(seconds: dict[str, float]) -> Table:
    table = Table(title="Where the time went", title_justify="left", title_style="bold", box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(width=BAR_WIDTH, style="dim")
    steps = {name: taken for name, taken in seconds.items() if name != IN_ALL}
    most = max(steps.values(), default=1.0)
    for name, taken in steps.items():
        table.add_row(name, f"{taken:.1f} s", _bar(taken, most))
    table.add_row(f"[bold]{IN_ALL}[/]", f"[bold]{seconds.get(IN_ALL, 0):.1f} s[/]", "")
    return table


def _next_steps(days: list[str]) -> RenderableType:
    day = days[-1] if days else "2016-01-01"
    return Panel(
        "Ask it yourself:\n"
        f"  [cyan]SELECT event_type, sum(event_count) FROM fact_events WHERE dt = '{day}' GROUP BY 1[/]\n"
        "Give it real hours from gharchive.org:\n"
        "  [cyan]python -m pipelines run all --source 2026-01-01-15.json.gz[/]\n"
        "Make some up:\n"
        "  [cyan]python -m pipelines generate --events 50000 --seed 1 --out hours/[/]",
        title="What to try next",
        title_align="left",
        border_style="dim",
    )


def _name(text: str | None) -> Text:
    """Text from outside: no markup, and of what drives a terminal or turns its lines around nothing."""
    return Text(
        "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text or "")
    )


def _bar(value: float, most: float) -> str:
    return BAR * max(1, round(BAR_WIDTH * value / most)) if value else ""


def _number(text: str | None) -> int:
    return int(text or 0)


def _span(days: Iterable[str]) -> str:
    ordered = sorted(days)
    return "no day" if not ordered else ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"
