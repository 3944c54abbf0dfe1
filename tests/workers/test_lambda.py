"""Functions in processes, on AWS's runtime client and on ours: a handler must not be able to tell them apart."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from boathouse.call import Call, Params, Result
from boathouse.clock import Clock
from boathouse.context import Principal, root_of
from boathouse.workers.lambda_ import AWS_CLIENT, OWN_CLIENT, Answer, Function, Invocation, Pool
from boathouse.workers.supervisor import Supervisor


class CountedKeys:
    """Credentials that show whether each was taken back."""

    def __init__(self) -> None:
        self.issued = 0
        self.withdrawn = 0
        self.taken_back = asyncio.Event()

    def issue(self, principal: Principal) -> Mapping[str, str]:
        self.issued += 1
        return {"AWS_ACCESS_KEY_ID": f"KEY{self.issued}", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}

    def withdraw(self, variables: Mapping[str, str]) -> None:
        self.withdrawn += 1
        self.taken_back.set()


class Bench:
    """A pool, and the functions and calls of a test."""

    def __init__(self, folder: Path, client: tuple[str, ...], limit: int = 2) -> None:
        self.clock = Clock(60)
        self.keys = CountedKeys()
        self.logged = list[str]()
        self._folder = folder
        self._supervisor = Supervisor(folder / "work", self.clock)
        call = Call()
        call.bind(self._logs)
        self.pool = Pool(self._supervisor, call, self.clock, self.keys, client=client, limit=limit)

    async def _logs(self, service: str, operation: str, params: Params, principal: Principal) -> Result:
        self.logged += [event["message"] for event in params.get("logEvents", [])]
        return {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.pool.start()
        try:
            yield
        finally:
            await self.pool.stop()
            await self._supervisor.stop()

    def function(self, source: str, revision: str = "1", **settings: Any) -> Function:
        code = self._folder / f"code-{revision}"
        code.mkdir(exist_ok=True)
        (code / "app.py").write_text(dedent(source))
        given: dict[str, Any] = {"runtime": "python3.11", "handler": "app.handler", "timeout": 10, "memory": 128}
        return Function(
            name="f", arn="arn:aws:lambda:us-east-1:000000000000:function:f", revision=revision, code=code,
            log_group="/aws/lambda/f", principal=root_of(), endpoint="http://127.0.0.1:1", **(given | settings),
        )  # fmt: skip

    async def invoke(self, function: Function, event: Any = None, context: str | None = None) -> Answer:
        return await self.pool.invoke(function, Invocation("request-1", json.dumps(event).encode(), context))


@pytest.fixture(params=[AWS_CLIENT, OWN_CLIENT], ids=["aws", "own"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    if request.param is AWS_CLIENT:
        pytest.importorskip("awslambdaric", reason="AWS's runtime client has no wheel for this platform")
    return Bench(tmp_path, request.param)


def run(bench: Bench, work: Callable[[], Awaitable[Any]]) -> Any:
    async def inner() -> Any:
        async with bench.running():
            return await work()

    return asyncio.run(inner())


def answered(bench: Bench, source: str, event: Any = None, context: str | None = None, **settings: Any) -> Any:
    answer: Answer = run(bench, lambda: bench.invoke(bench.function(source, **settings), event, context))
    return json.loads(answer.payload) | {"failed": answer.failed} if answer.failed else json.loads(answer.payload)


def test_the_context(bench: Bench) -> None:
    found = answered(
        bench,
        """
        def handler(event, context):
            return [context.aws_request_id, context.function_name, context.function_version,
                    context.invoked_function_arn, context.memory_limit_in_mb, context.log_group_name,
                    bool(context.log_stream_name), 0 < context.get_remaining_time_in_millis() <= 10_000,
                    context.identity.cognito_identity_id, context.client_context]
        """,
    )
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    assert found == ["request-1", "f", "$LATEST", arn, "128", "/aws/lambda/f", True, True, None, None]


def test_the_clients_own_context(bench: Bench) -> None:
    found = answered(
        bench,
        "def handler(e, context): return [context.client_context.custom, context.client_context.client.app_title]",
        context="eyJjdXN0b20iOnsiYSI6MX0sImNsaWVudCI6eyJhcHBfdGl0bGUiOiJ0In19",
    )
    assert found == [{"a": 1}, "t"]


@pytest.mark.parametrize("event", [None, 1, "text", [1, {"a": None}], {"deep": {"er": [True, 1.5, "é😀"]}}])
def test_events_and_answers_are_json(bench: Bench, event: Any) -> None:
    assert answered(bench, "def handler(event, context): return event", event) == event


def test_decimals_become_numbers(bench: Bench) -> None:
    source = "import decimal\ndef handler(e, c): return {'d': decimal.Decimal('1.5'), 'i': decimal.Decimal(2)}"
    # client(awslambdaric)
    assert answered(bench, source) == {"d": 1.5, "i": 2}


def test_an_exception(bench: Bench) -> None:
    found = answered(
        bench,
        """
        class Mine(Exception):
            pass

        def handler(event, context):
            inner()

        def inner():
            raise Mine('why')
        """,
    )
    assert (found["errorType"], found["errorMessage"], found["requestId"]) == ("Mine", "why", "request-1")
    assert [line.splitlines()[1].strip() for line in found["stackTrace"]] == ["inner()", "raise Mine('why')"]


def test_what_is_not_json_cannot_be_answered(bench: Bench) -> None:
    found = answered(bench, "def handler(event, context): return {1, 2}")
    assert found["errorType"] == "Runtime.MarshalError"
    assert "Unable to marshal response" in found["errorMessage"]
    assert "not JSON serializable" in found["errorMessage"]


@pytest.mark.parametrize(
    ("source", "handler", "kind"),
    [
        ("import nowhere", "app.handler", "Runtime.ImportModuleError"),
        ("def f(:", "app.f", "Runtime.UserCodeSyntaxError"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound"),
        ("x = 1", "app", "Runtime.MalformedHandlerName"),
        ("raise RuntimeError('at import')", "app.handler", "RuntimeError"),
        ("import sys; sys.exit(3)", "app.handler", "Runtime.ExitError"),
    ],
)
def test_why_a_function_does_not_load(bench: Bench, source: str, handler: str, kind: str) -> None:
    found = answered(bench, source, handler=handler)
    assert (found["failed"], found["errorType"]) == (True, kind)


def test_what_it_logs(bench: Bench) -> None:
    source = """
        import logging, sys
        logging.getLogger().setLevel('INFO')
        def handler(event, context):
            print('out')
            print('err', file=sys.stderr)
            logging.info('said %s', 'so')
            logging.getLogger('mine').error('bad')
        """
    answer = run(bench, lambda: bench.invoke(bench.function(source)))
    lines = answer.log.splitlines()
    assert lines[0] == "START RequestId: request-1 Version: $LATEST"
    assert {"out", "err"} <= set(lines)
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html)
    logged = [line.split("\t") for line in lines if line.startswith("[")]
    assert [(parts[0], *parts[2:]) for parts in logged] == [
        ("[INFO]", "request-1", "said so"),
        ("[ERROR]", "request-1", "bad"),
    ]
    assert lines[-2] == "END RequestId: request-1"
    assert lines[-1].startswith("REPORT RequestId: request-1\tDuration: ")
    assert "\n".join(bench.logged) == answer.log.rstrip("\n")  # delivered by the time the pool has stopped


def test_a_stack_trace_is_one_event_of_the_log(bench: Bench) -> None:
    run(bench, lambda: bench.invoke(bench.function("def handler(e, c): raise ValueError('why')")))
    (trace,) = [message for message in bench.logged if message.startswith("[ERROR]")]
    assert trace.splitlines()[:2] == ["[ERROR] ValueError: why", "Traceback (most recent call last):"]


def test_a_process_is_used_again_until_its_function_changes(bench: Bench) -> None:
    source = "import os\ndef handler(e, c): return os.getpid()"

    async def work() -> list[Any]:
        functions = [bench.function(source, revision) for revision in ("1", "1", "2")]
        return [json.loads((await bench.invoke(function)).payload) for function in functions]

    first, second, changed = run(bench, work)
    assert first == second != changed
    assert bench.keys.issued == bench.keys.withdrawn == 2


def test_no_more_processes_than_the_limit(bench: Bench) -> None:
    source = "import os, time\ndef handler(e, c): time.sleep(0.05); return os.getpid()"

    async def work() -> list[Any]:
        function = bench.function(source)
        answers = await asyncio.gather(*(bench.invoke(function) for _ in range(6)))
        return [json.loads(answer.payload) for answer in answers]

    assert len(set(run(bench, work))) == 2


def test_a_timeout_kills_the_process(bench: Bench, tmp_path: Path) -> None:
    source = f"""
        import os, pathlib, time
        def handler(event, context):
            pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(os.getpid()))
            time.sleep(60)
        """
    found = answered(bench, source, timeout=1)
    assert found["errorType"] == "Sandbox.Timedout"
    assert found["errorMessage"] == "RequestId: request-1 Error: Task timed out after 1.00 seconds"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_idle_processes_are_retired(bench: Bench) -> None:
    async def work() -> int:
        await bench.invoke(bench.function("def handler(e, c): pass"))
        bench.clock.advance(900)
        await bench.keys.taken_back.wait()
        return bench.keys.withdrawn

    assert run(bench, work) == 1


def test_nothing_of_the_platforms_environment_reaches_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("SECRET", "s")
    variables = {"OWN": "1", "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com", "AWS_PROFILE": "production"}
    found = answered(bench, "import os\ndef handler(e, c): return dict(os.environ)", variables=variables)
    assert found["OWN"] == "1"
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert found["AWS_ACCESS_KEY_ID"] == "KEY1"
    assert not {"SECRET", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & found.keys()
