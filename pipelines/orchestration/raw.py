"""ingest_github_events: a day's hour files from their archive to Bronze, every line found there and accounted for."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

from pipelines import accounting, ingest
from pipelines.orchestration.accounts import Counted, ingested, settle
from pipelines.orchestration.here import Here
from pipelines.runs import new_run
from pipelines.sources import archives


class Brought(TypedDict):
    """``missing``: of each day that was asked for, the hours that the archive lacks."""

    run: str
    sources: list[str]
    missing: dict[str, list[int]]


def bring(address: str, days: list[str]) -> Brought:
    """Puts what is not there yet, and waits until all of it is. No sources where the archive has none of the days."""
    here, run = Here.now(), new_run()
    archive = archives.at(address, here.profile.client)
    with TemporaryDirectory(prefix="github-events-") as folder:
        found = {day: archives.fetch_day(archive, day, Path(folder)) for day in days}
        sources = ingest.inspect([path for day in found.values() for path in day.paths], here.reporter)
        done = ingest.ingest(here.profile, here.stack, run, sources, here.reporter, here.limits.patience)
    missing = {day: files.missing for day, files in found.items() if files.missing}
    return Brought(run=run, sources=[source.source for source in done], missing=missing)


def account(brought: Brought) -> Counted:
    here = Here.now()
    sources = ingested(here, brought["sources"])
    said = settle(here, brought["run"], "ingest", sources, silver=False)
    said += [f"{day}: the archive lacks the hours {hours}" for day, hours in brought["missing"].items()]
    days = accounting.days_of(sources)
    return Counted(days=days, sources=brought["sources"], rows=sum(source.lines for source in sources), said=said)
