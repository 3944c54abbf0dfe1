"""Other people's processes: what they see, what we hear of them, and that nothing of them is left."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from boathouse.clock import Clock
from boathouse.workers.supervisor import Outcome, Process, Program, Supervisor


class Lines(list[str]):
    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    async def sink(self, line: str) -> None:
        self.append(line)
        self._more.set()

    async def until(self, count: int) -> None:
        while len(self) < count:
            self._more.clear()
            await self._more.wait()


class Bench:
    """A supervisor, and a way to run Python text under it."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.folder = folder
        self.supervisor = Supervisor(folder, self.clock)
        self.out, self.err = Lines(), Lines()

    async def start(self, code: str, **more: Any) -> Process:
        program = Program("tried", [sys.executable, "-c", code], **more)
        return await self.supervisor.start(program, stdout=self.out.sink, stderr=self.err.sink)

    async def run(self, code: str, **more: Any) -> Outcome:
        return await (await self.start(code, **more)).wait()


@pytest.fixture
def bench(tmp_path: Path) -> Callable[[Callable[[Bench], Coroutine[Any, Any, None]]], None]:
    def run(work: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            async with asyncio.timeout(30):
                async with _closing(Bench(tmp_path)) as made:
                    await work(made)

        asyncio.run(main())

    return run


@asynccontextmanager
async def _closing(bench: Bench) -> AsyncIterator[Bench]:
    try:
        yield bench
    finally:
        await bench.supervisor.stop()


Run = Callable[[Callable[[Bench], Coroutine[Any, Any, None]]], None]


def alive(pid: int) -> bool:
    """A zombie counts as dead: in a container nobody may be there to reap it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


async def gone(pid: int) -> None:
    while alive(pid):  # noqa: ASYNC110 - the kernel sets no Event
        await asyncio.sleep(0.01)


def test_lines_of_both_streams_arrive_and_what_is_no_utf8_is_replaced(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        outcome = await bench.run(
            "import sys; print('one'); print('zwei \\u00fc'); sys.stdout.buffer.write(b'\\xff bad\\r\\nno end');"
            "sys.stderr.write('wrong\\n')"
        )
        assert outcome.ok
        assert bench.out == ["one", "zwei ü", "\ufffd bad", "no end"]
        assert bench.err == ["wrong"]

    bench(work)


def test_an_endless_line_arrives_in_pieces_and_no_character_is_lost(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        await bench.run("import sys; sys.stdout.write('\\u00fc' * 1_000_000)")
        assert "".join(bench.out) == "ü" * 1_000_000
        assert max(map(len, bench.out)) <= 262_144

    bench(work)


@pytest.mark.parametrize(
    ("code", "exit_code", "by_signal"),
    [
        ("", 0, None),
        ("raise SystemExit(7)", 7, None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", None, signal.SIGKILL),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", None, signal.SIGTERM),
    ],
)
def test_it_ends_as_its_program_ended(bench: Run, code: str, exit_code: int | None, by_signal: int | None) -> None:
    async def work(bench: Bench) -> None:
        assert await bench.run(code) == Outcome(exit_code, by_signal, killed=False, timed_out=False)

    bench(work)


def test_a_command_that_is_not_there_says_so(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        program = Program("absent", ["/nowhere/at/all"])
        process = await bench.supervisor.start(program, stdout=bench.out.sink, stderr=bench.err.sink)
        assert (await process.wait()).exit_code == 127
        assert bench.err == ["/nowhere/at/all: No such file or directory"]

    bench(work)


def test_nothing_is_inherited(bench: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "HTTPS_PROXY", "https_proxy", "PYTHONPATH", "SPARK_HOME"):
        monkeypatch.setenv(name, "ours")

    async def work(bench: Bench) -> None:
        await bench.run("import json, os; print(json.dumps(dict(os.environ)))", environment={"GIVEN": "yes"})
        seen = json.loads(bench.out[0])
        assert "ours" not in seen.values()
        assert seen["GIVEN"] == "yes"
        assert seen["TZ"] == "UTC"
        assert seen["HOME"].startswith(str(bench.folder))

    bench(work)


def test_its_scratch_folder_goes_with_it(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        await bench.run("import tempfile; tempfile.mkdtemp(); print(tempfile.gettempdir())")
        scratch = Path(bench.out[0]).parent
        assert scratch.parent == bench.folder / "processes"
        await bench.supervisor.stop()
        assert not scratch.exists()

    bench(work)


# A grandchild in a session of its own, whose parent has gone: as far from its family as a process can get.
ORPHAN = r"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(1, b'%d\n' % os.getpid())  # in one piece, beside what its grandparent prints
        time.sleep(600)
    os._exit(0)
os.wait()
"""


def test_kill_ends_grandchildren_in_sessions_of_their_own(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        process = await bench.start(ORPHAN + "time.sleep(600)")
        await bench.out.until(1)
        process.kill()
        outcome = await process.wait()
        assert (outcome.killed, outcome.timed_out, str(outcome)) == (True, False, "killed")
        await gone(int(bench.out[0]))

    bench(work)


def test_what_a_program_leaves_behind_ends_with_it(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        assert (await bench.run(ORPHAN)).ok
        await gone(int(bench.out[0]))

    bench(work)


def test_a_start_that_is_cancelled_leaves_nothing(bench: Run, tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        start = asyncio.create_task(bench.start("import time; time.sleep(600)"))
        await asyncio.sleep(0)
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        await bench.supervisor.stop()

    bench(work)
    assert not list((tmp_path / "processes").iterdir()), "its scratch folder went with it"


def test_what_a_killed_platform_left_goes_with_the_next(tmp_path: Path) -> None:
    left = tmp_path / "processes" / "glue-0123" / "home"
    left.mkdir(parents=True)
    Supervisor(tmp_path, Clock())
    assert not left.exists()


def test_a_folder_that_is_not_there_is_an_error_at_once(bench: Run, tmp_path: Path) -> None:
    async def work(bench: Bench) -> None:
        with pytest.raises(FileNotFoundError):
            await bench.start("", cwd=tmp_path / "nowhere")

    bench(work)


def test_a_timeout_is_counted_on_the_platforms_clock(bench: Run) -> None:
    async def work(bench: Bench) -> None:
        process = await bench.start("import time; print('ready'); time.sleep(600)")
        waiting = asyncio.create_task(process.wait(timeout=3600))
        await bench.out.until(1)
        bench.clock.advance(3601)
        outcome = await waiting
        assert outcome.timed_out
        assert not process.running

    bench(work)


def test_the_channel_carries_both_ways_and_nothing_said_last_is_lost(bench: Run) -> None:
    code = (
        "import os, socket; s = socket.socket(fileno=int(os.environ['BOATHOUSE_CHANNEL']));"
        "s.sendall(s.recv(100).upper() + b'last\\n')"
    )

    async def work(bench: Bench) -> None:
        program, heard = Program("talking", [sys.executable, "-c", code]), Lines()
        process = await bench.supervisor.start(
            program, stdout=bench.out.sink, stderr=bench.err.sink, channel=heard.sink
        )
        process.send("hello")
        assert (await process.wait()).ok
        assert heard == ["HELLO", "last"]

    bench(work)


def test_a_sink_that_fails_ends_the_process_instead_of_blocking_it(bench: Run) -> None:
    async def refuse(line: str) -> None:
        raise OSError(f"no room for {line}")

    async def work(bench: Bench) -> None:
        program = Program("loud", [sys.executable, "-c", "while True: print('x' * 1000)"])
        process = await bench.supervisor.start(program, stdout=refuse, stderr=bench.err.sink)
        assert (await process.wait()).killed

    bench(work)


PLATFORM = """
import asyncio, sys
from pathlib import Path
from boathouse.clock import Clock
from boathouse.workers.supervisor import Program, Supervisor

async def say(line): print(line, flush=True)

async def main():
    program = Program("child", [sys.executable, "-c", sys.argv[2]])
    process = await Supervisor(Path(sys.argv[1]), Clock()).start(program, stdout=say, stderr=say)
    await process.wait()

asyncio.run(main())
"""


def test_it_dies_with_the_platform_even_by_kill_9(tmp_path: Path) -> None:
    async def main() -> None:
        command = [
            sys.executable,
            "-c",
            PLATFORM,
            str(tmp_path),
            ORPHAN + "os.write(1, b'%d\\n' % os.getpid()); time.sleep(600)",
        ]
        platform = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert platform.stdout is not None
        async with asyncio.timeout(30):
            pids = [int(await platform.stdout.readline()) for _ in range(2)]
            assert all(map(alive, pids))
            platform.kill()
            await platform.wait()
            for pid in pids:
                await gone(pid)

    asyncio.run(main())
