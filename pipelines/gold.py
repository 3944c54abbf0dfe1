"""Silver to Gold: the star schema by CTAS into staging tables, each at an empty location; checked, then published."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pipelines.athena import Athena, listed, statement
from pipelines.errors import DoesNotAddUp
from pipelines.progress import Reporter
from pipelines.publishing import STAGING, WHOLE, Publisher
from pipelines.silver import written_days

FACT = "fact_events"
MOST_PARTITIONS = 100
"""What a CTAS writes (https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html)."""
STATEMENTS_AT_ONCE = 6
MADE = re.compile(rf"CREATE TABLE {STAGING}(\w+?)_(\d{{8}}t\w+)_(\d+)\n")


@dataclass(frozen=True, slots=True)
class Staged:
    """A table that a CTAS makes for one run. ``days`` are a fact part's; a dimension has none."""

    table: str
    run: str
    part: int = 1
    days: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{STAGING}{self.table}_{self.run}_{self.part}"

    @property
    def prefix(self) -> str:
        part = f"part={self.part}/" if self.days else ""
        return f"aggregated/{self.table}/run={self.run}/{part}"


def plan(run: str, days: list[str]) -> list[Staged]:
    """The facts of ``days`` in parts that a CTAS takes, and every dimension."""
    facts = [Staged(FACT, run, part, tuple(some)) for part, some in enumerate(_parts(sorted(days)), 1)]
    return facts + [Staged(name, run) for name in WHOLE]


def made_by(create_table_as: str) -> tuple[str, str, int]:
    """Table, run and part of what a statement of ``create_table_as`` made."""
    found = MADE.match(create_table_as)
    if found is None:
        raise ValueError(f"no statement of a run's: {create_table_as[:100]!r}")
    return found[1], found[2], int(found[3])


def build(athena: Athena, publisher: Publisher, days: list[str], reporter: Reporter) -> None:
    """Rebuilds, checks and publishes the facts of ``days`` and all dimensions.

    Raises DoesNotAddUp, with nothing published, where a check finds a row.
    """
    staged = plan(publisher.run, days)
    with reporter.step("Gold: build and check", len(staged)) as step, ThreadPoolExecutor(STATEMENTS_AT_ONCE) as pool:
        failures: list[str] = []
        for found in pool.map(_build_and_check(athena, publisher), staged):
            failures += found
            step.advance()
    refuse(failures)
    publish(publisher, staged, reporter)


def refuse(failures: list[str]) -> None:
    """Raises DoesNotAddUp where a check found something."""
    if failures:
        raise DoesNotAddUp("Gold was not published, since a check failed:\n  " + "\n  ".join(failures))


def publish(publisher: Publisher, staged: Sequence[Staged], reporter: Reporter) -> None:
    """Dimensions first, so that no fact lacks its key. A try again switches what is left to switch."""
    with reporter.step("Gold: publish"):
        for table in staged:
            if not table.days:
                publisher.publish_table(table.table, publisher.bucket.uri(table.prefix))
        facts = [table for table in staged if table.days]
        locations = {
            day: place
            for table in facts
            for day, place in written_days(publisher.bucket, table.prefix).items()
        }  # fmt: skip
        publisher.publish_days(FACT, locations)
        publisher.drop_staging()


def create_table_as(staged: Staged, location: str) -> str:
    partitioned = "\n  partitioned_by = ARRAY['dt']," if staged.days else ""
    query = statement(f"{staged.table}/query", **_days(staged))
    return (
        f"CREATE TABLE {staged.name}\nWITH (\n  format = 'PARQUET',\n  write_compression = 'SNAPPY',{partitioned}\n"
        f"  external_location = '{location}'\n) AS\n{query}"
    )


def _build_and_check(athena: Athena, publisher: Publisher) -> Callable[[Staged], list[str]]:
    def work(staged: Staged) -> list[str]:
        athena.run(create_table_as(staged, publisher.bucket.uri(staged.prefix)))
        return check(athena, staged)

    return work


def check(athena: Athena, staged: Staged) -> list[str]:
    """What is wrong with a staged table, a line a failure."""
    rows = athena.rows(statement(f"{staged.table}/checks", staged=staged.name, **_days(staged)))
    return [f"{staged.table}: {name} ({key}: {found})" for name, key, found in rows]


def _days(staged: Staged) -> dict[str, str]:
    return {"days": listed(staged.days)} if staged.days else {}


def _parts(days: list[str]) -> list[list[str]]:
    return [days[start : start + MOST_PARTITIONS] for start in range(0, len(days), MOST_PARTITIONS)]
