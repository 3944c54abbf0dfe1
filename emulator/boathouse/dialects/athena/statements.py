"""What a statement means: data that the athena service acts on. No SQL text but a query's, no catalog, no engine.

``statement_type`` and ``substatement_type`` are what GetQueryExecution answers. CTAS is DDL there (client:
awswrangler 3.17 reads a CTAS's result by it); the substatement types of DDL are assumed, AWS documents no list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from boathouse.relation import Column, Read, TableName


@dataclass(frozen=True, slots=True)
class Query:
    """``sql`` is DuckDB's, over the reads' aliases; each output column has the physical type of its Trino type.

    ``columns`` are the result's names and Trino types. A read's ``columns`` are never empty: where a statement
    needs only the number of rows, one cheap column stands for it.
    """

    statement_type: ClassVar[str] = "DML"
    substatement_type: ClassVar[str] = "SELECT"
    sql: str
    reads: tuple[Read, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class CreateTableAs:
    """``partitioned_by`` are the query's last columns, in this order. ``format`` is upper case, PARQUET by default;
    ``compression`` is upper case or None for the format's own. ``properties`` are the others, as given. ``places``
    says where each property stands (``line 1:22``), for an engine that has to refuse it."""

    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "CREATE_TABLE_AS_SELECT"
    query: Query
    target: TableName
    format: str = "PARQUET"
    external_location: str | None = None
    partitioned_by: tuple[str, ...] = ()
    compression: str | None = None
    if_not_exists: bool = False
    with_data: bool = True
    comment: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreateDatabase:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "CREATE_DATABASE"
    database: str
    if_not_exists: bool = False
    comment: str = ""
    location: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DropDatabase:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "DROP_DATABASE"
    database: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Storage:
    """The classes that Glue's StorageDescriptor names, and the SerDe's properties."""

    serde: str
    input_format: str
    output_format: str
    serde_properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreateExternalTable:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "CREATE_TABLE"
    table: TableName
    columns: tuple[Column, ...]
    partition_columns: tuple[Column, ...]
    storage: Storage
    location: str
    if_not_exists: bool = False
    comment: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DropTable:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "DROP_TABLE"
    table: TableName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """``values`` maps partition columns to text, the way Glue keeps partition values."""

    values: Mapping[str, str]
    location: str | None = None


@dataclass(frozen=True, slots=True)
class AddPartitions:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "ALTER_TABLE_ADD_PARTITION"
    table: TableName
    partitions: tuple[Partition, ...]
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropPartitions:
    """Each of ``partitions`` names all or some of the partition columns: it drops every partition that it fits."""

    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "ALTER_TABLE_DROP_PARTITION"
    table: TableName
    partitions: tuple[Mapping[str, str], ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetLocation:
    """Of the table, or of the one partition with these values."""

    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "ALTER_TABLE_SET_LOCATION"
    table: TableName
    location: str
    partition: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SetTableProperties:
    statement_type: ClassVar[str] = "DDL"
    substatement_type: ClassVar[str] = "ALTER_TABLE_SET_TBLPROPERTIES"
    table: TableName
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowDatabases:
    """``pattern`` is Athena's: ``*`` any characters, ``|`` or; None shows all."""

    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_DATABASES"
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ShowTables:
    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_TABLES"
    database: str
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ShowPartitions:
    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_PARTITIONS"
    table: TableName


@dataclass(frozen=True, slots=True)
class ShowColumns:
    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_COLUMNS"
    table: TableName


@dataclass(frozen=True, slots=True)
class ShowCreateTable:
    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_CREATE_TABLE"
    table: TableName


@dataclass(frozen=True, slots=True)
class ShowTableProperties:
    """All of them, or the value of ``name``."""

    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "SHOW_TBLPROPERTIES"
    table: TableName
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Describe:
    """``detail`` is None, EXTENDED or FORMATTED; ``partition`` and ``column`` narrow it."""

    statement_type: ClassVar[str] = "UTILITY"
    substatement_type: ClassVar[str] = "DESCRIBE_TABLE"
    table: TableName
    detail: str | None = None
    partition: Mapping[str, str] | None = None
    column: str | None = None


Statement = (
    Query
    | CreateTableAs
    | CreateDatabase
    | DropDatabase
    | CreateExternalTable
    | DropTable
    | AddPartitions
    | DropPartitions
    | SetLocation
    | SetTableProperties
    | ShowDatabases
    | ShowTables
    | ShowPartitions
    | ShowColumns
    | ShowCreateTable
    | ShowTableProperties
    | Describe
)
