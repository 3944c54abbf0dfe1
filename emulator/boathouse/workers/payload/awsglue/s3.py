"""Which objects a path means to Glue's reader."""

from collections.abc import Iterator, Sequence
from typing import Any

from pyspark.sql import SparkSession


def files(spark: SparkSession, paths: Sequence[str], *, recurse: bool) -> list[str]:
    """What to hand to Spark for ``paths``: files, or with ``recurse`` the folders themselves; empty if there is none.

    Without ``recurse`` Glue reads the files directly in a folder. Where there are only folders in it, a script has
    forgotten to say ``recurse``, and rather than nothing it gets an error that says so.
    """
    found = list[str]()
    for path in paths:
        inside = list(_visible(_list(spark, path)))
        direct = [status.getPath().toString() for status in inside if status.isFile()]
        if recurse:
            found += [path] if inside else []
        elif inside and not direct:
            raise ValueError(
                f'{path} has no objects of its own, only folders: Glue reads those with {{"recurse": True}} in'
                " connection_options"
            )
        else:
            found += direct
    return found


def _list(spark: SparkSession, path: str) -> Sequence[Any]:
    context = spark.sparkContext
    if context._jvm is None:
        raise RuntimeError("Spark has not been started")
    place = context._jvm.org.apache.hadoop.fs.Path(path)
    system = place.getFileSystem(context._jsc.hadoopConfiguration())
    if not system.exists(place):
        return ()
    statuses: Sequence[Any] = system.listStatus(place)
    return statuses


def _visible(statuses: Sequence[Any]) -> Iterator[Any]:
    """Without markers and what a job is still writing, as every reader on Hadoop's file systems has it."""
    return (status for status in statuses if status.getPath().getName()[0] not in "_.")
