"""The driver's side of a Glue worker: starts Spark, waits warm, becomes one job run, and ends with it.

It talks JSON lines over the socket whose number is in BOATHOUSE_CHANNEL: in come the settings, with a mark to print
when Spark is warm, and, whenever that is, the run; out go ``ready``, ``started`` and ``failure``. Before its run it
touches no bucket and knows no credentials.
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark import SparkContext
from pyspark.sql import SparkSession, Window
from pyspark.sql.functions import row_number

LONGEST_MESSAGE = 2_000
SAMPLE = '{"id": %d, "name": "n%d", "inner": {"flag": true, "at": "2016-01-01T00:00:00Z"}, "dt": "2016-01-0%d"}\n'


class Channel:
    """The way to the platform. Closed on exec, so neither the JVM nor a program the script starts holds it."""

    def __init__(self) -> None:
        self._socket = socket.socket(fileno=int(os.environ.pop("BOATHOUSE_CHANNEL")))
        self._socket.set_inheritable(False)
        self._lines = self._socket.makefile("r", encoding="utf-8")

    def hear(self) -> dict[str, Any] | None:
        """The next message, or None where the platform has nothing more to say."""
        line = self._lines.readline()
        message: dict[str, Any] | None = json.loads(line) if line else None
        return message

    def tell(self, **message: object) -> None:
        self._socket.sendall(json.dumps(message).encode() + b"\n")


def main() -> None:
    channel = Channel()
    if (start := channel.hear()) is None:
        return
    java = start_java(start["command"], Path.home())
    warm_up()
    for stream in (sys.stdout, sys.stderr):
        print(start["mark"], file=stream, flush=True)
    channel.tell(ready=True)
    if (run := channel.hear()) is not None:
        become(run, channel)
    else:
        java.communicate()  # closes its stdin, at which it ends


def start_java(command: list[str], home: Path) -> subprocess.Popen[bytes]:
    """Starts Spark's driver and tells PySpark where it is, as PySpark does that lets spark-submit start it.

    ``home`` is a folder without credentials: it is what Java takes for the user's.
    """
    folder = Path(tempfile.mkdtemp(prefix="java-"))
    told = folder / "connection"
    # Java asks the system, not HOME and TMPDIR: without this it would find the developer's own ~/.aws
    places = [f"-Duser.home={home}", f"-Djava.io.tmpdir={tempfile.gettempdir()}"]
    java = subprocess.Popen(
        [command[0], *places, *command[1:]],
        env=os.environ | {"_PYSPARK_DRIVER_CONN_INFO_PATH": str(told)},
        stdin=subprocess.PIPE,
    )
    while not told.exists():
        if java.poll() is not None:
            sys.exit(f"Java ended with {java.returncode} before Spark had started")
        time.sleep(0.01)
    connection = told.read_bytes()
    port, length = struct.unpack_from("!ii", connection)
    os.environ |= {"PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": connection[8 : 8 + length].decode()}
    shutil.rmtree(folder)
    SparkContext._ensure_initialized()
    del os.environ["PYSPARK_GATEWAY_PORT"], os.environ["PYSPARK_GATEWAY_SECRET"]
    return java


def warm_up() -> None:
    """Runs a job like those to come, so that their classes are loaded and their code compiled.

    The context is stopped and the JVM stays: a script makes its own SparkContext, from the JVM's system properties.
    """
    context = SparkContext()
    folder = Path(tempfile.mkdtemp(prefix="warm-up-"))
    try:
        spark = SparkSession(context)
        source, target = folder / "in.json", folder / "out"
        source.write_text("".join(SAMPLE % (n, n % 7, n % 3 + 1) for n in range(500)), encoding="utf-8")
        spark.read.json(str(source)).write.partitionBy("dt").parquet(str(target))
        spark.read.parquet(str(target)).groupBy("name", "inner.flag").count().collect()
        lines = spark.read.text(str(source)).rdd.map(lambda row: (row.value, row.value[-12:-2]))  # in Python workers
        rows = spark.createDataFrame(lines, "line string, dt string")
        latest = Window.partitionBy("dt", "line").orderBy("line")
        firsts = rows.withColumn("place", row_number().over(latest)).where("place = 1").drop("place")
        firsts.write.partitionBy("dt").parquet(str(folder / "firsts"), compression="snappy")
        load_s3(context)
    finally:
        context.stop()
        shutil.rmtree(folder)


def load_s3(context: SparkContext) -> None:
    """Loads S3A's classes, and AWS's, by making a file system of a bucket that nobody asks anything about."""
    if (jvm := context._jvm) is None:
        raise RuntimeError("Spark has not been started")
    conf = jvm.org.apache.hadoop.conf.Configuration(context._jsc.hadoopConfiguration())
    conf.set("fs.s3a.endpoint", "https://127.0.0.1:1")
    conf.set("fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider")
    jvm.org.apache.hadoop.fs.FileSystem.newInstance(jvm.java.net.URI("s3a://warm-up/"), conf).close()


def become(run: dict[str, Any], channel: Channel) -> None:
    """Runs the script as ``__main__`` of a process that looks as if it had been started for it."""
    os.environ.update(run["environment"])
    if (jvm := SparkContext._jvm) is None:
        raise RuntimeError("Spark has not been started")
    system = jvm.java.lang.System
    for name, value in run["properties"].items():
        system.setProperty(name, value)
    script: str = run["script"]
    os.chdir(run["cwd"])
    sys.argv = [script, *run["arguments"]]
    sys.path[:0] = run["path"]
    module = ModuleType("__main__")
    module.__file__ = script
    sys.modules["__main__"] = module
    sys.excepthook = _Report(channel, script)
    channel.tell(started=True)
    exec(compile(Path(script).read_bytes(), script, "exec"), module.__dict__)  # noqa: S102 - the job itself


class _Report:
    """What happens to an exception that a script lets out: Python's own traceback without our frames, and word home."""

    def __init__(self, channel: Channel, script: str) -> None:
        self._channel = channel
        self._script = script

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        while trace is not None and not self._is_the_scripts(trace.tb_frame):
            trace = trace.tb_next
        traceback.print_exception(kind, error, trace)
        self._channel.tell(failure=describe(error)[:LONGEST_MESSAGE])

    def _is_the_scripts(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename == self._script


def describe(error: BaseException) -> str:
    """One line a person can act on: the Python error, and for a failure in Java what began it."""
    kind = type(error).__name__
    if not isinstance(error, Py4JJavaError):
        return f"{kind}: {_gist(str(error))}"
    java = root = error.java_exception
    while root.getCause() is not None:
        root = root.getCause()
    said = f"{kind}: {error.errmsg.strip()} {_gist(java.toString())}"
    cause = _gist(root.toString())
    return said if cause in said else f"{said} Caused by: {cause}"


def _gist(text: str) -> str:
    """The first line, or of a Python traceback (what a UDF raised) the last."""
    _, is_traceback, rest = text.partition("Traceback (most recent call last):")
    lines = [line for line in (rest if is_traceback else text).splitlines() if line.strip()]
    if is_traceback:
        return next(line for line in reversed(lines) if not line[0].isspace())
    return lines[0] if lines else ""


if __name__ == "__main__":
    main()
