"""Query executions and workgroups as they are kept. Knows nothing of how a query runs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.lake.state import Document, State, decode, encode

KEPT = 45 * 24 * 3600
"""Athena keeps a query's history for 45 days (https://docs.aws.amazon.com/athena/latest/ug/queries-viewing-history.html)."""
PRUNED_EVERY = 3600


@dataclass(slots=True)
class Execution:
    """``query_execution`` is GetQueryExecution's answer, ``request`` what a retry of StartQueryExecution must repeat.

    ``columns`` are ColumnInfos of the result; without ``has_rows`` there is no result file to read rows from.
    """

    scope: Scope
    query_execution: dict[str, Any]
    request: dict[str, Any] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    update_count: int | None = None
    has_rows: bool = False

    @property
    def id(self) -> str:
        return str(self.query_execution["QueryExecutionId"])

    @property
    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.query_execution["Status"]
        return status

    @property
    def statistics(self) -> dict[str, Any]:
        statistics: dict[str, Any] = self.query_execution["Statistics"]
        return statistics

    @property
    def state(self) -> str:
        return str(self.status["State"])

    @property
    def is_over(self) -> bool:
        return self.state in ("SUCCEEDED", "FAILED", "CANCELLED")

    @property
    def output(self) -> str:
        """Where the result file is, or for a CTAS the prefix of what is written besides its data."""
        return str(self.query_execution["ResultConfiguration"]["OutputLocation"])


class ExecutionStore:
    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._pruned = 0.0
        state.declare(
            "athena_executions",
            "account TEXT, region TEXT, id TEXT, workgroup TEXT, submitted REAL, token TEXT, document TEXT,"
            " PRIMARY KEY (account, region, id)",
        )
        state.execute(
            "CREATE INDEX IF NOT EXISTS athena_executions_history"
            " ON athena_executions (account, region, workgroup, submitted)"
        )
        state.execute(
            "CREATE INDEX IF NOT EXISTS athena_executions_token ON athena_executions (account, region, token)"
            " WHERE token IS NOT NULL"
        )

    def add(self, execution: Execution, token: str | None) -> None:
        self._prune()
        submitted = execution.status["SubmissionDateTime"].timestamp()
        workgroup = execution.query_execution["WorkGroup"]
        self._state.execute(
            "INSERT INTO athena_executions VALUES (?, ?, ?, ?, ?, ?, ?)",
            *execution.scope, execution.id, workgroup, submitted, token, _packed(execution),
        )  # fmt: skip

    def save(self, execution: Execution) -> None:
        self._state.execute(
            "UPDATE athena_executions SET document=? WHERE account=? AND region=? AND id=?",
            _packed(execution), *execution.scope, execution.id,
        )  # fmt: skip

    def find(self, scope: Scope, id_: str) -> Execution | None:
        row = self._state.execute(
            "SELECT document FROM athena_executions WHERE account=? AND region=? AND id=?", *scope, id_
        ).fetchone()
        return None if row is None else _unpacked(scope, row[0])

    def by_token(self, scope: Scope, token: str) -> Execution | None:
        row = self._state.execute(
            "SELECT document FROM athena_executions WHERE account=? AND region=? AND token=?", *scope, token
        ).fetchone()
        return None if row is None else _unpacked(scope, row[0])

    def ids(self, scope: Scope, workgroup: str, after: tuple[float, str] | None, limit: int) -> list[tuple[float, str]]:
        """Submission time and id, newest first."""
        return self._state.execute(
            "SELECT submitted, id FROM athena_executions WHERE account=? AND region=? AND workgroup=?"
            " AND (submitted, id) < (?, ?) ORDER BY submitted DESC, id DESC LIMIT ?",
            *scope, workgroup, *(after or (float("inf"), "")), limit,
        ).fetchall()  # fmt: skip

    def unfinished(self) -> Iterator[Execution]:
        rows = self._state.execute("SELECT account, region, document FROM athena_executions").fetchall()
        for account, region, document in rows:
            execution = _unpacked((account, region), document)
            if not execution.is_over:
                yield execution

    def forget(self, scope: Scope, workgroup: str) -> None:
        self._state.execute(
            "DELETE FROM athena_executions WHERE account=? AND region=? AND workgroup=?", *scope, workgroup
        )

    def any(self, scope: Scope, workgroup: str) -> bool:
        return bool(self.ids(scope, workgroup, None, 1))

    def _prune(self) -> None:
        now = self._clock.time()
        if now - self._pruned >= PRUNED_EVERY:
            self._pruned = now
            self._state.execute("DELETE FROM athena_executions WHERE submitted < ?", now - KEPT)


def _packed(execution: Execution) -> str:
    return encode(
        {
            "query_execution": execution.query_execution,
            "columns": execution.columns,
            "update_count": execution.update_count,
            "request": execution.request,
            "has_rows": execution.has_rows,
        }
    )


def _unpacked(scope: Scope, document: str) -> Execution:
    return Execution(scope, **decode(document))


class WorkGroupStore:
    """Workgroups in the shape of GetWorkGroup's answer, with their tags beside it."""

    def __init__(self, state: State) -> None:
        self._groups = state.collection("athena-workgroups")

    def find(self, scope: Scope, name: str) -> Document | None:
        return self._groups.get(scope, name)

    def put(self, scope: Scope, group: Document) -> None:
        self._groups.put(scope, group["WorkGroup"]["Name"], group)

    def delete(self, scope: Scope, name: str) -> None:
        self._groups.delete(scope, name)

    def all(self, scope: Scope) -> list[Document]:
        return [group for _, group in self._groups.items(scope)]


def token_of(value: object) -> str:
    """A position as an opaque NextToken."""
    return json.dumps(value).encode().hex()


def position_of(token: str) -> Any:
    """What ``token_of`` made the token from; ValueError for any other text."""
    return json.loads(bytes.fromhex(token))
