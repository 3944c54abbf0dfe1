"""Table operations of the Data Catalog."""

from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog import Catalog
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import accept, after, detail, token

LARGEST_PAGE = 100
ATTRIBUTES = {"NAME": "Name", "TABLE_TYPE": "TableType"}


class Tables:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @operation("CreateTable")
    async def create_table(self, context: Context, request: Request) -> Response:
        accept(context, request)
        if "TableInput" not in request:
            raise Unsupported("CreateTable without a TableInput")
        if request.get("PartitionIndexes"):
            raise Unsupported("a partition index (PartitionIndexes)", "leave it out: it changes no answer")
        tables = self._catalog.tables
        tables.create(context.scope, request["DatabaseName"], request["TableInput"], context.principal.arn)
        return {}

    @operation("GetTable")
    async def get_table(self, context: Context, request: Request) -> Response:
        accept(context, request)
        table = self._catalog.tables.get(context.scope, request["DatabaseName"], request["Name"])
        return {"Table": _selected(table, request)}

    @operation("GetTables")
    async def get_tables(self, context: Context, request: Request) -> Response:
        accept(context, request)
        size = request.get("MaxResults", LARGEST_PAGE)
        tables, database = self._catalog.tables, request["DatabaseName"]
        names = tables.names(context.scope, database, request.get("Expression"), after(request))
        found = [tables.get(context.scope, database, name) for name in names[:size]]
        last = names[size - 1] if len(names) > size else None
        return {"TableList": [_selected(table, request) for table in found], **token(last)}

    @operation("UpdateTable")
    async def update_table(self, context: Context, request: Request) -> Response:
        accept(context, request)
        table_input = request.get("TableInput")
        if table_input is None or request.get("Name", table_input["Name"]).lower() != table_input["Name"].lower():
            raise Unsupported("UpdateTable without a TableInput of the same name")
        self._catalog.tables.update(
            context.scope,
            request["DatabaseName"],
            table_input,
            version_id=request.get("VersionId"),
            skip_archive=request.get("SkipArchive", False),
        )
        return {}

    @operation("DeleteTable")
    async def delete_table(self, context: Context, request: Request) -> Response:
        accept(context, request)
        self._catalog.tables.delete(context.scope, request["DatabaseName"], request["Name"])
        return {}

    @operation("BatchDeleteTable")
    async def batch_delete_table(self, context: Context, request: Request) -> Response:
        accept(context, request)
        errors = []
        for name in request["TablesToDelete"]:
            try:
                self._catalog.tables.delete(context.scope, request["DatabaseName"], name)
            except AwsError as error:
                errors.append({"TableName": name, "ErrorDetail": detail(error)})
        return {"Errors": errors}


def _selected(table: Response, request: Request) -> Response:
    wanted = {ATTRIBUTES[attribute] for attribute in request.get("AttributesToGet", ())}
    return {member: value for member, value in table.items() if not wanted or member in wanted}
