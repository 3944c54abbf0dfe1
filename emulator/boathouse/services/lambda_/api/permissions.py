"""A function's resource policy: AddPermission, RemovePermission, GetPolicy."""

import json
import uuid
from typing import Any

from boathouse.context import Context, root_arn
from boathouse.errors import AwsError, Unsupported
from boathouse.service import Request, Response, operation
from boathouse.services.lambda_.store import Store, StoredFunction, check_revision


class Permissions:
    def __init__(self, store: Store) -> None:
        self._store = store

    @operation("AddPermission")
    async def add_permission(self, context: Context, request: Request) -> Response:
        for member in ("EventSourceToken", "FunctionUrlAuthType", "InvokedViaFunctionUrl", "PrincipalOrgID"):
            if request.get(member):
                raise Unsupported(f"Lambda AddPermission {member}")
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        sid = request["StatementId"]
        if sid in function.statements:
            raise AwsError(
                "ResourceConflictException",
                f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the"
                " existing statement.",
                Type="User",
            )
        statement = _statement(function.arn, request)
        self._change(context, function, function.statements | {sid: statement}, request)
        return {"Statement": _text(statement)}

    @operation("RemovePermission")
    async def remove_permission(self, context: Context, request: Request) -> None:
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        sid = request["StatementId"]
        if sid not in function.statements:
            message = f"Statement {sid} is not found in resource policy."
            raise AwsError("ResourceNotFoundException", message, Type="User")
        left = {other: statement for other, statement in function.statements.items() if other != sid}
        self._change(context, function, left, request)

    @operation("GetPolicy")
    async def get_policy(self, context: Context, request: Request) -> Response:
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        if not function.statements:
            message = "The resource you requested does not exist."
            raise AwsError("ResourceNotFoundException", message, Type="User")
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": list(function.statements.values())}
        return {"Policy": _text(policy), "RevisionId": function.policy_revision}

    def _change(self, context: Context, function: StoredFunction, statements: dict[str, Any], request: Request) -> None:
        check_revision(request.get("RevisionId"), function.policy_revision)
        function.statements, function.policy_revision = statements, str(uuid.uuid4())
        self._store.put(context.scope, function)


def _statement(arn: str, request: Request) -> dict[str, Any]:
    statement = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(request["Principal"]),
        "Action": request["Action"],
        "Resource": arn,
    }
    condition: dict[str, Any] = {}
    if "SourceAccount" in request:
        condition["StringEquals"] = {"AWS:SourceAccount": request["SourceAccount"]}
    if "SourceArn" in request:
        condition["ArnLike"] = {"AWS:SourceArn": request["SourceArn"]}
    return statement | ({"Condition": condition} if condition else {})


def _principal(given: str) -> Any:
    if given == "*":
        return "*"
    if given.isdecimal():
        return {"AWS": root_arn(given)}
    return {"AWS" if given.startswith("arn:") else "Service": given}


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
