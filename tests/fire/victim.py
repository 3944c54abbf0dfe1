"""A platform that is killed with all its processes at once, as when the power goes, and started again where it was."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from boathouse import launch
from boathouse.settings import Settings
from tests.conftest import clients_of


class Victim:
    """``folder`` keeps everything, as ``.boathouse`` does; the port stays the same."""

    def __init__(self, folder: Path, *, workers: int = 0) -> None:
        self._settings = Settings(
            state_dir=folder / "state", aws_dir=folder / "aws", port=launch.free_port(), hurry=60, workers=workers
        )
        self._running: launch.Platform | None = None

    @property
    def endpoint(self) -> str:
        return self._settings.endpoint

    @property
    def work_dir(self) -> Path:
        return self._settings.work_dir

    def up(self) -> None:
        self._running = launch.launch(self._settings)

    @property
    def running(self) -> launch.Platform:
        assert self._running is not None, "the platform is down"
        return self._running

    def client(self, service: str) -> Any:
        return clients_of(self.running)(service)

    def kill(self) -> None:
        """kill -9 of the platform, its base, its Spark sessions and its functions, none outliving another."""
        platform, self._running = self.running, None
        # Whoever stands still starts nothing and hears of nobody's end.
        for pid in (frozen := list(_freeze(platform.pid))):
            os.kill(pid, signal.SIGKILL)
        platform.kill()
        assert len(frozen) > 1, "the base is a process of its own"

    def kill_one(self) -> None:
        """kill -9 of the platform's own process: the others have to see to their end themselves."""
        platform, self._running = self.running, None
        platform.kill()

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def reset(self) -> None:
        launch.reset(self.endpoint)


def _freeze(pid: int) -> Iterator[int]:
    """Stops a process and all that it started, and what these start meanwhile."""
    still = set[int]()
    while fresh := _tree(pid) - still:
        for each in fresh:
            os.kill(each, signal.SIGSTOP)
        still |= fresh
    yield from still


def _tree(pid: int) -> set[int]:
    listing = subprocess.run(["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        child, parent, status = line.split()
        if not status.startswith("Z"):
            children.setdefault(int(parent), []).append(int(child))
    found, waiting = set[int](), [pid]
    while waiting:
        found.add(each := waiting.pop())
        waiting += children.get(each, [])
    return found


def until(happened: Callable[[], object]) -> None:
    """Asks again and again, yet leaves the machine to what is waited for; pytest's own timeout ends it."""
    while not happened():
        time.sleep(0.05)
