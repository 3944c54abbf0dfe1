"""Database operations of the Data Catalog."""

from boathouse.context import Context
from boathouse.lake.catalog import Catalog
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import accept, after, token
from boathouse.services.glue.tags import Tags, arn_of_database

LARGEST_PAGE = 100
ATTRIBUTES = {"NAME": "Name", "TARGET_DATABASE": "TargetDatabase"}


class Databases:
    def __init__(self, catalog: Catalog, tags: Tags) -> None:
        self._catalog = catalog
        self._tags = tags

    @operation("CreateDatabase")
    async def create_database(self, context: Context, request: Request) -> Response:
        accept(context, request)
        database_input = request["DatabaseInput"]
        self._catalog.databases.create(context.scope, database_input)
        if tags := request.get("Tags"):
            self._tags.add(context.scope, arn_of_database(context, database_input["Name"]), tags)
        return {}

    @operation("GetDatabase")
    async def get_database(self, context: Context, request: Request) -> Response:
        accept(context, request)
        return {"Database": self._catalog.databases.get(context.scope, request["Name"])}

    @operation("GetDatabases")
    async def get_databases(self, context: Context, request: Request) -> Response:
        accept(context, request)
        size = request.get("MaxResults", LARGEST_PAGE)
        found = self._catalog.databases.page(context.scope, after(request), size + 1)
        last = found[size - 1]["Name"] if len(found) > size else None
        wanted = {ATTRIBUTES[attribute] for attribute in request.get("AttributesToGet", ())}
        databases = [
            {member: database[member] for member in database if not wanted or member in wanted}
            for database in found[:size]
        ]
        return {"DatabaseList": databases, **token(last)}

    @operation("UpdateDatabase")
    async def update_database(self, context: Context, request: Request) -> Response:
        accept(context, request)
        self._catalog.databases.update(context.scope, request["Name"], request["DatabaseInput"])
        return {}

    @operation("DeleteDatabase")
    async def delete_database(self, context: Context, request: Request) -> Response:
        accept(context, request)
        self._catalog.databases.delete(context.scope, request["Name"])
        self._tags.forget(context.scope, arn_of_database(context, request["Name"]))
        return {}
