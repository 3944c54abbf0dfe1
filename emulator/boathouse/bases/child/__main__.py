"""ministack under uvicorn, ended when the platform that started it is gone.

Standard input is a pipe that only the platform holds; its end closes with the platform, by whatever signal. What stops
the start is the last line on standard error.
"""

import fcntl
import importlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from boathouse.bases.child.keeping import Keeping, Unreadable
from boathouse.bases.child.objects import Failures, failures, mend
from boathouse.bases.child.saving import Saving
from boathouse.bases.child.uploads import Uploads
from boathouse.clock import Clock

GRACE = 3.0
"""Seconds to end in good order once the platform is gone. Whoever is stuck by then loses nothing: all is saved."""


def _end_with_the_platform() -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock would hold up the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE)
    os._exit(1)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Waits for the base of a platform that was killed a moment ago: what it still saves would undo what we do."""
    with (folder / "base.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def _serve(port: int) -> None:
    mend(objects := Path(os.environ["S3_DATA_DIR"]))
    logging.getLogger("s3").addHandler(Failures())
    failures.set([])
    base: Any = importlib.import_module("ministack.app")
    base.PERSIST_STATE = False  # it would restore and save without a word of what fails: that is ours
    keeping = Keeping(base, importlib.import_module("ministack.core.persistence"), Path(os.environ["STATE_DIR"]))
    keeping.restore()
    uploads = Uploads(importlib.import_module("ministack.services.s3"), Path(os.environ["STATE_DIR"]) / "uploads")
    uploads.restore()
    if failed := failures.get():
        raise Unreadable(objects, "; ".join(failed))
    saving = Saving(base, keeping, uploads, Clock())
    config = uvicorn.Config(saving, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    await saving.run(uvicorn.Server(config).serve())


def main() -> None:
    threading.Thread(target=_end_with_the_platform, name="platform-watch", daemon=True).start()
    try:
        with _alone_in(Path(os.environ["STATE_DIR"]).parent):
            uvloop.run(_serve(int(sys.argv[1])))
    except Unreadable as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
