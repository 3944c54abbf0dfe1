"""The data catalog as Athena shows it: databases and tables of Glue's, under the name AwsDataCatalog."""

import re
from typing import Any

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.athena.failures import invalid

NAME = "AwsDataCatalog"


class DataCatalogApi:
    def __init__(self, call: Call) -> None:
        self._call = call

    @operation("ListDataCatalogs")
    async def list_data_catalogs(self, context: Context, request: Request) -> Response:
        return {"DataCatalogsSummary": [{"CatalogName": NAME, "Type": "GLUE"}]}

    @operation("GetDataCatalog")
    async def get_data_catalog(self, context: Context, request: Request) -> Response:
        _require_catalog(request["Name"])
        parameters = {"catalog-id": context.account}
        return {"DataCatalog": {"Name": NAME, "Type": "GLUE", "Parameters": parameters}}

    @operation("ListDatabases")
    async def list_databases(self, context: Context, request: Request) -> Response:
        _require_catalog(request["CatalogName"])
        answer = await self._glue(context, "GetDatabases", _page(request))
        return {"DatabaseList": [_database(found) for found in answer["DatabaseList"]], **_more(answer)}

    @operation("GetDatabase")
    async def get_database(self, context: Context, request: Request) -> Response:
        _require_catalog(request["CatalogName"])
        answer = await self._glue(context, "GetDatabase", {"Name": request["DatabaseName"]})
        return {"Database": _database(answer["Database"])}

    @operation("ListTableMetadata")
    async def list_table_metadata(self, context: Context, request: Request) -> Response:
        """``Expression`` is a regular expression for the whole name."""
        _require_catalog(request["CatalogName"])
        answer = await self._glue(context, "GetTables", {"DatabaseName": request["DatabaseName"], **_page(request)})
        try:
            wanted = re.compile(request.get("Expression") or ".*")
        except re.error as error:
            raise invalid(f"Expression is no regular expression: {error}") from error
        found = [_metadata(table) for table in answer["TableList"] if wanted.fullmatch(table["Name"])]
        return {"TableMetadataList": found, **_more(answer)}

    @operation("GetTableMetadata")
    async def get_table_metadata(self, context: Context, request: Request) -> Response:
        _require_catalog(request["CatalogName"])
        name = {"DatabaseName": request["DatabaseName"], "Name": request["TableName"]}
        return {"TableMetadata": _metadata((await self._glue(context, "GetTable", name))["Table"])}

    async def _glue(self, context: Context, operation_name: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self._call("glue", operation_name, request, as_=context.principal)
        except AwsError as error:
            if error.code == "EntityNotFoundException":
                # client(pyathena): a missing table is MetadataException, by this text
                sentence = f"{error.message} (Service: AmazonDataCatalog; Status Code: 400; Error Code: {error.code})"
                raise AwsError("MetadataException", sentence) from error
            raise


def _require_catalog(name: str) -> None:
    if name.lower() != NAME.lower():
        raise invalid(f"Data catalog {name} was not found", "DATACATALOG_NOT_FOUND")


def _page(request: Request) -> dict[str, Any]:
    return {key: request[key] for key in ("MaxResults", "NextToken") if key in request}


def _more(answer: dict[str, Any]) -> dict[str, Any]:
    return {"NextToken": answer["NextToken"]} if answer.get("NextToken") else {}


def _database(database: dict[str, Any]) -> dict[str, Any]:
    shown = {"Name": database["Name"], "Parameters": database.get("Parameters") or {}}
    return {**shown, **({"Description": database["Description"]} if database.get("Description") else {})}


def _metadata(table: dict[str, Any]) -> dict[str, Any]:
    """Where a table lies and how it is stored are parameters here, by these names (client: pyathena, awswrangler)."""
    storage = table.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    parameters = {
        **(table.get("Parameters") or {}),
        "location": storage.get("Location", ""),
        "inputformat": storage.get("InputFormat", ""),
        "outputformat": storage.get("OutputFormat", ""),
        "serde.serialization.lib": serde.get("SerializationLibrary", ""),
        **{f"serde.param.{key}": value for key, value in (serde.get("Parameters") or {}).items()},
    }
    return {
        "Name": table["Name"],
        "CreateTime": table["CreateTime"],
        **({"LastAccessTime": table["LastAccessTime"]} if "LastAccessTime" in table else {}),
        "TableType": table.get("TableType", ""),
        "Columns": [_column(column) for column in storage.get("Columns") or ()],
        "PartitionKeys": [_column(column) for column in table.get("PartitionKeys") or ()],
        "Parameters": parameters,
    }


def _column(column: dict[str, Any]) -> dict[str, Any]:
    return {key: column[key] for key in ("Name", "Type", "Comment") if key in column}
