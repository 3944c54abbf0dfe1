"""Spark's classes as the JVM likes them best: parsed, checked and laid out once, at set-up, mapped at each start.

Java calls it class data sharing. With it Spark is ready after half the work; without it, or with one that does not fit
any more, it starts all the same. It knows Java and Spark, nothing of jobs.
"""

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import platformdirs

from boathouse.workers.jars import LOCK
from boathouse.workers.java import PAYLOAD, class_path, driver_command, java_home, release, spark_home
from boathouse.workers.spark import driver_environment, driver_settings

Report = Callable[[str], None]


def options() -> list[str]:
    """Java's options to use the archive, if it was made."""
    return [f"-XX:SharedArchiveFile={file()}", "-Xshare:auto", "-Xlog:cds=off"] if file().exists() else []


def file() -> Path:
    """Named by what goes into it; Java itself checks that each jar is still the one that it was made from."""
    parts = [LOCK.read_text(encoding="utf-8"), str(spark_home()), str(java_home()), release(java_home())]
    return _folder() / f"spark-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}.jsa"


def make(jars: Path, report: Report) -> None:
    """Makes the archive if it is not there. That it cannot be made is reported and no more."""
    target = file()
    if target.exists():
        return
    report("preparing Spark's classes for quick starts, once")
    target.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_gone(report)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        classes, made = Path(scratch) / "classes.txt", Path(scratch) / target.name
        _run_once(jars, [f"-XX:DumpLoadedClassList={classes}"], Path(scratch))
        command = [
            str(java_home() / "bin" / "java"), "-Xshare:dump", "-XX:+UseSerialGC", "-Xlog:disable",
            f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={made}", "-cp", class_path(jars),
        ]  # fmt: skip
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode or not made.exists():
            report(f"they could not be prepared, Spark will start more slowly. Java said:\n{done.stdout[-2000:]}")
            return
        target.with_suffix(".txt").write_text(str(spark_home()), encoding="utf-8")
        made.rename(target)


def _run_once(jars: Path, more: Sequence[str], scratch: Path) -> None:
    """A worker that warms up, is told nothing and ends."""
    ours, theirs = socket.socketpair()
    (scratch / "tmp").mkdir()
    environment = driver_environment() | {
        "BOATHOUSE_CHANNEL": str(theirs.fileno()), "HOME": str(scratch), "PATH": os.defpath,
        "TMPDIR": str(scratch / "tmp"),
    }  # fmt: skip
    command = driver_command(jars, driver_settings(), more)
    with ours, theirs:
        worker = subprocess.Popen(
            [sys.executable, str(PAYLOAD / "glue_bootstrap.py")], env=environment, cwd=scratch,
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        ours.sendall(json.dumps({"command": command, "mark": ""}).encode() + b"\n")
        ours.shutdown(socket.SHUT_WR)
    worker.wait()


def _forget_the_gone(report: Report) -> None:
    """Archives are large: those of Sparks that are not installed any more go."""
    for note in _folder().glob("spark-*.txt"):
        if not Path(note.read_text(encoding="utf-8")).exists():
            report(f"removing {note.with_suffix('.jsa')}, whose Spark is gone")
            note.with_suffix(".jsa").unlink(missing_ok=True)
            note.unlink()


def _folder() -> Path:
    return platformdirs.user_cache_path("boathouse") / "java"
