"""ROW FORMAT and STORED AS: which SerDe and formats a table gets (https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html)."""

from boathouse.dialects.athena.ddl.names import parse_properties
from boathouse.dialects.athena.errors import Position, unsupported
from boathouse.dialects.athena.grammar.cursor import Cursor
from boathouse.dialects.athena.statements import Storage

PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
PARQUET = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)
TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
_SERDES = {
    PARQUET_SERDE: PARQUET,
    "org.openx.data.jsonserde.JsonSerDe": TEXT,
    "org.apache.hive.hcatalog.data.JsonSerDe": TEXT,
}
_STORED_AS = {"PARQUET": PARQUET, "TEXTFILE": TEXT}


class StorageClauses:
    """Collects the clauses, which may stand in any order, and says in the end what they come to."""

    def __init__(self) -> None:
        self._serde: str | None = None
        self._formats: tuple[str, str] | None = None
        self._properties = dict[str, str]()
        self._at = Position(1, 1)

    def parse(self, cursor: Cursor) -> bool:
        """Reads one clause; False where none begins."""
        at = cursor.at
        if cursor.accept("ROW", "FORMAT"):
            self._row_format(cursor, at)
        elif cursor.accept("WITH", "SERDEPROPERTIES"):
            self._properties = parse_properties(cursor)
        elif cursor.accept("STORED", "AS"):
            self._stored_as(cursor, at)
        elif cursor.sees("STORED", "BY"):
            raise unsupported(at, "STORED BY")
        else:
            return False
        return True

    def _row_format(self, cursor: Cursor, at: Position) -> None:
        if cursor.sees("DELIMITED"):
            raise unsupported(at, "ROW FORMAT DELIMITED")
        cursor.expect("SERDE")
        self._at, self._serde = cursor.at, cursor.expect_string().value
        if self._serde not in _SERDES:
            raise unsupported(self._at, f"the SerDe {self._serde}")
        if cursor.accept("WITH", "SERDEPROPERTIES"):
            self._properties = parse_properties(cursor)

    def _stored_as(self, cursor: Cursor, at: Position) -> None:
        if cursor.accept("INPUTFORMAT"):
            read = cursor.expect_string().value
            cursor.expect("OUTPUTFORMAT")
            self._formats = (read, cursor.expect_string().value)
            return
        name = cursor.expect_name().value.upper()
        if name not in _STORED_AS:
            raise unsupported(at, f"STORED AS {name}")
        self._formats = _STORED_AS[name]
        if name == "PARQUET" and self._serde is None:
            self._serde = PARQUET_SERDE

    def storage(self, at: Position) -> Storage:
        if self._serde is None:
            raise unsupported(at, "a table of delimited text (neither ROW FORMAT SERDE nor STORED AS PARQUET)")
        formats = self._formats or _SERDES[self._serde]
        if formats != _SERDES[self._serde]:
            raise unsupported(self._at, f"the SerDe {self._serde} with the input format {formats[0]}")
        return Storage(self._serde, *formats, self._properties)
