"""A small lake to ask: tables as the template creates them, with rows that a test gives."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import yaml
from pyarrow import parquet

from pipelines.athena import SQL, Athena
from pipelines.lakebucket import LakeBucket

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
JSON = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
}
ACTOR = pa.struct([("id", pa.int64()), ("login", pa.string())])
REPO = pa.struct([("id", pa.int64()), ("name", pa.string())])
SILVER = pa.schema(
    [
        ("id", pa.string()), ("type", pa.string()), ("created_at", pa.timestamp("us")), ("actor", ACTOR),
        ("repo", REPO), ("org", ACTOR), ("public", pa.bool_()), ("payload", pa.string()), ("action", pa.string()),
        ("ref", pa.string()), ("ref_type", pa.string()), ("_source", pa.string()), ("_ordinal", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class SmallLake:
    """``athena`` asks it in its own database."""

    athena: Athena
    glue: Any
    bucket: LakeBucket

    def create(self, table: str) -> None:
        """The table as its schema.yaml says, here by hand and on the platform by the template."""
        said = yaml.safe_load((SQL / table / "schema.yaml").read_text())
        storage = (PARQUET if said["format"] == "parquet" else JSON) | {
            "Columns": [{"Name": column["name"], "Type": column["type"]} for column in said["columns"]],
            "Location": self.bucket.uri(said["location"]),
        }
        parameters = {"EXTERNAL": "TRUE", "classification": said["format"]}
        for column, settings in said.get("projection", {}).items():
            parameters["projection.enabled"] = "true"
            parameters |= {f"projection.{column}.{key}": value for key, value in settings.items()}
        keys = [{"Name": column["name"], "Type": column["type"]} for column in said.get("partition_columns", [])]
        table_input = {"Name": table, "TableType": "EXTERNAL_TABLE", "Parameters": parameters}
        self.glue.create_table(
            DatabaseName=self.athena.stack.database,
            TableInput=table_input | {"StorageDescriptor": storage, "PartitionKeys": keys},
        )

    def fill_silver(self, rows: list[dict[str, Any]]) -> None:
        """``rows``: dt, type, at (created_at), actor and repo as [id, name], id, _source, _ordinal; all optional."""
        days: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            days.setdefault(row.get("dt", "2016-01-01"), []).append(_silver(row))
        storage = self.glue.get_table(DatabaseName=self.athena.stack.database, Name="silver_cleaned")["Table"][
            "StorageDescriptor"
        ]
        for day, events in days.items():
            packed = pa.BufferOutputStream()
            parquet.write_table(pa.Table.from_pylist(events, SILVER), packed, compression="snappy")
            self.bucket.put(f"cleaned/dt={day}/rows.parquet", packed.getvalue().to_pybytes())
            self.glue.create_partition(
                DatabaseName=self.athena.stack.database,
                TableName="silver_cleaned",
                PartitionInput={
                    "Values": [day],
                    "StorageDescriptor": storage | {"Location": self.bucket.uri(f"cleaned/dt={day}/")},
                },
            )

    def put_errors(self, *records: bytes) -> None:
        """Firehose's error records for what a Lambda function did not read."""
        lines = [json.dumps({"errorCode": "x", "rawData": base64.b64encode(data).decode()}) for data in records]
        self.bucket.put("raw-errors/processing-failed/2026-01-01/x", "".join(f"{line}\n" for line in lines).encode())


def _silver(row: dict[str, Any]) -> dict[str, Any]:
    actor, repo = row.get("actor"), row.get("repo")
    return {
        "id": row.get("id"),
        "type": row.get("type", "PushEvent"),
        "created_at": datetime.fromisoformat(row.get("at", "2016-01-01 00:00:00")),
        "actor": None if actor is None else {"id": actor[0], "login": actor[1]},
        "repo": None if repo is None else {"id": repo[0], "name": repo[1]},
        "_source": row.get("_source", "a"),
        "_ordinal": row.get("_ordinal", 1),
    }
