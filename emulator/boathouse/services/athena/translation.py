"""What would become of a statement, as text for people: the engine's SQL and what it reads. Runs nothing."""

from boathouse.context import Principal
from boathouse.dialects.athena import SqlRefused, Statement, parse
from boathouse.dialects.athena.statements import CreateTableAs, Query
from boathouse.errors import AwsError
from boathouse.lake.access import Access
from boathouse.relation import Read


def translation(access: Access, principal: Principal, sql: str, database: str) -> str:
    """The engine's SQL with the relations it is given, or the sentence with which the statement is refused."""
    try:
        statement = parse(sql, database, lambda name: access.schema(principal, name))
    except SqlRefused as refused:
        return f"refused: {refused.message}"
    except AwsError as error:
        return f"refused: {error}"
    return "\n".join(_lines(statement))


def _lines(statement: Statement) -> list[str]:
    match statement:
        case Query(sql=engine_sql, reads=reads, columns=columns):
            return [engine_sql, "", *map(_read, reads), *(f"-- gives {each.name} {each.type}" for each in columns)]
        case CreateTableAs(query=query, target=target):
            return [f"-- its result becomes {target}", *_lines(query)]
    return [f"-- no query: {statement.substatement_type} is carried out on the catalog", f"-- {statement}"]


def _read(read: Read) -> str:
    conditions = [f"{one.column} {one.operator} {', '.join(one.values)}" for one in read.conditions]
    partitions = f", of partitions with {' and '.join(conditions)}" if conditions else ""
    return f'-- "{read.alias}" is {read.table} ({", ".join(read.columns)}){partitions}'
