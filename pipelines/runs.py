"""A run from its sources to its record: which steps, in which order, and what it leaves behind in the bucket."""

import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import accounting, deploy, gold, ingest, silver
from pipelines import stack as stacks
from pipelines.accounting import Equation
from pipelines.athena import Athena
from pipelines.ingest import Ingested
from pipelines.lakebucket import LakeBucket
from pipelines.lock import LEASE, PublishLock
from pipelines.progress import Reporter
from pipelines.publishing import Publisher
from pipelines.settings import Profile
from pipelines.sources.files import Source
from pipelines.stack import Stack

IN_ALL = "in all"
STEPS = ("ingest", "silver", "gold", "all")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: ``patience`` for a line to arrive, ``lock_patience`` for another run to finish publishing, ``lease``
    until a dead run's lock expires, ``grace`` before superseded files go."""

    patience: float = 900.0
    lock_patience: float = 600.0
    lease: float = LEASE
    grace: float = 24 * 3600.0


@dataclass
class Outcome:
    """What a run did; ``equation`` is None where it did not come that far."""

    run: str
    step: str
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    sources: list[Ingested] = field(default_factory=list)
    equation: Equation | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    outcome: str = "failed"
    error: str | None = None

    @property
    def days(self) -> list[str]:
        return accounting.days_of(self.sources)

    def as_json(self) -> dict[str, Any]:
        sources = [asdict(source) for source in self.sources]
        equation = None if self.equation is None else self.equation.as_json()
        seconds = {name: round(taken, 3) for name, taken in self.seconds.items()}
        return {
            "run": self.run, "step": self.step, "began": self.began, "outcome": self.outcome, "error": self.error,
            "equation": equation, "days": self.days, "sources": sources, "seconds": seconds,
        }  # fmt: skip


def new_run() -> str:
    """A name that sorts by time and may be a part of a table's name."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%S}_{secrets.token_hex(3)}"


@contextmanager
def recorded(bucket: LakeBucket, outcome: Outcome, reporter: Reporter) -> Iterator[None]:
    """Writes ``runs/<run>.json`` whether the block succeeds or not."""
    try:
        yield
        outcome.outcome = "succeeded"
    except Exception as error:
        outcome.error = f"{type(error).__name__}: {error}"
        raise
    finally:
        outcome.seconds = reporter.seconds | {IN_ALL: reporter.in_all}
        bucket.put_json(f"runs/{outcome.run}.json", outcome.as_json())


def run(profile: Profile, step: str, paths: list[Path], reporter: Reporter, limits: Limits) -> Outcome:
    """Runs ``step`` (or all of them) for the sources. Raises what stopped it, after the run's record is written."""
    sources = ingest.inspect(paths, reporter)
    stack = _deployed(profile, reporter)
    return Run(profile, stack, step, reporter, limits).over(sources)


def _deployed(profile: Profile, reporter: Reporter) -> Stack:
    if not profile.deploys_itself:
        return stacks.find(profile.client("cloudformation"))
    with reporter.step("deploy") as step:
        return Stack.of(deploy.deploy(profile, step.say))


class Run:
    def __init__(self, profile: Profile, stack: Stack, step: str, reporter: Reporter, limits: Limits) -> None:
        self._profile = profile
        self._stack = stack
        self._reporter = reporter
        self._limits = limits
        self._bucket = LakeBucket.of(profile, stack)
        self._athena = Athena.of(profile, stack)
        self.outcome = Outcome(new_run(), step)

    def over(self, sources: list[Source]) -> Outcome:
        outcome = self.outcome
        with recorded(self._bucket, outcome, self._reporter), ThreadPoolExecutor(1) as aside:
            if outcome.step in ("ingest", "all"):
                outcome.sources = ingest.ingest(
                    self._profile, self._stack, outcome.run, sources, self._reporter, self._limits.patience
                )
            else:
                outcome.sources = ingest.already_ingested(self._bucket, sources)
            # Bronze is whole from here on, so it is counted while Silver is made.
            found = aside.submit(accounting.count_found, self._athena, outcome.sources)
            if outcome.step != "ingest" and outcome.days:
                self._publish(outcome.days)
            self._account(found)
        return outcome

    def _publish(self, days: list[str]) -> None:
        limits = self._limits
        lock = PublishLock(self._bucket, self.outcome.run, patience=limits.lock_patience, lease=limits.lease)
        publisher = Publisher.of(self._profile, self._stack, self.outcome.run, lock)
        with lock.held(lambda text: self._reporter.console.print(text, highlight=False)):
            publisher.drop_staging()
            if self.outcome.step in ("silver", "all"):
                silver.build(self._profile, self._stack, publisher, days, self._reporter)
            if self.outcome.step in ("gold", "all"):
                gold.build(self._athena, publisher, days, self._reporter)
            with self._reporter.step("sweep what nothing refers to"):
                publisher.sweep(limits.grace)

    def _account(self, found: "Future[accounting.Found]") -> None:
        outcome = self.outcome
        with self._reporter.step("account for every event"):
            in_silver = None if outcome.step == "ingest" else accounting.count_in_silver(self._athena, outcome.sources)
            refused = accounting.count_refused(self._bucket, outcome.sources)
            outcome.equation = accounting.equation(outcome.sources, found.result(), refused, in_silver)
        accounting.refuse_what_does_not_close(outcome.equation)
