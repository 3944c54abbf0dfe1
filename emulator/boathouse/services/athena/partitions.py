"""Partitions as DDL changes and shows them, on the Glue Data Catalog."""

from collections.abc import Mapping, Sequence
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.dialects.athena.statements import AddPartitions, DropPartitions
from boathouse.errors import AwsError
from boathouse.services.athena.creations import escaped
from boathouse.services.athena.failures import DDL, SYSTEM, QueryFailed

TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
NOT_FOUND = "FAILED: SemanticException [Error 10006]: Partition not found"
CREATED_AT_ONCE = 100
DELETED_AT_ONCE = 25


class Partitions:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def add(self, principal: Principal, table: dict[str, Any], statement: AddPartitions) -> None:
        inputs = [_input(table, partition.values, partition.location) for partition in statement.partitions]
        for start in range(0, len(inputs), CREATED_AT_ONCE):
            request = {**_of(table), "PartitionInputList": inputs[start : start + CREATED_AT_ONCE]}
            answer = await self._call("glue", "BatchCreatePartition", request, as_=principal)
            for error in answer.get("Errors") or ():
                detail = error["ErrorDetail"]
                if detail["ErrorCode"] != "AlreadyExistsException":
                    raise QueryFailed(f"{TASK}{detail['ErrorMessage']}", SYSTEM, DDL)
                if not statement.if_not_exists:
                    raise QueryFailed(f"{TASK}AlreadyExistsException(message:Partition already exists.)", SYSTEM, DDL)

    async def drop(self, principal: Principal, table: dict[str, Any], statement: DropPartitions) -> None:
        keys = _keys(table)
        known = [partition["Values"] for partition in await self._all(principal, table)]
        doomed: list[list[str]] = []
        for wanted in statement.partitions:
            positions = {keys.index(name): value for name, value in wanted.items() if name in keys}
            fits = [values for values in known if all(values[at] == value for at, value in positions.items())]
            if not fits and not statement.if_exists:
                shown = ", ".join(f"{name} = '{value}'" for name, value in wanted.items())
                raise QueryFailed(f"{NOT_FOUND} ({shown})", SYSTEM, DDL)
            doomed += [values for values in fits if values not in doomed]
        for start in range(0, len(doomed), DELETED_AT_ONCE):
            batch = [{"Values": values} for values in doomed[start : start + DELETED_AT_ONCE]]
            request = {**_of(table), "PartitionsToDelete": batch}
            await self._call("glue", "BatchDeletePartition", request, as_=principal)

    async def move(self, principal: Principal, table: dict[str, Any], wanted: Mapping[str, str], location: str) -> None:
        """One call makes it so: a reader sees the old location or the new."""
        values = _values(table, wanted)
        try:
            found = await self._call("glue", "GetPartition", {**_of(table), "PartitionValues": values}, as_=principal)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            shown = ", ".join(f"{name}={value}" for name, value in wanted.items())
            reason = f"{NOT_FOUND} {{{shown}}}"
            raise QueryFailed(reason, SYSTEM, DDL) from error
        kept = ("Values", "Parameters", "StorageDescriptor")
        changed = {key: found["Partition"][key] for key in kept if key in found["Partition"]}
        changed["StorageDescriptor"] = {**changed["StorageDescriptor"], "Location": location}
        request = {**_of(table), "PartitionValueList": values, "PartitionInput": changed}
        await self._call("glue", "UpdatePartition", request, as_=principal)

    async def show(self, principal: Principal, table: dict[str, Any]) -> list[str]:
        keys = _keys(table)
        if not keys:
            name = f"{table['DatabaseName']}.{table['Name']}"
            raise QueryFailed(f"{TASK}Table {name} is not a partitioned table", SYSTEM, DDL)
        return sorted(
            "/".join(f"{key}={escaped(value)}" for key, value in zip(keys, partition["Values"], strict=True))
            for partition in await self._all(principal, table)
        )

    async def _all(self, principal: Principal, table: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        request: dict[str, Any] = {**_of(table), "ExcludeColumnSchema": True}
        while True:
            page = await self._call("glue", "GetPartitions", request, as_=principal)
            found += page["Partitions"]
            if not page.get("NextToken"):
                return found
            request["NextToken"] = page["NextToken"]


def _of(table: dict[str, Any]) -> dict[str, Any]:
    return {"DatabaseName": table["DatabaseName"], "TableName": table["Name"]}


def _keys(table: dict[str, Any]) -> list[str]:
    return [column["Name"].lower() for column in table.get("PartitionKeys") or ()]


def _values(table: dict[str, Any], wanted: Mapping[str, str]) -> list[str]:
    keys = _keys(table)
    if set(keys) != set(wanted):
        shown = ", ".join(f"{name}={value}" for name, value in wanted.items())
        reason = (
            f"FAILED: SemanticException partition spec {{{shown}}} doesn't contain all ({len(keys)}) partition columns"
        )
        raise QueryFailed(reason, SYSTEM, DDL)
    return [wanted[key] for key in keys]


def _input(table: dict[str, Any], wanted: Mapping[str, str], location: str | None) -> dict[str, Any]:
    values = _values(table, wanted)
    storage = dict(table["StorageDescriptor"])
    storage["Location"] = location or _default_location(storage["Location"], _keys(table), values)
    return {"Values": values, "StorageDescriptor": storage}


def _default_location(root: str, keys: Sequence[str], values: Sequence[str]) -> str:
    path = "/".join(f"{key}={escaped(value)}" for key, value in zip(keys, values, strict=True))
    return f"{root.rstrip('/')}/{path}"
