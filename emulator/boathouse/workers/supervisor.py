"""Starts processes of other people's code and keeps hold of them. It knows neither Glue nor Lambda.

Each gets a session, a scratch folder and an environment of its own, built from nothing; what it prints arrives line by
line; killing it kills all that it started; and it dies with the platform, however that dies (payload/keeper.py).
"""

import asyncio
import codecs
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from boathouse.clock import Clock
from boathouse.errors import StartError
from boathouse.tasks import Tasks

KEEPER = Path(__file__).parent / "payload" / "keeper.py"
LONGEST_LINE = 262_144  # characters; what is longer arrives in pieces
CHUNK = 65_536
LAST_WORDS = 2.0  # seconds that output may still arrive after the end, from a process that escaped its parents

Sink = Callable[[str], Awaitable[None]]
"""Takes one line without its end. While it waits nothing more is read, so a slow sink slows the process down."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``environment`` is laid over a bare one (see ``bare_environment``); nothing is inherited.

    ``cwd`` is the scratch folder unless given.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended: with an exit code, or by a signal; and whether that was our doing."""

    exit_code: int | None
    signal: int | None
    killed: bool
    timed_out: bool

    @property
    def ok(self) -> bool:
        return self.exit_code == 0

    def __str__(self) -> str:
        if self.timed_out:
            return "timed out"
        if self.killed:
            return "killed"
        if self.signal is not None:
            return f"signal {signal.Signals(self.signal).name}"
        return f"exit code {self.exit_code}"


class _Pipes(asyncio.SubprocessProtocol):
    """asyncio's own subprocess waits for its pipes to close, so a grandchild that holds one would hold ``wait``."""

    def __init__(self) -> None:
        self.streams = {1: asyncio.StreamReader(), 2: asyncio.StreamReader()}
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        child = cast(asyncio.SubprocessTransport, transport)  # uvloop's has the methods and not the base class
        for number, stream in self.streams.items():
            if (pipe := child.get_pipe_transport(number)) is not None:
                stream.set_transport(pipe)  # the stream pauses the pipe when its reader is slow

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self.streams[fd].feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self.streams[fd].feed_eof()

    def process_exited(self) -> None:
        self.ended.set()


class Process:
    """A running program. ``wait`` may be called by many and any number of times."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        child: tuple[asyncio.SubprocessTransport, _Pipes],
        lifeline: int,
        channel: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None,
    ) -> None:
        self.name = name
        self._clock = clock
        self._transport, self._pipes = child
        self._channel = channel
        self._lifeline: int | None = lifeline
        self._killed = False
        self._timed_out = False
        self._ended = asyncio.Event()

    @property
    def running(self) -> bool:
        return not self._ended.is_set()

    def kill(self) -> None:
        """Ends the process and all that it started, at once. ``wait`` tells when that is done."""
        self._killed = self._killed or self.running
        self._cut()

    async def wait(self, timeout: float | None = None) -> Outcome:  # noqa: ASYNC109 - platform time, which can be moved
        """Until it has ended and all its output was delivered; after ``timeout`` seconds it is killed."""
        if timeout is not None and self.running:
            await self._wait_or_expire(timeout)
        await self._ended.wait()
        code = self._transport.get_returncode()
        if code is None:
            raise RuntimeError(f"{self.name} has ended without a return code")
        if code < 0:
            return Outcome(None, -code, self._killed, self._timed_out)
        return Outcome(code, None, self._killed, self._timed_out)

    async def _wait_or_expire(self, seconds: float) -> None:
        ended = asyncio.create_task(self._ended.wait())
        expiry = asyncio.create_task(self._clock.sleep(seconds))
        try:
            await asyncio.wait((ended, expiry), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                self._timed_out = True
                self.kill()
        finally:
            ended.cancel()
            expiry.cancel()

    def send(self, line: str) -> None:
        """One line into the channel."""
        if self._channel is None:
            raise RuntimeError(f"{self.name} was started without a channel")
        self._channel[1].write(line.encode() + b"\n")

    async def watch(self, stdout: Sink, stderr: Sink, channel: Sink | None) -> None:
        """Reads all that it says until the end; run once, by the supervisor."""
        sources = [(self._pipes.streams[1], stdout), (self._pipes.streams[2], stderr)]
        if self._channel is not None and channel is not None:
            sources.append((self._channel[0], channel))
        readers = {asyncio.create_task(self._read(stream, sink), name=self.name) for stream, sink in sources}
        try:
            await self._pipes.ended.wait()
            done, late = await asyncio.wait(readers, timeout=LAST_WORDS)
            for reader in late:
                reader.cancel()
            for reader in done:
                reader.result()
        finally:
            self._cut()
            await self._pipes.ended.wait()  # closing the transport of a running keeper would kill it, and it alone
            self._transport.close()
            if self._channel is not None:
                await _close(self._channel[1])
            self._ended.set()

    async def _read(self, stream: asyncio.StreamReader, sink: Sink) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        ended = False
        try:
            while chunk := await _chunk(stream):
                *lines, rest = (rest + decoder.decode(chunk)).split("\n")
                for line in lines:
                    await sink(line.removesuffix("\r"))
                while len(rest) > LONGEST_LINE:
                    await sink(rest[:LONGEST_LINE])
                    rest = rest[LONGEST_LINE:]
            ended = True
            if rest := rest + decoder.decode(b"", final=True):
                await sink(rest)
        finally:
            if not ended:  # nobody listens any more: rather than block on a full pipe, end
                self.kill()

    def _cut(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


async def _chunk(stream: asyncio.StreamReader) -> bytes:
    """What can be read; nothing at the end, which for a channel may be that its other side is gone."""
    try:
        return await stream.read(CHUNK)
    except ConnectionResetError:
        return b""


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


class Supervisor:
    """The scratch folders are in ``work_dir/processes``; each goes with its process, and what an earlier platform that
    was killed left there goes at once: ``work_dir`` is one platform's own."""

    def __init__(self, work_dir: Path, clock: Clock) -> None:
        self._scratch = work_dir.absolute() / "processes"
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._clock = clock
        self._stopped = False
        self._starting = set[asyncio.Task[Process]]()
        self._running = dict[Process, asyncio.Task[None]]()
        self._tasks = Tasks()

    async def start(self, program: Program, *, stdout: Sink, stderr: Sink, channel: Sink | None = None) -> Process:
        """With ``channel`` the process finds the number of a connected socket in BOATHOUSE_CHANNEL: the lines that it
        writes there go to ``channel``, and ``Process.send`` answers. Raises StartError once it was stopped: nobody
        would end what starts then."""
        if self._stopped:
            raise StartError(f"{program.name} cannot start: the platform ends")
        starting = asyncio.create_task(self._start(program, stdout, stderr, channel), name=program.name)
        self._starting.add(starting)
        starting.add_done_callback(self._starting.discard)
        try:
            return await asyncio.shield(starting)  # half a start cannot be undone, a whole one can
        except asyncio.CancelledError:
            (await starting).kill()
            raise

    async def stop(self) -> None:
        """Ends everything still running, and waits until nothing is left of it. Nothing starts from here on."""
        self._stopped = True
        await asyncio.gather(*self._starting, return_exceptions=True)
        for process in self._running:
            process.kill()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _start(self, program: Program, stdout: Sink, stderr: Sink, channel: Sink | None) -> Process:
        token = secrets.token_hex(8)
        scratch = self._scratch / f"{program.name}-{token}"
        environment = bare_environment(scratch) | dict(program.environment) | {"BOATHOUSE_PROCESS": token}
        reading, writing = os.pipe()
        ours, theirs = socket.socketpair() if channel is not None else (None, None)
        passed = [reading]
        if theirs is not None:
            passed.append(theirs.fileno())
            environment["BOATHOUSE_CHANNEL"] = str(theirs.fileno())
        try:
            child = await asyncio.get_running_loop().subprocess_exec(
                _Pipes, sys.executable, "-I", "-S", str(KEEPER), str(reading), *program.command,
                env=environment, cwd=program.cwd or scratch, pass_fds=passed, start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except BaseException:
            os.close(writing)
            if ours is not None:
                ours.close()
            raise
        finally:
            os.close(reading)
            if theirs is not None:
                theirs.close()
        connection = None if ours is None else await asyncio.open_connection(sock=ours)
        process = Process(program.name, self._clock, child, writing, connection)
        work = self._accompany(process, scratch, stdout, stderr, channel)
        self._running[process] = self._tasks.spawn(work, program.name)
        return process

    async def _accompany(self, process: Process, scratch: Path, *sinks: *tuple[Sink, Sink, Sink | None]) -> None:
        try:
            await process.watch(*sinks)
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
            del self._running[process]


def bare_environment(scratch: Path) -> dict[str, str]:
    """What a process needs to run at all, with a home and a temporary folder made inside ``scratch``."""
    home, temporary = scratch / "home", scratch / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "TMPDIR": str(temporary),
        "TZ": "UTC",
        "no_proxy": "127.0.0.1,localhost",
    }
