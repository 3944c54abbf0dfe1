"""Jobs and their runs, as GetJob and GetJobRun show them, by account and region."""

from datetime import timedelta
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State

Job = dict[str, Any]
Run = dict[str, Any]
KEPT = timedelta(days=90)
"""https://docs.aws.amazon.com/glue/latest/dg/view-job-runs.html"""
GOING = frozenset({"STARTING", "RUNNING", "STOPPING"})


def next_attempt(run: Run) -> dict[str, Any]:
    """What the run after ``run`` takes over from it."""
    attempt = run["Attempt"] + 1
    first = run["Id"].partition("_attempt_")[0]
    taken = {"Arguments": run["Arguments"]} if "Arguments" in run else {}
    return {"Id": f"{first}_attempt_{attempt}", "Attempt": attempt, "PreviousRunId": run["Id"], **taken}


class JobStore:
    def __init__(self, state: State, clock: Clock) -> None:
        self._jobs = state.collection("glue_jobs")
        self._runs = state.collection("glue_job_runs")
        self._clock = clock

    def find(self, scope: Scope, name: str) -> Job | None:
        return self._jobs.get(scope, name)

    def get(self, scope: Scope, name: str) -> Job:
        if (job := self.find(scope, name)) is None:
            raise AwsError("EntityNotFoundException", f"Job {name} not found.")
        return job

    def put(self, scope: Scope, job: Job) -> None:
        self._jobs.put(scope, job["Name"], job)

    def delete(self, scope: Scope, name: str) -> None:
        self._jobs.delete(scope, name)
        self._runs.delete_prefix(scope, _key(name))

    def jobs(self, scope: Scope) -> list[tuple[str, Job]]:
        return self._jobs.items(scope)

    def find_run(self, scope: Scope, name: str, run_id: str) -> Run | None:
        return self._runs.get(scope, _key(name, run_id))

    def get_run(self, scope: Scope, name: str, run_id: str) -> Run:
        if (run := self.find_run(scope, name, run_id)) is None:
            raise AwsError("EntityNotFoundException", f"Job Run not found: {run_id}")
        return run

    def add_run(self, scope: Scope, run: Run) -> None:
        self._runs.put(scope, _key(run["JobName"], run["Id"]), run)

    def change_run(self, scope: Scope, name: str, run_id: str, **changes: Any) -> Run | None:
        """The run as it is now; None, and nothing comes back to life, if it was deleted with its job."""
        if (run := self.find_run(scope, name, run_id)) is None:
            return None
        run |= {"LastModifiedOn": self._clock.now(), **changes}
        self.add_run(scope, run)
        return run

    def runs(self, scope: Scope, name: str) -> list[tuple[str, Run]]:
        """The latest first; those that Glue would have forgotten are gone."""
        oldest = self._clock.now() - KEPT
        found = list[tuple[str, Run]]()
        for key, run in self._runs.items(scope, _key(name)):
            if run["StartedOn"] < oldest and run["JobRunState"] not in GOING:
                self._runs.delete(scope, key)
            else:
                found.append((run["Id"], run))
        return sorted(found, key=lambda item: item[1]["StartedOn"], reverse=True)

    def going(self) -> list[tuple[Scope, Run]]:
        """Every run that has not ended, wherever."""
        return [(scope, run) for scope, _, run in self._runs.all() if run["JobRunState"] in GOING]


def _key(name: str, run_id: str = "") -> str:
    return f"{name}\n{run_id}"  # a job's name is of one line
