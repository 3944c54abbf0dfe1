"""A client of Lambda's Runtime API for where AWS's own has no wheel. Runs inside a function's process.

Started as ``python lambda_runtime.py MODULE.FUNCTION`` in the function's folder. It behaves as awslambdaric does, as
far as a handler can tell: context, logging, error objects. Standard library only.
"""

import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NoReturn

PREFIX = "/2018-06-01/runtime"
Handler = Callable[[Any, Any], Any]


class Unloadable(Exception):
    """The handler cannot be had. ``kind`` is Lambda's name for why."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


class Context:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, headers: http.client.HTTPMessage) -> None:
        environment = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = _client_context(headers.get("Lambda-Runtime-Client-Context"))
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message: object) -> None:
        sys.stdout.write(str(message))


def _client_context(text: str | None) -> SimpleNamespace | None:
    if text is None:
        return None
    given = json.loads(text)
    client = given.get("client")
    return SimpleNamespace(
        custom=given.get("custom"), env=given.get("env"), client=None if client is None else SimpleNamespace(**client)
    )


class Api:
    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def next(self) -> tuple[http.client.HTTPMessage, bytes]:
        self._connection.request("GET", f"{PREFIX}/invocation/next")
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            sys.exit(1)
        return response.headers, body

    def post(self, path: str, body: str) -> None:
        self._connection.request("POST", f"{PREFIX}/{path}", body.encode(), {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.ACCEPTED:
            sys.exit(1)


class RequestId(logging.Filter):
    """Puts the request's id into each line that the function logs."""

    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.current
        return True


def set_up_logging() -> RequestId:
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler, request_id = logging.StreamHandler(sys.stdout), RequestId()
    handler.setFormatter(formatter)
    handler.addFilter(request_id)
    logging.getLogger().addHandler(handler)
    return request_id


def load(name: str) -> Handler:
    module, dot, function = name.rpartition(".")
    if not dot:
        raise Unloadable("Runtime.MalformedHandlerName", f"Bad handler '{name}': it names no module")
    try:
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Unloadable("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from error
    except SyntaxError as error:
        where = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module}': {error}"
        raise Unloadable("Runtime.UserCodeSyntaxError", message, where) from error
    handler: Handler | None = getattr(loaded, function, None)
    if handler is None:
        raise Unloadable("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module}'")
    return handler


def to_json(value: Any) -> str:
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def error_object(error: BaseException, request_id: str) -> str:
    if isinstance(error, Unloadable):
        kind, trace = error.kind, error.trace
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
        kind, trace = type(error).__name__, traceback.format_list(frames)
    found = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}
    lines = [f"[ERROR] {kind}: {error}", "Traceback (most recent call last):", *"".join(trace).splitlines()]
    print("\r".join(lines), flush=True)  # noqa: T201 - carriage returns keep the trace in one event of the log
    return to_json(found)


def run(name: str, api: Api) -> NoReturn:
    request_id = set_up_logging()
    try:
        handler = load(name)
    except Exception as error:  # noqa: BLE001 - whatever the function's module raises is an answer
        api.post("init/error", error_object(error, ""))
        sys.exit(1)
    while True:
        headers, body = api.next()
        context = Context(headers)
        request_id.current = context.aws_request_id
        invocation = f"invocation/{context.aws_request_id}"
        try:
            answer = _answer(handler, body, context)
        except Exception as error:  # noqa: BLE001 - whatever the handler raises is an answer
            api.post(f"{invocation}/error", error_object(error, context.aws_request_id))
        else:
            api.post(f"{invocation}/response", answer)


def _answer(handler: Handler, body: bytes, context: Context) -> str:
    answer = handler(json.loads(body), context)
    try:
        return to_json(answer)
    except (TypeError, ValueError) as error:
        raise Unloadable("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


if __name__ == "__main__":
    sys.path[0] = os.getcwd()  # noqa: PTH109 - the function's folder instead of this file's
    run(sys.argv[1], Api(os.environ["AWS_LAMBDA_RUNTIME_API"]))
