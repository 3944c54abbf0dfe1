"""Relations as SQL: what the names in a translated statement stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb

from boathouse.engines.duckdb.errors import EngineError
from boathouse.engines.duckdb.footers import Footers, scanned
from boathouse.engines.duckdb.ndjson import json_select
from boathouse.engines.duckdb.parquet import parquet_selects
from boathouse.engines.duckdb.types import identifier, type_name
from boathouse.relation import Relation

GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Bound:
    """``sql`` stands for the relation; ``scanned`` is what reading it takes, in bytes, as Athena bills it."""

    sql: str
    scanned: int


def bind(connection: duckdb.DuckDBPyConnection, relation: Relation, footers: Footers) -> Bound:
    """Blocks: Parquet files are asked for their columns, once each."""
    relation = replace(relation, files=tuple(file for file in relation.files if file.size > 0))
    for file in relation.files:
        if GLOB & set(file.uri):
            raise EngineError(
                "NOT_SUPPORTED", f"emulator: the object key {file.uri} with one of * ? [ is not supported"
            )
    if not relation.files:
        return Bound(_empty(relation), 0)
    if relation.format.name == "PARQUET":
        known = footers.of(connection, relation.files)
        size = scanned(known.values(), [column.name for column in relation.columns])
        return Bound(_together(relation, parquet_selects(relation, known)), size)
    if relation.format.name == "JSON":
        return Bound(_together(relation, [json_select(relation)]), sum(file.size for file in relation.files))
    raise EngineError("NOT_SUPPORTED", f"emulator: the format {relation.format.name} is not supported")


def statement(sql: str, relations: Mapping[str, Bound]) -> str:
    """``sql``, one SELECT as a dialect generates it, with its relations put before it by name."""
    if not relations:
        return sql
    named = ", ".join(f"{identifier(alias)} AS NOT MATERIALIZED ({bound.sql})" for alias, bound in relations.items())
    head, _, rest = sql.lstrip().partition(" ")
    if head.upper() != "WITH":
        return f"WITH {named} {sql}"
    if rest.upper().startswith("RECURSIVE "):
        return f"WITH RECURSIVE {named}, {rest[len('RECURSIVE ') :]}"
    return f"WITH {named}, {rest}"


def _together(relation: Relation, selects: list[str]) -> str:
    sql = " UNION ALL ".join(selects)
    if relation.row_filter is None:
        return sql
    return f"SELECT * FROM ({sql}) WHERE {relation.row_filter}"


def _empty(relation: Relation) -> str:
    columns = [*relation.columns, *relation.partition_columns]
    nothing = [f"CAST(NULL AS {type_name(column.type)}) AS {identifier(column.name)}" for column in columns]
    return f"SELECT {', '.join(nothing) or '1'} WHERE false"
