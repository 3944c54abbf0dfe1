"""GlueContext: how a script reads and writes DynamicFrames.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-glue-context.html
"""

from typing import Any

from pyspark import SparkContext
from pyspark.sql import DataFrame, DataFrameReader, SparkSession

from awsglue.dynamicframe import DynamicFrame, DynamicFrameReader, DynamicFrameWriter
from awsglue.gaps import Gaps

Options = dict[str, Any]


class GlueContext(Gaps):
    MISSING = frozenset(
        "add_ingestion_time_columns begin_transaction cancel_transaction commit_transaction create_data_frame"
        " create_data_frame_from_catalog create_data_frame_from_options create_dynamic_frame_from_catalog"
        " create_dynamic_frame_from_rdd create_sample_dynamic_frame_from_catalog"
        " create_sample_dynamic_frame_from_options extract_jdbc_conf forEachBatch getSink getSource purge_s3_path"
        " purge_table start_transaction transition_s3_path transition_table write_data_frame"
        " write_data_frame_from_catalog write_dynamic_frame_from_catalog write_dynamic_frame_from_jdbc_conf"
        " write_from_jdbc_conf write_from_options".split()
    )

    def __init__(self, sparkContext: SparkContext | None = None, **options: Any) -> None:  # noqa: N803 - AWS's name
        self._spark_context = sparkContext or SparkContext.getOrCreate()
        self.spark_session = SparkSession.builder.config(map=options).getOrCreate()
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)

    @property
    def sparkSession(self) -> SparkSession:  # noqa: N802 - Spark's SQLContext, which AWS's class extends, has it
        return self.spark_session

    @property
    def read(self) -> DataFrameReader:
        return self.spark_session.read

    def sql(self, query: str) -> DataFrame:
        return self.spark_session.sql(query)

    def get_logger(self) -> Any:
        """A log4j logger; its lines go to the run's error log, as AWS's go to the driver's."""
        jvm = self._spark_context._jvm
        if jvm is None:
            raise RuntimeError("Spark has not been started")
        return jvm.org.apache.log4j.LogManager.getLogger("GlueLogger")

    def create_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Options | None = None,
        format: str | None = None,  # noqa: A002 - AWS's name
        format_options: Options | None = None,
        transformation_ctx: str = "",
        **more: Any,
    ) -> DynamicFrame:
        return self.create_dynamic_frame.from_options(
            connection_type, connection_options, format, format_options, transformation_ctx, **more
        )

    def write_dynamic_frame_from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: Options | None = None,
        format: str | None = None,  # noqa: A002 - AWS's name
        format_options: Options | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        return self.write_dynamic_frame.from_options(
            frame, connection_type, connection_options, format, format_options, transformation_ctx
        )
