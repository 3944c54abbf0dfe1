"""Runs in progress: each a task that keeps its record true, from STARTING to how it ended."""

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import partial

from boathouse.clock import Clock
from boathouse.context import Principal, Scope
from boathouse.errors import AwsError, StartError
from boathouse.services.glue.job_store import Job, JobStore, Run, next_attempt
from boathouse.services.glue.launching import Launcher, merged
from boathouse.services.glue.metrics import Metrics
from boathouse.services.glue.output import Output
from boathouse.tasks import Tasks
from boathouse.workers.glue import Ended, Pool
from boathouse.workers.spark import Encryption

log = logging.getLogger(__name__)
CUT_OFF = "emulator: the platform ended while this run was going; start it again"
OF_THE_END = frozenset({"CompletedOn", "ErrorMessage", "DPUSeconds"})


@dataclass(frozen=True, slots=True)
class Going:
    """A run and all that it needs, as it was at its start: an UpdateJob meanwhile does not touch it."""

    scope: Scope
    role: Principal
    job: Job
    run: Run
    encryption: Encryption | None

    @property
    def id(self) -> str:
        return str(self.run["Id"])


class Runner:
    """A resource of the service: it starts with what an earlier platform left going, and ends with nothing going."""

    def __init__(self, store: JobStore, launcher: Launcher, pool: Pool, metrics: Metrics, clock: Clock) -> None:
        self._store = store
        self._metrics = metrics
        self._launcher = launcher
        self._pool = pool
        self._clock = clock
        self._tasks = Tasks()
        self._going: dict[str, asyncio.Task[None]] = {}
        self._since: dict[str, float] = {}

    async def start(self) -> None:
        await self._launcher.clear()
        for scope, run in self._store.going():
            self._settle(scope, run, *cut_off(run))
        self._pool.fill()

    async def stop(self) -> None:
        await self._pool.stop()  # first, so that no run that ends now has its worker replaced
        await self._tasks.cancel()

    async def reset(self) -> None:
        await self._tasks.cancel()

    def begin(self, going: Going) -> None:
        task = self._going[going.id] = self._tasks.spawn(self._follow(going), f"glue run {going.id}")
        task.add_done_callback(partial(self._let_go, going))

    def end(self, scope: Scope, run: Run) -> None:
        """Ends a run's processes, all of them; its state says when that is done."""
        self._store.change_run(scope, run["JobName"], run["Id"], JobRunState="STOPPING")
        if (task := self._going.get(run["Id"])) is not None:
            task.cancel()

    def seconds(self, run_id: str) -> int:
        """How long a run has been running its script."""
        return round(self._clock.time() - self._since.get(run_id, self._clock.time()))

    def _let_go(self, going: Going, task: asyncio.Task[None]) -> None:
        """A fault of ours must not leave a run going for ever."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._settle(going.scope, going.run, "FAILED", f"emulator: internal error: {error!r}; the log has more")

    async def _follow(self, going: Going) -> None:
        try:
            state, message = outcome(await self._run(going))
        except asyncio.CancelledError:
            run = self._store.find_run(going.scope, going.job["Name"], going.id) or going.run
            self._settle(going.scope, run, *cut_off(run))
            raise
        except AwsError as error:
            state, message = "FAILED", f"{error.code}: {error.message}"
        except StartError as error:
            state, message = "FAILED", f"emulator: {error}"
        finally:
            self._going.pop(going.id, None)
        self._settle(going.scope, going.run, state, message)
        if state == "FAILED" and going.run["Attempt"] < going.job["MaxRetries"]:
            self._retry(going)
        await self._metrics.tell(going.role, going.run, state, merged(going.job, going.run))

    async def _run(self, going: Going) -> Ended:
        group, clock = going.run["LogGroupName"], self._clock
        async with (
            self._launcher.launch(going.role, going.job, going.run, going.encryption) as script,
            Output(self._launcher.call, going.role, group, going.id, clock) as output,
        ):
            return await self._pool.run(script, output.stdout, output.stderr, lambda: self._running(going))

    def _running(self, going: Going) -> None:
        self._since[going.id] = self._clock.time()
        self._store.change_run(going.scope, going.job["Name"], going.id, JobRunState="RUNNING")

    def _settle(self, scope: Scope, run: Run, state: str, message: str) -> None:
        seconds = self.seconds(run["Id"])
        self._since.pop(run["Id"], None)
        said = {"ErrorMessage": message} if message else {}
        # documented(API_JobRun): only these runs tell; of the others ExecutionTime and MaxCapacity do
        flexible = {"DPUSeconds": seconds * run["MaxCapacity"]} if run["ExecutionClass"] == "FLEX" else {}
        self._store.change_run(
            scope, run["JobName"], run["Id"],
            JobRunState=state, CompletedOn=self._clock.now(), ExecutionTime=seconds, **said, **flexible,
        )  # fmt: skip

    def _retry(self, going: Going) -> None:
        now = self._clock.now()
        kept = {key: value for key, value in going.run.items() if key not in OF_THE_END}
        fresh = {"JobRunState": "STARTING", "StartedOn": now, "LastModifiedOn": now, "ExecutionTime": 0}
        run = {**kept, **next_attempt(going.run), **fresh}
        self._store.add_run(going.scope, run)
        self.begin(replace(going, run=run))


def cut_off(run: Run) -> tuple[str, str]:
    """JobRunState and ErrorMessage of a run that did not come to an end of its own.

    FAILED, for ERROR is of deleted jobs (https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html), and
    client(airflow): GlueJobOperator goes on waiting for a run that is in ERROR.
    """
    return ("STOPPED", "") if run["JobRunState"] == "STOPPING" else ("FAILED", CUT_OFF)


def outcome(ended: Ended) -> tuple[str, str]:
    """JobRunState and ErrorMessage."""
    how = ended.outcome
    if how.timed_out:
        return "TIMEOUT", "Job run exceeded its timeout."
    if how.ok and ended.failure is None:
        return "SUCCEEDED", ""
    if ended.failure is not None:
        return "FAILED", ended.failure
    if how.exit_code is not None:
        return "FAILED", f"SystemExit: {how.exit_code}"
    return "FAILED", f"Command failed with {how}"
