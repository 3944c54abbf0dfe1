"""The platform's process: ``python -m boathouse``, started by the command line, the pytest plugin or a container.

Its settings come as one JSON object in its argument, the bases' keys in its environment; it prints one JSON line when
it is ready, or why it is not.
"""

import asyncio
import fcntl
import gc
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import uvloop

from boathouse import profile
from boathouse.app import App
from boathouse.errors import StartError
from boathouse.settings import Settings

YOUNG_OBJECTS = 10_000


async def serve(settings: Settings) -> None:
    """Runs the platform until SIGINT, SIGTERM or SIGHUP, but for what nohup has it ignore."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, ended.set)
    app = App(settings)
    try:
        await app.start()
        profile.write(settings.aws_dir, settings.endpoint)
        settle()
        print(json.dumps({"ready": app.health()}), flush=True)  # noqa: T201 (the line that the starter waits for)
        await ended.wait()
    finally:
        await app.stop()


def settle() -> None:
    """What is there once all is started stays: Python's collector need not look it through again, 70 ms each time. And
    what a batch of records leaves is mostly gone before ten thousand more objects have been made."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


@contextmanager
def state_folder(settings: Settings) -> Iterator[None]:
    """Holds the state folder for one platform; an ephemeral one goes at the end."""
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        lock = (settings.state_dir / "lock").open("w")
    except OSError as error:
        raise StartError(
            f"the state folder {settings.state_dir} cannot be used ({error.strerror}); see who may write there, free"
            " space, or choose another folder with --state DIR"
        ) from error
    try:
        _hold(lock, settings.state_dir)
        yield
    finally:
        lock.close()
        if settings.ephemeral:
            shutil.rmtree(settings.state_dir, ignore_errors=True)


def _hold(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StartError(
            f"another Boathouse runs on the state in {folder}; stop it, or choose another folder with --state DIR"
        ) from None


def end_with_starter() -> None:
    """Standard input is a pipe that only the starter holds: its end means that the starter is gone."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="starter-watch", daemon=True).start()


def main() -> int:
    settings = Settings.from_json(sys.argv[1] if len(sys.argv) > 1 else "{}")
    if settings.ephemeral:
        settings = settings.replace(state_dir=Path(tempfile.mkdtemp(prefix="boathouse-")))
    logging.basicConfig(level=os.environ.get("BOATHOUSE_LOG", "WARNING"), format="%(levelname)s %(name)s: %(message)s")
    if settings.end_with_starter:
        end_with_starter()
    try:
        settings = settings.with_base_keys(os.environ)
        with state_folder(settings):
            uvloop.run(serve(settings))
    except StartError as error:
        print(json.dumps({"refused": str(error)}), flush=True)  # noqa: T201 (as above)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
