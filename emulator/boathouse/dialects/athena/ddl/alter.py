"""ALTER TABLE: partitions, locations, properties."""

from boathouse.dialects.athena.ddl.names import parse_partition, parse_properties, parse_table_name
from boathouse.dialects.athena.errors import unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.statements import (
    AddPartitions,
    DropPartitions,
    Partition,
    SetLocation,
    SetTableProperties,
)
from boathouse.relation import TableName

Alteration = AddPartitions | DropPartitions | SetLocation | SetTableProperties
_UNSUPPORTED = (("ADD", "COLUMNS"), ("REPLACE", "COLUMNS"), ("CHANGE",), ("RENAME",), ("UNSET",), ("SET", "SERDE"))


def alter_table(cursor: Cursor, database: str) -> Alteration:
    table = parse_table_name(cursor, database)
    for words in _UNSUPPORTED:
        if cursor.sees(*words):
            raise unsupported(cursor.at, f"ALTER TABLE {' '.join(words)}")
    if cursor.accept("ADD"):
        return _add(cursor, table)
    if cursor.accept("DROP"):
        return _drop(cursor, table)
    partition = parse_partition(cursor) if cursor.sees("PARTITION") else None
    if partition is not None and cursor.sees("RENAME"):
        raise unsupported(cursor.at, "ALTER TABLE RENAME PARTITION")
    if cursor.accept("SET", "LOCATION"):
        return SetLocation(table, cursor.expect_string().value, partition)
    if partition is None and cursor.accept("SET", "TBLPROPERTIES"):
        return SetTableProperties(table, parse_properties(cursor))
    raise cursor.mismatch("'ADD'", "'DROP'", "'SET'", "'PARTITION'")


def _add(cursor: Cursor, table: TableName) -> AddPartitions:
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    partitions = list[Partition]()
    while cursor.sees("PARTITION") or not partitions:
        values = parse_partition(cursor)
        location = cursor.expect_string().value if cursor.accept("LOCATION") else None
        partitions.append(Partition(values, location))
    return AddPartitions(table, tuple(partitions), if_not_exists)


def _drop(cursor: Cursor, table: TableName) -> DropPartitions:
    if_exists = cursor.accept("IF", "EXISTS")
    partitions = [parse_partition(cursor)]
    while cursor.accept_symbol(","):
        partitions.append(parse_partition(cursor))
    return DropPartitions(table, tuple(partitions), if_exists)
