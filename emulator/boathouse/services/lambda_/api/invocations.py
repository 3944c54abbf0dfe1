"""Invoke: RequestResponse, Event and DryRun."""

import asyncio
import base64
import json

from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.service import Request, Response, operation
from boathouse.services.lambda_.events import Events
from boathouse.services.lambda_.names import LATEST
from boathouse.services.lambda_.runner import Runner
from boathouse.services.lambda_.store import Store
from boathouse.workers.lambda_ import Invocation

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
MOST_PAYLOAD = {"RequestResponse": 6 * 1024 * 1024, "DryRun": 6 * 1024 * 1024, "Event": 1024 * 1024}
READ_AT_ONCE = 65_536


class Invocations:
    def __init__(self, store: Store, runner: Runner, events: Events) -> None:
        self._store = store
        self._runner = runner
        self._events = events

    @operation("Invoke")
    async def invoke(self, context: Context, request: Request) -> Response:
        for member in ("DurableExecutionName", "TenantId"):
            if request.get(member):
                raise Unsupported(f"Lambda Invoke {member}")
        function = self._store.find(context, request["FunctionName"], request.get("Qualifier"))
        kind, payload = request.get("InvocationType", "RequestResponse"), request.get("Payload") or b"{}"
        await _check_payload(kind, payload)
        if kind == "DryRun":
            return {"StatusCode": 204}
        if kind == "Event":
            self._events.accept(context.scope, function.name, Invocation(context.request_id, payload))
            return {"StatusCode": 202, "Payload": b""}
        invocation = Invocation(context.request_id, payload, request.get("ClientContext"))
        result = await self._runner.invoke(context.scope, function, invocation)
        answer: Response = {"StatusCode": 200, "Payload": result.payload, "ExecutedVersion": LATEST}
        if result.failed:
            answer["FunctionError"] = "Unhandled"
        if request.get("LogType") == "Tail":
            answer["LogResult"] = base64.b64encode(result.log.encode()).decode()
        return answer


async def _check_payload(kind: str, payload: bytes) -> None:
    if len(payload) > MOST_PAYLOAD[kind]:
        raise AwsError(
            "RequestTooLargeException",
            f"{len(payload)} byte payload is too large for the {kind} invocation type"
            f" (limit {MOST_PAYLOAD[kind]} bytes)",
            Type="User",
        )
    try:
        await asyncio.to_thread(json.loads, payload) if len(payload) > READ_AT_ONCE else json.loads(payload)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message, Type="User") from error
