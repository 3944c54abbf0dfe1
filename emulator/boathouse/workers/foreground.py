"""A Spark for this very process: how a script or a test runs as a Glue job does, without a job and in a debugger.

Nobody can be two drivers: once started, it stays until the process ends.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from boathouse.context import root_of
from boathouse.settings import Settings
from boathouse.workers import archive, jars
from boathouse.workers.java import PAYLOAD, driver_command
from boathouse.workers.spark import Keys, driver_environment, driver_settings, job_environment, job_properties


def environment(settings: Settings, region: str) -> dict[str, str]:
    """What points boto3 in a script at the platform, acting as the account's root."""
    return job_environment(settings, _keys(region))


def start(settings: Settings, name: str, region: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts Spark's driver; the next ``SparkContext()`` here is on it, and its ``s3://`` is the platform's.

    ``awsglue`` can be imported from now on. ``more`` are Spark settings above ours. Ends with this process, or when
    its standard input is closed. Raises StartError where PySpark, Java or the jars are missing.
    """
    seen_by_workers = environment(settings, region)
    properties = job_properties(settings, name, _keys(region), None, seen_by_workers) | dict(more or {})
    spark = {key: value for key, value in properties.items() if key.startswith("spark.")}
    options = [f"-D{key}={value}" for key, value in properties.items() if not key.startswith("spark.")]
    command = driver_command(jars.require(), driver_settings() | spark, [*archive.options(), *options])
    if str(PAYLOAD) not in sys.path:
        sys.path.append(str(PAYLOAD))
    os.environ |= driver_environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    bootstrap = import_module("glue_bootstrap")  # imports PySpark, which costs half a second
    java: subprocess.Popen[bytes] = bootstrap.start_java(command, Path(tempfile.mkdtemp(prefix="boathouse-home-")))
    return java


def _keys(region: str) -> Keys:
    return Keys(root_of().access_key, "local-stand-in-no-secret", "", region)
