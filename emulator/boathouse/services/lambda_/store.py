"""The functions of an account and region: configuration as Lambda answers it, tags and policy beside it."""

import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context, Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services.lambda_.names import function_arn, function_name, not_found


@dataclass(slots=True)
class StoredFunction:
    """``configuration`` is the model's FunctionConfiguration; ``package`` names the zip (SHA-256, hexadecimal).

    ``statements`` are the policy's, by id; ``policy_revision`` changes with them.
    """

    configuration: dict[str, Any]
    package: str
    tags: dict[str, str] = field(default_factory=dict)
    statements: dict[str, Any] = field(default_factory=dict)
    policy_revision: str = ""

    @property
    def name(self) -> str:
        return str(self.configuration["FunctionName"])

    @property
    def arn(self) -> str:
        return str(self.configuration["FunctionArn"])


class Store:
    def __init__(self, state: State, clock: Clock) -> None:
        self._functions = state.collection("lambda_functions")
        self._clock = clock

    def get(self, scope: Scope, name: str) -> StoredFunction | None:
        document = self._functions.get(scope, name)
        return None if document is None else StoredFunction(**document)

    def find(self, context: Context, name: str, qualifier: str | None = None) -> StoredFunction:
        """By any way to name it; raises ResourceNotFoundException."""
        bare = function_name(context, name, qualifier)
        found = self.get(context.scope, bare)
        if found is None:
            raise not_found(function_arn(context, bare))
        return found

    def put(self, scope: Scope, function: StoredFunction) -> None:
        self._functions.put(scope, function.name, asdict(function))

    def change(self, scope: Scope, function: StoredFunction, changes: dict[str, Any], revision: str | None) -> None:
        """Puts a new revision of the configuration, if ``revision`` is none or the latest."""
        check_revision(revision, function.configuration["RevisionId"])
        function.configuration |= changes | self.modified()
        self.put(scope, function)

    def modified(self) -> dict[str, str]:
        """What every change of a configuration changes."""
        now = self._clock.now()
        stamp = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}+0000"
        return {"LastModified": stamp, "RevisionId": str(uuid.uuid4())}

    def delete(self, scope: Scope, name: str) -> None:
        self._functions.delete(scope, name)

    def all(self, scope: Scope) -> list[StoredFunction]:
        return [StoredFunction(**document) for _, document in self._functions.items(scope)]

    def packages(self) -> set[str]:
        """Of every function in every account and region."""
        return {document["package"] for _, _, document in self._functions.all()}


def check_revision(given: str | None, latest: str) -> None:
    if given is not None and given != latest:
        raise AwsError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to"
            " retrieve the latest Revision Id",
        )
