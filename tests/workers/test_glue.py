"""The pool of workers, with a stand-in for Spark that speaks as payload/glue_bootstrap.py does, and at once."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from boathouse.clock import Clock
from boathouse.errors import StartError
from boathouse.workers.glue import Ended, Pool, Script
from boathouse.workers.supervisor import Supervisor

BOOTSTRAP = """
import json, os, socket, sys, time
channel = socket.socket(fileno=int(os.environ["BOATHOUSE_CHANNEL"]))
lines = channel.makefile("r")
tell = lambda **message: channel.sendall(json.dumps(message).encode() + b"\\n")
start = json.loads(lines.readline())
assert start.pop("command") == ["java"]
print("before the run")
print("warming", file=sys.stderr)
def ready():
    for stream in (sys.stdout, sys.stderr):
        print(start["mark"], file=stream, flush=True)
    tell(ready=True)
START
ready()
run = json.loads(lines.readline())
print(os.getpid(), json.dumps(run["arguments"]), flush=True)
tell(started=True)
exec(open(run["script"]).read())
"""


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.supervisor = Supervisor(folder / "work", Clock())
        self.lines: list[str] = []
        self.started = asyncio.Event()

    def pool(self, size: int, *, refill: bool = True) -> Pool:
        return Pool(self.supervisor, size, refill=refill)

    async def run(self, pool: Pool, script: str = "", **more: Any) -> Ended:
        path = self.folder / "script.py"
        path.write_text(script)
        return await pool.run(Script("job", path, self.folder, **more), self.sink, self.sink, self.started.set)

    async def sink(self, line: str) -> None:
        self.lines.append(line)

    @property
    def pids(self) -> list[int]:
        return [int(line.split()[0]) for line in self.lines]


Work = Callable[[Bench], Coroutine[Any, Any, None]]
On = Callable[[Work], None]


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts the stand-in in place, with something to do while it starts."""
    monkeypatch.setattr("boathouse.workers.glue.PAYLOAD", tmp_path)
    monkeypatch.setattr("boathouse.workers.glue._driver", lambda: ["java"])

    def put(start: str = "") -> None:
        (tmp_path / "glue_bootstrap.py").write_text(BOOTSTRAP.replace("START", start))

    put()
    return put


@pytest.fixture
def on_bench(tmp_path: Path, bootstrap: Callable[[str], None]) -> On:
    def run(work: Work) -> None:
        async def main() -> None:
            bench = Bench(tmp_path)
            async with asyncio.timeout(30):
                try:
                    await work(bench)
                finally:
                    await bench.supervisor.stop()

        asyncio.run(main())

    return run


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - what is waited for is other processes' state
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """A zombie counts as dead: in a container nobody may be there to reap it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


def test_a_worker_waits_warm_serves_one_run_and_is_replaced(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        pool = bench.pool(1)
        pool.fill()
        assert pool.health() == {"ready": 0, "size": 1}
        for number in range(2):
            await until(lambda: pool.ready == 1)
            ended = await bench.run(pool, arguments=["--n", str(number)])
            assert (ended.outcome.ok, ended.failure) == (True, None)
        assert [line.split(" ", 1)[1] for line in bench.lines] == ['["--n", "0"]', '["--n", "1"]']
        assert len(set(bench.pids)) == 2, "each run has a process of its own"
        await pool.stop()

    on_bench(work)


def test_without_a_pool_a_run_starts_a_worker_of_its_own(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        pool = bench.pool(0)
        pool.fill()
        assert (await bench.run(pool)).outcome.ok
        assert bench.started.is_set()
        assert pool.health() == {"ready": 0, "size": 0}

    on_bench(work)


def test_two_runs_at_once_have_a_worker_each(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        pool = bench.pool(1)
        pool.fill()
        ended = await asyncio.gather(bench.run(pool), bench.run(pool))
        assert [each.outcome.ok for each in ended] == [True, True]
        assert len(set(bench.pids)) == 2
        await pool.stop()

    on_bench(work)


def test_a_pool_that_is_not_refilled_is_used_up(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        pool = bench.pool(1, refill=False)
        pool.fill()
        await bench.run(pool)
        assert pool.ready == 0
        assert (await bench.run(pool)).outcome.ok, "and the next run starts cold"

    on_bench(work)


def test_what_the_script_let_out_and_its_exit_code_come_back(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        ended = await bench.run(bench.pool(0), "tell(failure='KeyError: 1'); raise SystemExit(1)")
        assert (ended.outcome.exit_code, ended.failure) == (1, "KeyError: 1")

    on_bench(work)


def test_a_run_that_takes_too_long_is_ended(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        ended = await bench.run(bench.pool(0), "time.sleep(600)", timeout=0.2)
        assert ended.outcome.timed_out

    on_bench(work)


def test_a_cancelled_run_is_over_only_when_its_process_is(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        run = asyncio.create_task(bench.run(bench.pool(0), "time.sleep(600)"))
        await bench.started.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert not alive(bench.pids[0])

    on_bench(work)


def test_a_run_cancelled_while_it_waits_leaves_its_worker_to_the_next(
    on_bench: On, bootstrap: Callable[[str], None], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    bootstrap(f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)")

    async def work(bench: Bench) -> None:
        pool = bench.pool(1)
        pool.fill()
        run = asyncio.create_task(bench.run(pool))
        await asyncio.sleep(0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        gate.touch()
        await until(lambda: pool.ready == 1)
        assert bench.lines == []
        await pool.stop()

    on_bench(work)


def test_a_spark_that_does_not_start_says_why(on_bench: On, bootstrap: Callable[[str], None]) -> None:
    bootstrap("sys.exit('no room for a heap')")

    async def work(bench: Bench) -> None:
        pool = bench.pool(1)
        pool.fill()
        await until(lambda: pool.problem is not None)
        assert "no room for a heap" in pool.health()["problem"]
        assert pool.ready == 0
        with pytest.raises(StartError, match="exit code 1"):
            await bench.run(pool)
        await pool.stop()

    on_bench(work)


def test_a_worker_that_dies_while_it_waits_is_not_counted(on_bench: On, bootstrap: Callable[[str], None]) -> None:
    bootstrap("ready(); sys.exit(0)")

    async def work(bench: Bench) -> None:
        pool = bench.pool(1, refill=False)
        pool.fill()
        await until(lambda: not pool._waiting)
        assert pool.health() == {"ready": 0, "size": 1}

    on_bench(work)


def test_what_it_printed_before_is_not_the_runs_however_late_it_comes(
    on_bench: On, bootstrap: Callable[[str], None]
) -> None:
    bootstrap("tell(ready=True); time.sleep(0.2); print('late', file=sys.stderr)")  # word of it comes another way

    async def work(bench: Bench) -> None:
        ended = await bench.run(bench.pool(0))
        assert ended.outcome.ok
        assert len(bench.lines) == 1

    on_bench(work)


def test_nothing_starts_once_the_supervisor_was_stopped(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        await bench.supervisor.stop()
        with pytest.raises(StartError):
            await bench.run(bench.pool(0))

    on_bench(work)


def test_stopping_ends_the_workers_that_wait(on_bench: On, tmp_path: Path, bootstrap: Callable[[str], None]) -> None:
    bootstrap(f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))")

    async def work(bench: Bench) -> None:
        pool = bench.pool(1)
        pool.fill()
        await until(lambda: pool.ready == 1)
        pid = int((tmp_path / "pid").read_text())
        assert alive(pid)
        await pool.stop()
        await bench.supervisor.stop()
        assert not alive(pid)

    on_bench(work)


def test_the_message_is_what_the_bootstrap_reads(on_bench: On) -> None:
    async def work(bench: Bench) -> None:
        given = {"environment": {"A": "1"}, "properties": {"b": "2"}, "python_path": ["/c"]}
        await bench.run(bench.pool(0), "print(0, json.dumps(run))", **given)
        run = json.loads(bench.lines[-1].split(" ", 1)[1])
        assert (run["environment"], run["properties"], run["path"]) == ({"A": "1"}, {"b": "2"}, ["/c"])

    on_bench(work)
