"""A Spark for this very process: how a script or a test runs as a Glue job does, without a job and in a debugger.

Nobody can be two drivers: once started, it stays until the process ends.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from boathouse import profile
from boathouse.context import root_of
from boathouse.settings import Settings
from boathouse.workers import archive, jars
from boathouse.workers.java import PAYLOAD, driver_command
from boathouse.workers.spark import Keys, driver_environment, driver_settings, job_environment, job_properties


def environment(settings: Settings, region: str) -> dict[str, str]:
    """What points boto3 in a script at the platform, acting as the account's root."""
    return job_environment(settings, _keys(region))


@contextmanager
def driver(settings: Settings, name: str, region: str) -> Iterator[None]:
    """Spark's driver, for the block: ``SparkContext()`` here is on it, and its ``s3://`` is the platform's.

    ``awsglue`` can be imported. Ends with this process, whatever ends that. Raises StartError where PySpark, Java or
    the jars are missing.
    """
    seen_by_workers = environment(settings, region)
    properties = job_properties(settings, name, _keys(region), None, seen_by_workers)
    spark = {key: value for key, value in properties.items() if key.startswith("spark.")}
    options = [f"-D{key}={value}" for key, value in properties.items() if not key.startswith("spark.")]
    command = driver_command(jars.require(), driver_settings() | spark, [*archive.options(), *options])
    if str(PAYLOAD) not in sys.path:
        sys.path.append(str(PAYLOAD))
    os.environ |= driver_environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    bootstrap = import_module("glue_bootstrap")  # imports PySpark, which costs half a second
    with tempfile.TemporaryDirectory(prefix="boathouse-home-") as home:
        with _no_profile():
            java = bootstrap.start_java(command, Path(home))
        try:
            yield
        finally:
            java.communicate()  # closes its standard input, at which it ends


@contextmanager
def _no_profile() -> Iterator[None]:
    """Java, and Python's workers under it, have keys of their own, and no file in which boto3 would find a profile."""
    kept = os.environ.pop("AWS_PROFILE", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["AWS_PROFILE"] = kept


def _keys(region: str) -> Keys:
    return Keys(root_of().access_key, profile.SECRET_KEY, "", region)
