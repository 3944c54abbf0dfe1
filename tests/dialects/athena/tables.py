"""The tables that these tests read: the platform's silver_cleaned, and one with several kinds of partition columns."""

from boathouse.datatypes import parse as parse_type
from boathouse.dialects.athena import Statement, parse
from boathouse.dialects.athena.statements import CreateTableAs, Query
from boathouse.relation import Column, Table, TableName


def table(name: str, columns: dict[str, str], partitions: dict[str, str]) -> Table:
    return Table(TableName("lake", name), _columns(columns), _columns(partitions))


def _columns(types: dict[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, parse_type(given)) for name, given in types.items())


SILVER = table(
    "silver",
    {
        "id": "string",
        "type": "string",
        "created_at": "timestamp",
        "actor": "struct<id:bigint,login:string>",
        "repo": "struct<id:bigint,name:string>",
        "payload": "string",
        "_source": "string",
    },
    {"dt": "string"},
)
HOURLY = table("hourly", {"n": "int", "x": "double"}, {"day": "date", "hour": "int", "region": "varchar(8)"})
TABLES = {each.name: each for each in (SILVER, HOURLY)}


def meaning(sql: str) -> Statement:
    return parse(sql, "lake", TABLES.get)


def query(sql: str) -> Query:
    statement = meaning(sql)
    assert isinstance(statement, Query)
    return statement


def creation(sql: str) -> CreateTableAs:
    statement = meaning(sql)
    assert isinstance(statement, CreateTableAs)
    return statement
