"""DynamicFrame, its reader and its writer, over Spark's DataFrames.

Deviates: a DynamicFrame has one schema, Spark's. Where records disagree about a field's type, AWS's would keep a choice
of both and this one has what Spark makes of them (text, for a number beside a text). Lines that are no JSON are left
out, as AWS leaves them out, but not kept as error records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from awsglue.gaps import Gaps, refuse, refuse_options
from awsglue.mapping import Mapping, mapped
from awsglue.s3 import files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awsglue.context import GlueContext

# Of these the last three only say how to spread the work, which Spark decides here; the result is the same.
READ_OPTIONS = frozenset({"paths", "recurse", "groupFiles", "groupSize", "useS3ListImplementation"})
WRITE_OPTIONS = frozenset({"path", "partitionKeys", "compression"})


class DynamicFrame(Gaps):
    MISSING = frozenset(
        "assertErrorThreshold errorsAsDynamicFrame errorsCount filter join map mergeDynamicFrame relationalize"
        " resolveChoice schema split_fields split_rows spigot stageErrorsCount stageThreshold totalThreshold unbox"
        " unionAll unnest unnest_ddb_json write".split()
    )

    def __init__(self, frame: DataFrame, glue_ctx: GlueContext, name: str = "") -> None:
        self._frame = frame
        self.glue_ctx = glue_ctx
        self.name = name

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: GlueContext, name: str) -> DynamicFrame:  # noqa: N802
        return cls(dataframe, glue_ctx, name)

    def toDF(self, options: Sequence[Any] | None = None) -> DataFrame:  # noqa: N802 - AWS's name
        if options:
            refuse("DynamicFrame.toDF with options")
        return self._frame

    def count(self) -> int:
        return self._frame.count()

    def printSchema(self) -> None:  # noqa: N802 - AWS's name
        self._frame.printSchema()

    def show(self, num_rows: int = 20) -> None:
        """One JSON object a line."""
        for line in self._frame.limit(num_rows).toJSON().collect():
            print(line)  # noqa: T201 - what show is for

    def getNumPartitions(self) -> int:  # noqa: N802 - AWS's name
        return self._frame.rdd.getNumPartitions()

    def repartition(self, num_partitions: int, transformation_ctx: str = "", **_: Any) -> DynamicFrame:
        return self._with(self._frame.repartition(num_partitions), transformation_ctx)

    def coalesce(
        self, num_partitions: int, shuffle: bool = False, transformation_ctx: str = "", **_: Any
    ) -> DynamicFrame:
        frame = self._frame.repartition(num_partitions) if shuffle else self._frame.coalesce(num_partitions)
        return self._with(frame, transformation_ctx)

    def apply_mapping(self, mappings: Sequence[Mapping], transformation_ctx: str = "", **_: Any) -> DynamicFrame:
        """Fields as ``(source, source type, target, target type)`` say, in their order; a dot goes into a struct."""
        return self._with(mapped(self._frame, mappings), transformation_ctx)

    def select_fields(self, paths: Sequence[str], transformation_ctx: str = "", **_: Any) -> DynamicFrame:
        self._top_level("select_fields", paths)
        return self._with(
            self._frame.select(*(f"`{path}`" for path in paths if path in self._names)), transformation_ctx
        )

    def drop_fields(self, paths: Sequence[str], transformation_ctx: str = "", **_: Any) -> DynamicFrame:
        self._top_level("drop_fields", paths)
        return self._with(self._frame.drop(*paths), transformation_ctx)

    def rename_field(self, oldName: str, newName: str, transformation_ctx: str = "", **_: Any) -> DynamicFrame:  # noqa: N803
        self._top_level("rename_field", [oldName, newName])
        return self._with(self._frame.withColumnRenamed(oldName, newName), transformation_ctx)

    @property
    def _names(self) -> list[str]:
        return self._frame.columns

    def _top_level(self, method: str, paths: Sequence[str]) -> None:
        for path in paths:
            if "." in path and path not in self._names:
                refuse(f"DynamicFrame.{method} of the nested field {path}")

    def _with(self, frame: DataFrame, name: str) -> DynamicFrame:
        return DynamicFrame(frame, self.glue_ctx, name or self.name)


class DynamicFrameReader(Gaps):
    MISSING = frozenset({"from_catalog", "from_rdd"})

    def __init__(self, glue_context: GlueContext) -> None:
        self._glue_context = glue_context

    def from_options(
        self,
        connection_type: str,
        connection_options: dict[str, Any] | None = None,
        format: str | None = None,  # noqa: A002 - AWS's name
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **more: Any,
    ) -> DynamicFrame:
        """``connection_options``: ``paths`` and, to read folders within them, ``recurse``; JSON lines or Parquet."""
        where = f"create_dynamic_frame.from_options of {connection_type}"
        options = connection_options or {}
        if connection_type != "s3" or push_down_predicate or more:
            refuse(f"{where} with {', '.join(more) or push_down_predicate}" if connection_type == "s3" else where)
        refuse_options(where, options, READ_OPTIONS)
        paths = options["paths"]
        spark = self._glue_context.spark_session
        # recursiveFileLookup also keeps Spark from making columns of folder names: Glue does so for catalog tables only
        reader = spark.read.option("recursiveFileLookup", value=True)
        names = files(spark, [paths] if isinstance(paths, str) else paths, recurse=_is_true(options.get("recurse")))
        if not names:
            return DynamicFrame(spark.createDataFrame([], StructType([])), self._glue_context, transformation_ctx)
        if format == "json":
            refuse_options(f"{where} as json", format_options or {}, frozenset({"multiLine", "multiline"}))
            multi_line = any(map(_is_true, (format_options or {}).values()))
            frame = reader.option("mode", "DROPMALFORMED").json(names, multiLine=multi_line)
        elif format == "parquet":
            refuse_options(f"{where} as parquet", format_options or {}, frozenset())
            frame = reader.option("mergeSchema", value=True).parquet(*names)
        else:
            refuse(f"{where} as {format}")
        return DynamicFrame(frame, self._glue_context, transformation_ctx)


class DynamicFrameWriter(Gaps):
    MISSING = frozenset({"from_catalog", "from_jdbc_conf"})

    def __init__(self, glue_context: GlueContext) -> None:
        self._glue_context = glue_context

    def from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: dict[str, Any] | None = None,
        format: str | None = None,  # noqa: A002 - AWS's name
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """``connection_options``: ``path``, ``partitionKeys``, ``compression``. What lies there already stays."""
        where = f"write_dynamic_frame.from_options to {connection_type}"
        options = connection_options or {}
        if connection_type != "s3":
            refuse(where)
        refuse_options(where, options, WRITE_OPTIONS)
        refuse_options(f"{where} as {format}", format_options or {}, frozenset({"compression"}))
        data = frame.toDF()
        if not data.columns:  # nothing was read: Glue writes nothing, Spark would fail on a file without columns
            return frame
        writer = data.write.mode("append").partitionBy(*options.get("partitionKeys", []))
        compression = (format_options or {}).get("compression") or options.get("compression")
        if format == "json":
            writer.json(options["path"], compression=compression)
        elif format == "parquet":
            writer.parquet(options["path"], compression=compression or "snappy")
        else:
            refuse(f"{where} as {format}")
        return frame


class DynamicFrameCollection(Gaps):
    """What splitting a frame would give, which is not here yet."""

    MISSING = frozenset({"flatmap", "keys", "map", "select", "values"})

    def __init__(self, dynamic_frames: dict[str, DynamicFrame], glue_ctx: GlueContext) -> None:
        refuse(f"DynamicFrameCollection of {len(dynamic_frames)} frames in {type(glue_ctx).__name__}")


def _is_true(value: Any) -> bool:
    """Options are given as Python's booleans or, in scripts that Glue Studio wrote, as text."""
    return str(value).lower() == "true"
