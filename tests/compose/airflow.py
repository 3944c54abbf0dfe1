"""Airflow's REST API as a client sees it: https://airflow.apache.org/docs/apache-airflow/3.0.6/stable-rest-api-ref.html"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

Found = TypeVar("Found")


class Refused(AssertionError):
    pass


class NotFound(Refused):
    pass


class Unwell(OSError):
    """As when its database is being started again: to be asked once more."""


class Airflow:
    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._headers = {"Content-Type": "application/json"}
        token = self._ask("POST", "/auth/token", {"username": "admin", "password": password})["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def unpause(self, dag: str) -> None:
        self._ask("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def pause(self, dag: str) -> None:
        self._ask("PATCH", f"/api/v2/dags/{dag}", {"is_paused": True})

    def dags(self) -> dict[str, dict[str, Any]]:
        return {found["dag_id"]: found for found in self._ask("GET", "/api/v2/dags")["dags"]}

    def start(self, dag: str, **conf: Any) -> str:
        """Starts a run by hand; its id."""
        started = self._ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(started["dag_run_id"])

    def backfill(self, dag: str, first: str, last: str, reprocess: str = "completed") -> int:
        asked = {
            "dag_id": dag, "from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z",
            "reprocess_behavior": reprocess, "max_active_runs": 1, "run_backwards": False, "dag_run_conf": {},
        }  # fmt: skip
        return int(self._ask("POST", "/api/v2/backfills", asked)["id"])

    def backfill_is_done(self, backfill: int) -> bool:
        return self._ask("GET", f"/api/v2/backfills/{backfill}")["completed_at"] is not None

    def clear(self, dag: str, run: str) -> None:
        """Runs a whole run again."""
        self._ask("POST", f"/api/v2/dags/{dag}/dagRuns/{quote(run)}/clear", {"dry_run": False, "only_failed": False})

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """The oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100&order_by=run_after")[
            "dag_runs"
        ]
        return found

    def run(self, dag: str, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run)}")
        return found

    def waits_for_events(self, dag: str) -> bool:
        """Whether an asset's event has come of which no run of this DAG was made yet."""
        try:
            self._ask("GET", f"/api/v2/dags/{dag}/assets/queuedEvents")
        except NotFound:
            return False
        return True

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        found = self._ask("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run)}/taskInstances")["task_instances"]
        return {each["task_id"]: each for each in found}

    def log(self, dag: str, run: str, task: str, attempt: int) -> str:
        path = f"/api/v2/dags/{dag}/dagRuns/{quote(run)}/taskInstances/{task}/logs/{attempt}?full_content=true"
        return json.dumps(self._ask("GET", path))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}{path}", data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                kind = NotFound if error.code == 404 else Refused if error.code < 500 else Unwell
                raise kind(f"{method} {path}: {error.code} {error.read().decode()[:1000]}") from error


def until(ask: Callable[[], Found | None], what: str, seconds: float) -> Found:
    """Asks again and again until there is an answer, or fails by name."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = ask()
        except OSError:  # what is being started again does not answer for a while
            found = None
        if found:
            return found
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {what} has not come"
        time.sleep(0.5)
