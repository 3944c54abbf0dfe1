"""Table version operations of the Data Catalog."""

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.lake.catalog import Catalog
from boathouse.lake.catalog.versions import number
from boathouse.lake.state import Document
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import accept, after, detail, token

LARGEST_PAGE = 100


class TableVersions:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @operation("GetTableVersion")
    async def get_table_version(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        version = self._catalog.versions.get(context.scope, table, request.get("VersionId"))
        return {"TableVersion": _answered(version)}

    @operation("GetTableVersions")
    async def get_table_versions(self, context: Context, request: Request) -> Response:
        table, size = self._table(context, request), request.get("MaxResults", LARGEST_PAGE)
        before = after(request)
        found = self._catalog.versions.page(context.scope, table, number(before) if before else None, size + 1)
        last = found[size - 1]["VersionId"] if len(found) > size else None
        return {"TableVersions": [_answered(version) for version in found[:size]], **token(last)}

    @operation("DeleteTableVersion")
    async def delete_table_version(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        self._catalog.versions.delete(context.scope, table, request["VersionId"])
        return {}

    @operation("BatchDeleteTableVersion")
    async def batch_delete_table_version(self, context: Context, request: Request) -> Response:
        table = self._table(context, request)
        errors = []
        for version_id in request["VersionIds"]:
            try:
                self._catalog.versions.delete(context.scope, table, version_id)
            except AwsError as error:
                errors.append({"TableName": table["Name"], "VersionId": version_id, "ErrorDetail": detail(error)})
        return {"Errors": errors}

    def _table(self, context: Context, request: Request) -> Document:
        accept(context, request)
        return self._catalog.tables.get(context.scope, request["DatabaseName"], request["TableName"])


def _answered(table: Document) -> Response:
    return {"Table": table, "VersionId": table["VersionId"]}
