"""A project that is not ours, in a folder of its own: its tests run in a process that is told nothing."""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

INHERITED_NOT = ("AWS_", "PYTEST_", "PYTHON", "BOATHOUSE_", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Project:
    """``python`` is that of the environment which the project has installed its things in."""

    folder: Path
    python: Path = Path(sys.executable)

    def write(self, files: Mapping[str, str]) -> "Project":
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (self.folder / name).write_text(textwrap.dedent(text).lstrip())
        return self

    def copy(self, folder: Path) -> "Project":
        shutil.copytree(folder, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        return self

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(INHERITED_NOT)}
        return subprocess.Popen(
            [str(self.python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
            cwd=self.folder, env=inherited | dict(environment or {}), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def pytest(self, *arguments: str, expect: int = 0, environment: Mapping[str, str] | None = None) -> str:
        """What pytest printed, once it has ended as it is expected to."""
        with self.start(*arguments, environment=environment) as running:
            try:
                printed, _ = running.communicate(timeout=400)
            finally:
                running.kill()
        assert running.returncode == expect, printed
        return printed


TELLING = """
    import os
    import signal
    import subprocess

    import pytest

    def beneath(pid):
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [line.split() for line in listed.stdout.splitlines()]
        children = [child for child, parent in pairs if parent == pid]
        return [found for child in children for found in (child, *beneath(child))]

    @pytest.fixture(autouse=True)
    def told(boathouse, request, worker_id, tmp_path_factory):
        yield
        file = tmp_path_factory.getbasetemp().parent / f"{worker_id}.told"
        file.with_suffix(".part").write_text(" ".join([boathouse.endpoint, *beneath(str(os.getpid()))]))
        file.with_suffix(".part").rename(file)
        if f"{worker_id} {request.node.name}" == os.environ.get("TO_BE_KILLED"):
            file.with_suffix(".killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
"""
"""A conftest.py: each xdist worker tells its platform's endpoint and every process beneath it, after each test; the one
that TO_BE_KILLED names, ``gw1 test_it``, then dies by ``kill -9``."""


def told(base: Path) -> dict[str, tuple[str, list[int]]]:
    """What the workers told under ``--basetemp=base``: the endpoint and the processes of each."""
    found = {file.stem: file.read_text().split() for file in base.glob("*.told")}
    return {worker: (words[0], [int(word) for word in words[1:]]) for worker, words in found.items()}


def wait_until_gone(processes: list[int], seconds: float = 5) -> None:
    """The operating system tells nobody but a parent of an end, so it is asked again and again."""
    deadline = time.monotonic() + seconds
    while left := [process for process in processes if is_there(process)]:
        assert time.monotonic() < deadline, f"still there after {seconds} s: {left}"
        time.sleep(0.05)


def wait_until_killed(running: subprocess.Popen[str], base: Path, worker: str, seconds: float = 400) -> None:
    """Until the worker that TO_BE_KILLED named has told for the last time."""
    deadline = time.monotonic() + seconds
    while not (base / f"{worker}.killed").exists():
        assert running.poll() is None, f"pytest ended before {worker} was killed"
        assert time.monotonic() < deadline, f"{worker} was not killed within {seconds} s"
        time.sleep(0.05)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
