"""What catalog, dialects and engines say to each other about tables. None of them knows the others.

A dialect reads schemas (``Table``) and says what a statement reads (``Read``); the lake cuts each read to what the
principal may see and to the files left (``Relation``); an engine runs SQL over relations and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from boathouse.datatypes import DataType


@dataclass(frozen=True, slots=True)
class TableName:
    """Lower case, as Glue keeps names. ``database`` is never empty: a dialect resolves the default."""

    database: str
    table: str

    def __str__(self) -> str:
        return f"{self.database}.{self.table}"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: DataType
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's schema as a statement sees it. Partition columns come last, as in ``SELECT *``."""

    name: TableName
    columns: tuple[Column, ...]
    partition_columns: tuple[Column, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns + self.partition_columns


@dataclass(frozen=True, slots=True)
class Condition:
    """A partition column against constants, as text the way partition values are kept (``2016-01-01``, ``7``).

    ``operator`` is one of = <> < <= > >= IN, BETWEEN (two values). Conditions of a read are ANDed. They may leave
    out what they cannot say: the engine filters again, so they only ever save work.
    """

    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One mention of a table. ``alias`` is the relation's name in the translated SQL, unique in the statement."""

    alias: str
    table: TableName
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One object: ``s3://bucket/key``, its size in bytes, and the partition values of its partition as text.

    ``version`` changes with the content (the ETag); what an engine keeps of a file, it keeps of that version.
    """

    uri: str
    size: int
    partition: tuple[str | None, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """``name`` is PARQUET, JSON, CSV, TEXTFILE...; ``options`` are the SerDe's, where they change what is read."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table cut to what a principal may read: only these columns, rows and files exist for the engine.

    ``row_filter`` is SQL of the engine's neutral subset over the columns, or None for all rows.
    """

    columns: tuple[Column, ...]
    partition_columns: tuple[Column, ...]
    format: Format
    files: tuple[File, ...]
    row_filter: str | None = None
