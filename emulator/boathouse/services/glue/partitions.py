"""Partition operations of the Data Catalog, one partition at a time and pages of them."""

from boathouse.context import Context
from boathouse.lake.catalog import Catalog
from boathouse.lake.catalog.expressions import compile_expression
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.state import Document
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import accept, after, token

LARGEST_PAGE = 1000


class Partitions:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @operation("CreatePartition")
    async def create_partition(self, context: Context, request: Request) -> Response:
        self._catalog.partitions.create(context.scope, self._table(context, request), request["PartitionInput"])
        return {}

    @operation("GetPartition")
    async def get_partition(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        return {"Partition": self._catalog.partitions.get(context.scope, table, request["PartitionValues"])}

    @operation("GetPartitions")
    async def get_partitions(self, context: Context, request: Request) -> Response:
        table, size = self._table(context, request), request.get("MaxResults", LARGEST_PAGE)
        found, last = self._catalog.partitions.page(
            context.scope,
            table,
            matches=compile_expression(request.get("Expression", ""), table),
            segment=_segment(request),
            after=after(request),
            limit=size,
        )
        if request.get("ExcludeColumnSchema"):
            found = [_without_columns(partition) for partition in found]
        return {"Partitions": found, **token(last)}

    @operation("GetPartitionIndexes")
    async def get_partition_indexes(self, context: Context, request: Request) -> Response:
        """There are none, as none can be created. Terraform asks after each table that it creates or reads."""
        self._table(context, request)
        return {"PartitionIndexDescriptorList": []}

    @operation("UpdatePartition")
    async def update_partition(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        values, partition_input = request["PartitionValueList"], request["PartitionInput"]
        self._catalog.partitions.update(context.scope, table, values, partition_input)
        return {}

    @operation("DeletePartition")
    async def delete_partition(self, context: Context, request: Request) -> Response:
        self._catalog.partitions.delete(context.scope, self._table(context, request), request["PartitionValues"])
        return {}

    def _table(self, context: Context, request: Request) -> Document:
        accept(context, request)
        return self._catalog.tables.get(context.scope, request["DatabaseName"], request["TableName"])


def _segment(request: Request) -> tuple[int, int]:
    """https://docs.aws.amazon.com/glue/latest/webapi/API_Segment.html"""
    segment = request.get("Segment") or {"SegmentNumber": 0, "TotalSegments": 1}
    number, total = int(segment["SegmentNumber"]), int(segment["TotalSegments"])
    if number >= total:
        raise invalid(f"Segment number {number} must be less than the total number of segments {total}.")
    return number, total


def _without_columns(partition: Document) -> Document:
    storage = {member: value for member, value in partition.get("StorageDescriptor", {}).items() if member != "Columns"}
    return partition | ({"StorageDescriptor": storage} if "StorageDescriptor" in partition else {})
