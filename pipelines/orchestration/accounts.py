"""What a run's last task says: the equation over its sources, kept in the bucket, and how much it made."""

from typing import TypedDict

from pipelines import accounting
from pipelines.athena import listed
from pipelines.errors import Refused
from pipelines.ingest import RECORDS, Ingested
from pipelines.orchestration.asked import Asked
from pipelines.orchestration.here import Here
from pipelines.runs import Outcome, recorded


class Counted(TypedDict):
    """What an asset's event carries (days, sources), and what the run's message says of it."""

    days: list[str]
    sources: list[str]
    rows: int
    said: list[str]


def settle(here: Here, run: str, step: str, sources: list[Ingested], *, silver: bool) -> list[str]:
    """Writes ``runs/<run>.json``; returns the equation's lines. Raises DoesNotAddUp where it does not close."""
    outcome = Outcome(run, step, sources=sources)
    with recorded(here.bucket, outcome, here.reporter), here.reporter.step("account for every event"):
        found = accounting.count_found(here.athena, sources)
        in_silver = accounting.count_in_silver(here.athena, sources) if silver else None
        refused = accounting.count_refused(here.bucket, sources)
        outcome.equation = accounting.equation(sources, found, refused, in_silver)
        accounting.refuse_what_does_not_close(outcome.equation)
    return outcome.equation.lines()


def sources_of(here: Here, asked: Asked) -> list[str]:
    """The sources that were named, else all that have lines of the days. Raises Refused where there is none."""
    if asked["sources"]:
        return asked["sources"]
    known = [key.removeprefix(RECORDS).removesuffix(".json") for key in here.bucket.keys(RECORDS)]
    found = [record.source for record in ingested(here, known) if set(record.days) & set(asked["days"])]
    if not found:
        raise Refused(f"nothing was ingested of {', '.join(asked['days'])}: run ingest_github_events for it first")
    return found


def ingested(here: Here, ids: list[str]) -> list[Ingested]:
    """What is written down of the sources; raises Refused where one has not been ingested."""
    found = [(source, Ingested.find(here.bucket, source)) for source in ids]
    if missing := [source for source, record in found if record is None]:
        raise Refused(f"not ingested: source {missing[0]}. Run ingest_github_events for its day first")
    return [record for _, record in found if record is not None]


def within(sources: list[Ingested], days: list[str]) -> tuple[list[Ingested], list[str]]:
    """The sources that have lines of ``days`` alone, and a word on the others, of which a run by hand makes a part."""
    alone = [source for source in sources if set(source.days) <= set(days)]
    left = len(sources) - len(alone)
    return alone, [f"not accounted for, since they have lines of other days, too: {left} sources"] if left else []


def rows(here: Here, table: str, days: list[str]) -> int:
    ((found,),) = here.athena.rows(f"SELECT count(*) FROM {table} WHERE dt IN ({listed(days)})")
    return int(found or 0)
