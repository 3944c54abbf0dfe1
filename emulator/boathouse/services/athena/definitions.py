"""DDL and what shows the catalog: carried out on the Glue Data Catalog, answered as lines of text in Hive's layout."""

from collections.abc import Mapping
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.dialects.athena import Statement
from boathouse.dialects.athena import statements as said
from boathouse.errors import AwsError
from boathouse.relation import TableName
from boathouse.services.athena import layouts
from boathouse.services.athena.columns import text_columns
from boathouse.services.athena.failures import DDL, NOT_SUPPORTED, SYSTEM, USER, QueryFailed
from boathouse.services.athena.partitions import Partitions
from boathouse.services.athena.results import Results
from boathouse.services.athena.store import Execution

TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
READ_ONLY = frozenset(
    "DatabaseName CreateTime UpdateTime CreatedBy IsRegisteredWithLakeFormation CatalogId VersionId"
    " FederatedTable IsMultiDialectView Status IsMaterializedView".split()
)
# measured on Athena by others: the columns of each answer, and whether an UpdateCount of 0 comes with it
COLUMNS: Mapping[type, tuple[tuple[str, ...], bool]] = {
    said.ShowDatabases: (("database_name",), True),
    said.ShowTables: (("tab_name",), True),
    said.ShowPartitions: (("partition",), True),
    said.ShowColumns: (("field",), True),
    said.ShowTableProperties: (("prpt_name", "prpt_value"), True),
    said.ShowCreateTable: (("createtab_stmt",), False),
    said.Describe: (("col_name", "data_type", "comment"), False),
}


class Definitions:
    def __init__(self, call: Call, results: Results) -> None:
        self._call = call
        self._results = results
        self._partitions = Partitions(call)

    async def carry_out(self, execution: Execution, statement: Statement, principal: Principal) -> None:
        lines = await self._lines(statement, principal)
        names, counts = COLUMNS.get(type(statement), ((), False))
        execution.columns = text_columns(names)
        execution.update_count = 0 if counts else None
        execution.has_rows = bool(lines)
        await self._results.write_lines(execution, lines)

    async def _lines(self, statement: Statement, principal: Principal) -> list[str]:
        match statement:
            case said.CreateDatabase():
                await self._create_database(statement, principal)
            case said.DropDatabase():
                await self._drop_database(statement, principal)
            case said.CreateExternalTable():
                await self._create_table(statement, principal)
            case said.DropTable():
                await self._drop_table(statement, principal)
            case said.AddPartitions():
                await self._partitions.add(principal, await self._table(statement.table, principal), statement)
            case said.DropPartitions():
                await self._partitions.drop(principal, await self._table(statement.table, principal), statement)
            case said.SetLocation():
                await self._set_location(statement, principal)
            case said.SetTableProperties():
                await self._set_properties(statement, principal)
            case _:
                return await self._shown(statement, principal)
        return []

    async def _shown(self, statement: Statement, principal: Principal) -> list[str]:
        match statement:
            case said.ShowDatabases(pattern=pattern):
                return layouts.matching(await self._names("GetDatabases", "DatabaseList", {}, principal), pattern)
            case said.ShowTables(database=database, pattern=pattern):
                await self._require_database(database, principal)
                request = {"DatabaseName": database}
                return layouts.matching(await self._names("GetTables", "TableList", request, principal), pattern)
            case said.ShowPartitions(table=name):
                return await self._partitions.show(principal, await self._table(name, principal))
            case said.ShowColumns(table=name):
                return layouts.column_names(await self._table(name, principal))
            case said.ShowCreateTable(table=name):
                return layouts.create_table(await self._table(name, principal))
            case said.ShowTableProperties(table=name, name=only):
                return layouts.properties(await self._table(name, principal), only)
            case said.Describe(table=name, detail=None, partition=None, column=None):
                return layouts.described(await self._table(name, principal))
        raise QueryFailed(f"emulator: {type(statement).__name__} of this form is not supported", USER, NOT_SUPPORTED)

    async def _create_database(self, statement: said.CreateDatabase, principal: Principal) -> None:
        database = {
            "Name": statement.database,
            "Parameters": dict(statement.properties),
            **({"Description": statement.comment} if statement.comment else {}),
            **({"LocationUri": statement.location} if statement.location else {}),
        }
        try:
            await self._glue("CreateDatabase", {"DatabaseInput": database}, principal)
        except AwsError as error:
            if error.code != "AlreadyExistsException":
                raise
            if not statement.if_not_exists:
                raise hive(f"{TASK}Database {statement.database} already exists") from error

    async def _drop_database(self, statement: said.DropDatabase, principal: Principal) -> None:
        try:
            await self._require_database(statement.database, principal)
        except QueryFailed:
            if statement.if_exists:
                return
            raise
        request = {"DatabaseName": statement.database}
        if not statement.cascade and await self._names("GetTables", "TableList", request, principal):
            reason = f"Database {statement.database} is not empty. One or more tables exist."
            raise hive(f"{TASK}InvalidOperationException(message:{reason})")
        await self._glue("DeleteDatabase", {"Name": statement.database}, principal)

    async def _create_table(self, statement: said.CreateExternalTable, principal: Principal) -> None:
        await self._require_database(statement.table.database, principal)
        request = {"DatabaseName": statement.table.database, "TableInput": layouts.table_input(statement)}
        try:
            await self._glue("CreateTable", request, principal)
        except AwsError as error:
            if error.code != "AlreadyExistsException":
                raise
            if not statement.if_not_exists:
                reason = f"Table {statement.table.table} already exists"
                raise hive(f"{TASK}AlreadyExistsException(message:{reason})") from error

    async def _drop_table(self, statement: said.DropTable, principal: Principal) -> None:
        try:
            await self._glue("DeleteTable", _names_of(statement.table), principal)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            if not statement.if_exists:
                raise _no_table(statement.table) from error

    async def _set_location(self, statement: said.SetLocation, principal: Principal) -> None:
        table = await self._table(statement.table, principal)
        if statement.partition is not None:
            await self._partitions.move(principal, table, statement.partition, statement.location)
            return
        table["StorageDescriptor"]["Location"] = statement.location
        await self._update(table, principal)

    async def _set_properties(self, statement: said.SetTableProperties, principal: Principal) -> None:
        table = await self._table(statement.table, principal)
        table["Parameters"] = {**(table.get("Parameters") or {}), **statement.properties}
        await self._update(table, principal)

    async def _update(self, table: dict[str, Any], principal: Principal) -> None:
        changed = {key: value for key, value in table.items() if key not in READ_ONLY}
        await self._glue("UpdateTable", {"DatabaseName": table["DatabaseName"], "TableInput": changed}, principal)

    async def _table(self, name: TableName, principal: Principal) -> dict[str, Any]:
        try:
            answer = await self._glue("GetTable", _names_of(name), principal)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            raise _no_table(name) from error
        table: dict[str, Any] = answer["Table"]
        return table

    async def _require_database(self, name: str, principal: Principal) -> None:
        try:
            await self._glue("GetDatabase", {"Name": name}, principal)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            raise hive(f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}") from error

    async def _names(self, operation: str, member: str, request: dict[str, Any], principal: Principal) -> list[str]:
        names: list[str] = []
        while True:
            page = await self._glue(operation, request, principal)
            names += [found["Name"] for found in page[member]]
            if not page.get("NextToken"):
                return sorted(names)
            request = {**request, "NextToken": page["NextToken"]}

    async def _glue(self, operation: str, request: dict[str, Any], principal: Principal) -> dict[str, Any]:
        return await self._call("glue", operation, request, as_=principal)


def hive(reason: str) -> QueryFailed:
    """A statement that Hive's side of Athena refuses: category and type as measured."""
    return QueryFailed(reason, SYSTEM, DDL)


def _no_table(name: TableName) -> QueryFailed:
    return hive(f"FAILED: SemanticException [Error 10001]: Table not found {name}")


def _names_of(name: TableName) -> dict[str, str]:
    return {"DatabaseName": name.database, "Name": name.table}
