"""CREATE TABLE AS: a query's result becomes files, and the files a table. What fails leaves files and no table."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal, root_of
from boathouse.datatypes import DataType
from boathouse.dialects.athena.statements import CreateTableAs
from boathouse.engines.duckdb import COMPRESSIONS, DuckDB, EngineError, Layout, Reader, Work, Written, WrittenFile
from boathouse.errors import AwsError
from boathouse.lake.objects import Objects, S3Uri
from boathouse.relation import Column
from boathouse.services.athena.columns import rows_column
from boathouse.services.athena.failures import GENERIC_USER, PERMISSION, USER, QueryFailed, named
from boathouse.services.athena.results import CSV_TYPE, Results, engine_id, options_of
from boathouse.services.athena.store import Execution
from boathouse.services.athena.uploads import Uploads

DEFAULT_COMPRESSION = "GZIP"
"""documented: https://docs.aws.amazon.com/athena/latest/ug/compression-formats.html"""
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
ESCAPED_IN_PATHS = frozenset("\"#%'*/:=?\\{[]^") | {chr(code) for code in range(0x20)} | {"\x7f"}
UPLOADS_AT_ONCE = 8
PARQUET_STORAGE = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
    "Compressed": False,
    "NumberOfBuckets": -1,
}


class Creations:
    def __init__(self, call: Call, engine: DuckDB, results: Results) -> None:
        self._call = call
        self._engine = engine
        self._results = results
        self._objects = Objects(call)
        self._uploads = Uploads(call)

    async def create(
        self, execution: Execution, statement: CreateTableAs, principal: Principal, reader: Reader, work: Work
    ) -> None:
        execution.columns = rows_column()
        _refuse_unsupported(statement)
        if await self._exists(statement, principal):
            if not statement.if_not_exists:
                raise named(
                    "TABLE_ALREADY_EXISTS",
                    f"line 1:1: Destination table 'awsdatacatalog.{statement.target}' already exists",
                )
            execution.update_count = 0
            return
        location = _location(statement.external_location or execution.output)
        execution.statistics["DataManifestLocation"] = f"{execution.output}-manifest.csv"
        await self._refuse_occupied(execution, statement, location)
        try:
            await self._fill(execution, statement, principal, reader, work, location)
        except EngineError as error:
            raise _with_advice(execution, named(error.name, error.message)) from error

    async def _fill(
        self,
        execution: Execution,
        statement: CreateTableAs,
        principal: Principal,
        reader: Reader,
        work: Work,
        location: S3Uri,
    ) -> None:
        layout = Layout(statement.partitioned_by, statement.compression or DEFAULT_COMPRESSION)
        if not statement.with_data:
            work = Work(f"SELECT * FROM ({work.sql}) LIMIT 0", work.columns, work.relations, work.most_bytes)
        async with self._engine.parquet(work, reader, layout) as written:
            places = _places(location, statement.partitioned_by, written.files, engine_id(execution))
            await self._upload(execution, written, places)
        await self._results.write_manifest(execution, execution.statistics["DataManifestLocation"], places)
        await self._register(statement, principal, execution, location, written)
        execution.update_count = written.rows
        execution.statistics["DataScannedInBytes"] = written.scanned
        await self._results.write_companion(execution, engine_id(execution), ("CREATE TABLE", written.rows))

    async def _exists(self, statement: CreateTableAs, principal: Principal) -> bool:
        name = {"DatabaseName": statement.target.database, "Name": statement.target.table}
        try:
            await self._call("glue", "GetDatabase", {"Name": statement.target.database}, as_=principal)
        except AwsError as error:
            if error.code == "EntityNotFoundException":
                raise named(
                    "SCHEMA_NOT_FOUND", f"line 1:1: Schema '{statement.target.database}' does not exist"
                ) from error
            raise
        try:
            await self._call("glue", "GetTable", name, as_=principal)
        except AwsError as error:
            if error.code == "EntityNotFoundException":
                return False
            raise
        return True

    async def _refuse_occupied(self, execution: Execution, statement: CreateTableAs, location: S3Uri) -> None:
        if await self._objects.any(root_of(*execution.scope), location):
            shown = str(location).rstrip("/")
            failure = named(
                "HIVE_PATH_ALREADY_EXISTS", f"Target directory for table '{statement.target}' already exists: {shown}"
            )
            raise _with_advice(execution, failure)

    async def _upload(self, execution: Execution, written: Written, places: Sequence[S3Uri]) -> None:
        gate = asyncio.Semaphore(UPLOADS_AT_ONCE)
        principal, options = root_of(*execution.scope), {**options_of(execution), **CSV_TYPE}

        async def upload(file: WrittenFile, place: S3Uri) -> None:
            async with gate:
                await self._uploads.put_file(principal, place, file, options)

        try:
            async with asyncio.TaskGroup() as group:
                for file, place in zip(written.files, places, strict=True):
                    group.create_task(upload(file, place))
        except ExceptionGroup as failed:
            if not isinstance(error := failed.exceptions[0], AwsError):
                raise error from failed
            reason = f"HIVE_WRITER_CLOSE_ERROR: Error committing write parquet to Hive. {error}"
            type_ = PERMISSION if error.code == "AccessDenied" else GENERIC_USER
            raise _with_advice(execution, QueryFailed(reason, USER, type_)) from failed

    async def _register(
        self, statement: CreateTableAs, principal: Principal, execution: Execution, location: S3Uri, written: Written
    ) -> None:
        table = _table_input(statement, execution, location)
        database = {"DatabaseName": statement.target.database}
        await self._call("glue", "CreateTable", {**database, "TableInput": table}, as_=principal)
        partitions = [
            {
                "Values": [NULL_PARTITION if value is None else value for value in values],
                "StorageDescriptor": {
                    **table["StorageDescriptor"],
                    "Location": str(location) + _partition_path(statement.partitioned_by, values),
                },
            }
            for values in dict.fromkeys(file.partition for file in written.files)
        ]
        if statement.partitioned_by and partitions:
            request = {**database, "TableName": statement.target.table, "PartitionInputList": partitions}
            answer = await self._call("glue", "BatchCreatePartition", request, as_=principal)
            if answer.get("Errors"):
                name = {**database, "Name": statement.target.table}
                await self._call("glue", "DeleteTable", name, as_=principal)
                raise QueryFailed(f"HIVE_METASTORE_ERROR: {answer['Errors'][0]['ErrorDetail']['ErrorMessage']}")


def _refuse_unsupported(statement: CreateTableAs) -> None:
    if statement.format != "PARQUET":
        raise _not_supported(statement, "format", f"CREATE TABLE AS with format = '{statement.format}'")
    if (statement.compression or DEFAULT_COMPRESSION) not in COMPRESSIONS:
        named_by = next((name for name in statement.places if name.endswith("compression")), "")
        raise _not_supported(statement, named_by, f"write_compression = '{statement.compression}'")
    for name in statement.properties:
        raise _not_supported(statement, name, f"the CREATE TABLE AS property {name}")


def _not_supported(statement: CreateTableAs, name: str, what: str) -> QueryFailed:
    place = statement.places.get(name, "line 1:1")
    return named("NOT_SUPPORTED", f"emulator: {place}: {what} is not supported")


def _with_advice(execution: Execution, failure: QueryFailed) -> QueryFailed:
    """Athena adds where files may lie (client: dbt-athena reports it so)."""
    if failure.reason.startswith("HIVE_TOO_MANY_OPEN_PARTITIONS"):
        advice = (
            f". If a data manifest file was generated at '{execution.statistics['DataManifestLocation']}', you may need"
            " to manually clean the data from locations specified in the manifest. Athena will not delete data in your"
            " account."
        )
    else:
        advice = (
            f". You may need to manually clean the data at location '{execution.output}' before retrying. Athena will"
            " not delete data in your account."
        )
    return QueryFailed(failure.reason + advice, failure.category, failure.type)


def _table_input(statement: CreateTableAs, execution: Execution, location: S3Uri) -> dict[str, Any]:
    keys = set(statement.partitioned_by)
    encrypted = "true" if options_of(execution) else "false"
    compression = statement.compression or DEFAULT_COMPRESSION
    columns = statement.query.columns
    return {
        "Name": statement.target.table,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        **({"Description": statement.comment} if statement.comment else {}),
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "has_encrypted_data": encrypted,
            "parquet.compression": "UNCOMPRESSED" if compression == "NONE" else compression,
        },
        "PartitionKeys": [_glue_column(column) for column in columns if column.name in keys],
        "StorageDescriptor": {
            "Columns": [_glue_column(column) for column in columns if column.name not in keys],
            "Location": str(location),
            **PARQUET_STORAGE,
        },
    }


def _glue_column(column: Column) -> dict[str, str]:
    return {"Name": column.name.lower(), "Type": _stored(column.type).hive}


def _stored(type_: DataType) -> DataType:
    return DataType("varchar") if type_.name == "unknown" else type_


def _location(text: str) -> S3Uri:
    """In Trino's words for what is none."""
    try:
        return S3Uri.parse(text).folder
    except ValueError:
        raise named("INVALID_TABLE_PROPERTY", f"External location is not a valid file system URI: {text}") from None


def _places(location: S3Uri, keys: Sequence[str], files: Sequence[WrittenFile], query_id: str) -> list[S3Uri]:
    """Where each file goes: under its partition's folder, by a name that no other query uses."""
    return [
        S3Uri(location.bucket, f"{location.key}{_partition_path(keys, file.partition)}{query_id}_{uuid.uuid4()}")
        for file in files
    ]


def _partition_path(keys: Sequence[str], values: Sequence[str | None]) -> str:
    return "".join(f"{key}={escaped(value)}/" for key, value in zip(keys, values, strict=True))


def escaped(value: str | None) -> str:
    """A partition value in a path, as Hive writes it."""
    if value in (None, ""):
        return NULL_PARTITION
    return "".join(f"%{ord(char):02X}" if char in ESCAPED_IN_PATHS else char for char in str(value))
