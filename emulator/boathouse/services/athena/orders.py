"""What is asked for: a statement, for whom, with its settings resolved. Knows nothing of how it is carried out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boathouse.context import Principal
from boathouse.dialects.athena import SqlRefused, Statement
from boathouse.dialects.athena.statements import CreateTableAs, Query
from boathouse.errors import AwsError
from boathouse.services.athena.classification import classified_by_words
from boathouse.services.athena.store import Execution
from boathouse.services.athena.workgroups import refuse_acl

Outcome = Statement | SqlRefused | AwsError
"""Of parsing."""
ENGINE_VERSION = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run: the text, whose it is, and where its result goes (the folder), as the workgroup has it."""

    sql: str
    database: str
    principal: Principal
    folder: str
    encryption: dict[str, Any] | None
    workgroup: dict[str, Any]
    request: dict[str, Any]

    @property
    def parameters(self) -> Sequence[str]:
        return self.request.get("ExecutionParameters") or ()

    @property
    def is_enforced(self) -> bool:
        return bool(self.workgroup["Configuration"]["EnforceWorkGroupConfiguration"])

    @property
    def most_bytes(self) -> int | None:
        limit: int | None = self.workgroup["Configuration"].get("BytesScannedCutoffPerQuery")
        return limit

    def execution(self, outcome: Outcome, now: datetime) -> Execution:
        """A new one, waiting. What its statement is decides where its result goes."""
        id_ = str(uuid.uuid4())
        kind, substatement, name = _classified(self.sql, outcome)
        result: dict[str, Any] = {"OutputLocation": f"{self.folder.rstrip('/')}/{name.format(id=id_)}"}
        asked = self.request.get("ResultConfiguration") or {}
        refuse_acl(asked)
        if "ExpectedBucketOwner" in asked:
            result["ExpectedBucketOwner"] = asked["ExpectedBucketOwner"]
        if self.encryption:
            result["EncryptionConfiguration"] = self.encryption
        context = {key: value for key, value in (self.request.get("QueryExecutionContext") or {}).items() if value}
        if "Catalog" in context:
            context["Catalog"] = context["Catalog"].lower()
        query_execution = {
            "QueryExecutionId": id_,
            "Query": self.sql,
            "StatementType": kind,
            "SubstatementType": substatement,
            "ResultConfiguration": result,
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": context,
            "Status": {"State": "QUEUED", "SubmissionDateTime": now},
            "Statistics": {},
            "WorkGroup": self.workgroup["Name"],
            "EngineVersion": ENGINE_VERSION,
        }
        if parameters := self.request.get("ExecutionParameters"):
            query_execution["ExecutionParameters"] = parameters
        return Execution(self.principal.scope, query_execution, comparable(self.request))


def comparable(request: dict[str, Any]) -> dict[str, Any]:
    """What must be the same in a retry with the same token (measured on Athena by others)."""
    context = request.get("QueryExecutionContext") or {}
    return {
        "QueryString": request["QueryString"],
        "Catalog": context.get("Catalog"),
        "Database": context.get("Database"),
        "OutputLocation": (request.get("ResultConfiguration") or {}).get("OutputLocation"),
    }


def _classified(sql: str, outcome: Outcome) -> tuple[str, str, str]:
    """Statement type, substatement type and the result file's name, which all depend on what the statement is."""
    if isinstance(outcome, SqlRefused | AwsError):
        return classified_by_words(sql)
    name = {Query: "{id}.csv", CreateTableAs: "tables/{id}"}.get(type(outcome), "{id}.txt")
    return outcome.statement_type, outcome.substatement_type, name
