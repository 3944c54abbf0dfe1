"""Every event is accounted for: the equation over a run's sources, counted where things lie and not by who put them.

What was produced is counted in the files, what was found by Athena in raw/ and raw-errors/, what was refused by S3's
own listing, what became an event by Athena in silver_cleaned.
"""

from dataclasses import asdict, dataclass
from typing import Any

from pipelines.athena import Athena, listed, statement
from pipelines.errors import DoesNotAddUp
from pipelines.ingest import Ingested
from pipelines.lakebucket import LakeBucket
from pipelines.sources.producer import OVERSIZE_PREFIX


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in Bronze and in the quarantine of some sources. A pair is (source, ordinal)."""

    copies: int
    pairs: int
    quarantined: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Equation:
    """``silver`` is None before a run has made Silver: then only the first line is there to close."""

    produced: int
    found: int
    refused: int
    copies: int
    silver: int | None
    duplicates: int
    quarantined: int
    redelivered: int

    @property
    def lines_close(self) -> bool:
        return self.produced == self.found + self.refused

    @property
    def copies_close(self) -> bool:
        return self.silver is None or self.copies == (
            self.silver + self.duplicates + self.quarantined + self.redelivered
        )

    @property
    def closes(self) -> bool:
        return self.lines_close and self.copies_close

    def lines(self) -> list[str]:
        """The equation as it is written on paper, its numbers in place."""
        lines = [f"produced {self.produced:,} = found {self.found:,} + refused at the source {self.refused:,}"]
        if self.silver is not None:
            lines.append(
                f"copies {self.copies:,} = in silver {self.silver:,} + duplicates {self.duplicates:,}"
                f" + quarantined {self.quarantined:,} + redelivered {self.redelivered:,}"
            )
        return lines

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"closes": self.closes}


def days_of(sources: list[Ingested]) -> list[str]:
    return sorted({day for source in sources for day in source.days})


def count_found(athena: Athena, sources: list[Ingested]) -> Found:
    rows = athena.rows(statement("accounting/found", days=_days(sources), sources=_ids(sources)))
    copies, pairs, quarantined, duplicates = (sum(int(row[column] or 0) for row in rows) for column in range(1, 5))
    return Found(copies, pairs, quarantined, duplicates)


def count_in_silver(athena: Athena, sources: list[Ingested]) -> int:
    rows = athena.rows(statement("accounting/in_silver", days=_days(sources), sources=_ids(sources)))
    return sum(int(row[1] or 0) for row in rows)


def count_refused(bucket: LakeBucket, sources: list[Ingested]) -> int:
    return sum(1 for source in sources for _ in bucket.keys(f"{OVERSIZE_PREFIX}{source.source}/"))


def equation(sources: list[Ingested], found: Found, refused: int, silver: int | None) -> Equation:
    return Equation(
        produced=sum(source.lines for source in sources),
        found=found.pairs,
        refused=refused,
        copies=found.copies,
        silver=silver,
        duplicates=found.duplicates,
        quarantined=found.quarantined,
        redelivered=found.copies - found.pairs,
    )


def refuse_what_does_not_close(equation: Equation) -> None:
    if not equation.closes:
        raise DoesNotAddUp("the equation does not close:\n  " + "\n  ".join(equation.lines()))


def _days(sources: list[Ingested]) -> str:
    """For an IN list, which must not be empty: a source without one event has no day."""
    return listed(days_of(sources) or ["none"])


def _ids(sources: list[Ingested]) -> str:
    return listed(source.source for source in sources)
