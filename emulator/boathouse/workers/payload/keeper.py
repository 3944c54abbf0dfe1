"""Stands between the platform and one process of somebody else's code, and sees to it that nothing of it is left.

Started as ``python -I -S keeper.py LIFELINE COMMAND...``. It runs COMMAND in a session of its own and ends as COMMAND
ends. When the lifeline (a pipe's reading end) closes, because the platform asked for it or died, COMMAND and all that
it started are killed. Standard library only, as little of it as will do: this is part of every cold start.
"""
# ruff: noqa: PTH110, PTH123, PTH208
# Importing pathlib or typing would double the start.

from __future__ import annotations

import os
import select
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "BOATHOUSE_PROCESS"
PATIENCE = 50  # sweeps; each kills what the one before could not see yet


def main(lifeline: int, command: list[str]) -> None:
    os.set_inheritable(lifeline, False)
    wakeup, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _wake)
    child = os.fork()
    if child == 0:
        _become(command)
    status = _await_end(child, lifeline, wakeup)
    _sweep(child)
    if status is None:
        _, status = os.waitpid(child, 0)
    _end_like(status)


def _wake(*_: object) -> None:
    """The signal's number arrives in the wakeup pipe."""


def _become(command: list[str]) -> None:
    os.setsid()
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores these, and an exec would hand that on
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is the platform's own
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def _await_end(child: int, lifeline: int, wakeup: int) -> int | None:
    """The status COMMAND ended with, or None if it is to be ended."""
    while True:
        ready, _, _ = select.select([lifeline, wakeup], [], [])
        if lifeline in ready:
            return None
        if set(os.read(wakeup, 256)) - {signal.SIGCHLD}:
            return None
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status


def _sweep(child: int) -> None:
    for _ in range(PATIENCE):
        left = _tree(child)
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        select.select([], [], [], 0.01)


def _tree(child: int) -> set[int]:
    """All that live of COMMAND's: its descendants, and whoever inherited our mark though its parent is gone."""
    me, parents, found = os.getpid(), {}, {child}
    listing = _from_proc if os.path.exists("/proc/self/environ") else _from_ps
    for pid, parent, marked in listing():
        parents[pid] = parent
        if marked:
            found.add(pid)
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grown, found = bool(more), found | more
    return (found & parents.keys()) - {me}


def _from_proc() -> Iterator[tuple[int, int, bool]]:
    mark = f"{MARK}={os.environ[MARK]}".encode()
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]
            with open(f"/proc/{name}/environ", "rb") as file:
                marked = mark in file.read().split(b"\0")
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
        if state not in (b"Z", b"X"):
            yield int(name), int(parent), marked


def _from_ps() -> Iterator[tuple[int, int, bool]]:
    mark = f"{MARK}={os.environ[MARK]}"
    with os.popen("ps -axwwE -o pid=,ppid=,stat=,command=") as listing:  # noqa: S605 - macOS has no /proc
        for line in listing:
            pid, parent, state, command = line.split(None, 3)
            if not state.startswith("Z"):
                yield int(pid), int(parent), mark in command.split()


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
