"""Batches of partitions: each entry stands for itself, and the answer names those that failed.

A batch is one transaction of the state: a hundred partitions cost one write to disk.
"""

from collections.abc import Callable, Sequence
from typing import Any

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.lake.catalog import Catalog
from boathouse.lake.state import Document, State
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import accept, detail


class PartitionBatches:
    def __init__(self, state: State, catalog: Catalog) -> None:
        self._state = state
        self._catalog = catalog

    @operation("BatchCreatePartition")
    async def batch_create_partition(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        entries = request["PartitionInputList"]
        failed = self._each(entries, lambda entry: self._catalog.partitions.create(context.scope, table, entry))
        return {
            "Errors": [
                {"PartitionValues": entry.get("Values", []), "ErrorDetail": detail(error)} for entry, error in failed
            ]
        }

    @operation("BatchGetPartition")
    async def batch_get_partition(self, context: Context, request: Request) -> Response:
        """Those that are not there are left out, without an error (https://github.com/getmoto/moto/pull/2320)."""
        table = self._table(context, request)
        found: list[Document] = []
        entries = request["PartitionsToGet"]
        failed = self._each(
            entries,
            lambda entry: found.append(self._catalog.partitions.get(context.scope, table, entry["Values"])),
        )
        for _, error in failed:
            if error.code != "EntityNotFoundException":
                raise error
        return {"Partitions": found, "UnprocessedKeys": []}

    @operation("BatchUpdatePartition")
    async def batch_update_partition(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        failed = self._each(
            request["Entries"],
            lambda entry: self._catalog.partitions.update(
                context.scope, table, entry["PartitionValueList"], entry["PartitionInput"]
            ),
        )
        return {
            "Errors": [
                {"PartitionValueList": entry["PartitionValueList"], "ErrorDetail": detail(error)}
                for entry, error in failed
            ]
        }

    @operation("BatchDeletePartition")
    async def batch_delete_partition(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        failed = self._each(
            request["PartitionsToDelete"],
            lambda entry: self._catalog.partitions.delete(context.scope, table, entry["Values"]),
        )
        return {
            "Errors": [{"PartitionValues": entry["Values"], "ErrorDetail": detail(error)} for entry, error in failed]
        }

    def _table(self, context: Context, request: Request) -> Document:
        accept(context, request)
        return self._catalog.tables.get(context.scope, request["DatabaseName"], request["TableName"])

    def _each(self, entries: Sequence[Any], work: Callable[[Any], None]) -> list[tuple[Any, AwsError]]:
        """Does the work for every entry, and tells which of them were refused and why."""
        failed = []
        with self._state.transaction():
            for entry in entries:
                try:
                    work(entry)
                except AwsError as error:
                    failed.append((entry, error))
        return failed
