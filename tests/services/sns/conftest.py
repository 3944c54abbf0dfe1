import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

import pytest

from tests.bases.both import aws_dir, aws_env, bases, client, localstack_base, platform
from tests.services.lambda_.conftest import ROLE, package

__all__ = ["aws_dir", "aws_env", "bases", "client", "localstack_base", "platform"]
WITHIN = 30.0
ACCOUNT = "000000000000"


class Sink:
    """Where functions of a test post their events: a queue behind a listener on loopback."""

    def __init__(self) -> None:
        self.events: Queue[Any] = Queue()
        events = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                events.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                """Nothing: the test says what went wrong."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def next(self) -> Any:
        return self.events.get(timeout=WITHIN)

    def is_empty(self) -> bool:
        try:
            self.events.get_nowait()
        except Empty:
            return True
        return False

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


def poster(sink: Sink) -> bytes:
    """A function's package that posts its event, and fails where the message says so."""
    return package(f"""
        import json, urllib.request

        def handler(event, context):
            urllib.request.urlopen(urllib.request.Request({sink.url!r}, json.dumps(event).encode()), timeout=10).close()
            if event["Records"][0]["Sns"]["Message"] == "fail":
                raise RuntimeError("as asked")
        """)


class Topics:
    """SNS and Lambda as a test uses them, and what it made there."""

    def __init__(self, client: Callable[..., Any], sink: Sink) -> None:
        self.sns, self.awslambda, self._sink = client("sns"), client("lambda"), sink
        self._made = list[Callable[[], Any]]()

    def topic(self, name: str = "") -> str:
        arn: str = self.sns.create_topic(Name=name or f"topic-{uuid4().hex[:10]}")["TopicArn"]
        self._made.append(lambda: self.sns.delete_topic(TopicArn=arn))
        return arn

    def function(self, topic: str = "", **permission: str) -> str:
        """A function's ARN; with ``topic``, SNS may invoke it for that one."""
        name = f"function-{uuid4().hex[:10]}"
        arn: str = self.awslambda.create_function(
            FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler",
            Code={"ZipFile": poster(self._sink)},
        )["FunctionArn"]  # fmt: skip
        self._made.append(lambda: self.awslambda.delete_function(FunctionName=name))
        if topic or permission:
            self.permit(arn, **({"SourceArn": topic} if topic else {}) | permission)
        return arn

    def permit(self, function: str, **permission: str) -> None:
        allowed = {"Principal": "sns.amazonaws.com", "Action": "lambda:InvokeFunction"} | permission
        self.awslambda.add_permission(FunctionName=function, StatementId=uuid4().hex, **allowed)

    def subscribe(self, topic: str, function: str, **more: Any) -> str:
        answer = self.sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function, **more)
        arn: str = answer["SubscriptionArn"]
        return arn

    def clean(self) -> None:
        for undo in reversed(self._made):
            try:
                undo()
            except self.awslambda.exceptions.ResourceNotFoundException:
                continue


@pytest.fixture
def topics(client: Callable[..., Any], sink: Sink) -> Iterator[Topics]:
    made = Topics(client, sink)
    yield made
    made.clean()
