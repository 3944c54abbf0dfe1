"""Values of every kind through the clients that people use: they must be what these clients give on AWS.

The environment is that after ``boathouse env``, the workgroup ``analytics`` of the template; nothing else is said.
"""

import datetime
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import awswrangler as wr
import pyathena
import pytest
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor

from tests.e2e.lakehouse import Lakehouse

DATABASE, WORKGROUP = "clients", "analytics"
WHERE: dict[str, Any] = {"database": DATABASE, "workgroup": WORKGROUP}
BEYOND_DOUBLE = 2**53 + 1
AWKWARD = 'a "quote", a comma\nand a line of its own; \\ é 🧭 '
MOMENT = datetime.datetime(2016, 2, 29, 23, 59, 59, 789000)  # noqa: DTZ001 - Athena's timestamp has no zone either
NAMES = ["n", "big", "name", "day", "at", "ratio", "price", "yes", "tags", "repo"]
FULL = (1, BEYOND_DOUBLE, AWKWARD, MOMENT.date(), MOMENT, 0.1, Decimal("12345678901234567.89"), True)
EMPTY = (2, -1, "", datetime.date(1969, 12, 31), datetime.datetime(1969, 12, 31), -0.0, Decimal("0.00"), False)  # noqa: DTZ001
NOTHING = (3, None, None, None, None, None, None, None)
TABLE = f"""
CREATE TABLE typed AS SELECT * FROM (VALUES
  (1, BIGINT '{BEYOND_DOUBLE}', '{AWKWARD}', DATE '2016-02-29', TIMESTAMP '2016-02-29 23:59:59.789', 1E-1,
   DECIMAL '12345678901234567.89', true, ARRAY['a', 'b'], CAST(ROW(7, 'o/r') AS ROW(id bigint, name varchar))),
  (2, BIGINT '-1', '', DATE '1969-12-31', TIMESTAMP '1969-12-31 00:00:00.000', -0E0,
   DECIMAL '00000000000000000.00', false, CAST(ARRAY[] AS array(varchar)),
   CAST(ROW(NULL, NULL) AS ROW(id bigint, name varchar))),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) AS t({", ".join(NAMES)})
"""
SQL = "SELECT * FROM typed ORDER BY n"


@pytest.fixture(scope="module")
def typed(lakehouse: Lakehouse) -> Iterator[Any]:
    """The table ``typed``, made by Athena as its users would."""
    athena, glue = lakehouse.profile.client("athena"), lakehouse.profile.client("glue")
    glue.create_database(DatabaseInput={"Name": DATABASE})
    started = athena.start_query_execution(
        QueryString=TABLE, QueryExecutionContext={"Database": DATABASE}, WorkGroup=WORKGROUP
    )["QueryExecutionId"]
    status = {"State": "QUEUED"}
    while status["State"] in ("QUEUED", "RUNNING"):
        status = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
    assert status["State"] == "SUCCEEDED", status
    yield glue
    glue.delete_database(Name=DATABASE)


@pytest.fixture
def connection(_shell: None, typed: Any) -> Any:
    return pyathena.connect(work_group=WORKGROUP, schema_name=DATABASE, poll_interval=0.05)


def test_pyathena(connection: Any) -> None:
    cursor = connection.cursor().execute(SQL)
    # client(PyAthena): what is inside of a row is text unless a hint says its type
    assert cursor.fetchall() == [
        (*FULL, ["a", "b"], {"id": "7", "name": "o/r"}),
        (*EMPTY, [], {"id": None, "name": None}),
        (*NOTHING, None, None),
    ]
    # documented(https://docs.aws.amazon.com/athena/latest/ug/data-types.html): the types' names
    assert [column[1] for column in cursor.description] == [
        "integer", "bigint", "varchar", "date", "timestamp", "double", "decimal", "boolean", "array", "row",
    ]  # fmt: skip
    precision, scale = cursor.description[6][4:6]
    assert (precision, scale) == (19, 2)


def test_pyathena_with_type_hints(connection: Any) -> None:
    hints = {"repo": "row(id bigint, name varchar)", "tags": "array(varchar)"}
    rows = connection.cursor().execute(SQL, result_set_type_hints=hints).fetchall()
    assert [row[8:] for row in rows] == [
        (["a", "b"], {"id": 7, "name": "o/r"}), ([], {"id": None, "name": None}), (None, None),
    ]  # fmt: skip


def test_pyathenas_other_cursors(connection: Any) -> None:
    first = connection.cursor(DictCursor).execute(SQL).fetchone()
    assert list(first) == NAMES
    assert tuple(first.values())[:8] == FULL
    with connection.cursor(AsyncCursor) as cursor:
        futures = [cursor.execute(f"SELECT {number} AS x")[1] for number in range(5)]
        assert [future.result().fetchall() for future in futures] == [[(number,)] for number in range(5)]


def test_pyathena_binds_values(connection: Any) -> None:
    sql = "SELECT n FROM typed WHERE name = %(name)s AND day = %(day)s AND price > %(price)s"
    values = {"name": AWKWARD, "day": MOMENT.date(), "price": Decimal("1.5")}
    assert connection.cursor().execute(sql, values).fetchall() == [(1,)]
    question = "SELECT n FROM typed WHERE big = ? AND yes = ?"
    asked = connection.cursor().execute(question, ["-1", "false"], paramstyle="qmark")
    assert asked.fetchall() == [(2,)]


def test_pyathena_raises_what_athena_says(connection: Any) -> None:
    with pytest.raises(pyathena.OperationalError, match="COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"):
        connection.cursor().execute("SELECT nope FROM typed")
    with pytest.raises(pyathena.DatabaseError, match="InvalidRequestException"):
        connection.cursor().execute("SELEC 1")


def test_pyathena_with_pandas(connection: Any) -> None:
    frame = connection.cursor(PandasCursor).execute(SQL).as_pandas()
    assert list(frame.columns) == NAMES
    assert {name: frame[name].dtype.kind for name in ("n", "big", "day", "at", "ratio")} == {
        "n": "i", "big": "i", "day": "M", "at": "M", "ratio": "f",
    }  # fmt: skip
    full, empty, nothing = values(frame)
    day = datetime.datetime.combine(FULL[3], datetime.time())
    assert full == (*FULL[:3], day, *FULL[4:], "[a, b]", "{id=7, name=o/r}")
    # client(PyAthena): pandas takes the empty text of a CSV for a missing value
    assert (empty[1], empty[2], *empty[5:8]) == (EMPTY[1], None, *EMPTY[5:])
    assert math.copysign(1, empty[5]) == -1
    assert nothing == (*NOTHING, None, None)


@pytest.mark.usefixtures("_shell", "typed")
class TestAwswrangler:
    @pytest.mark.xfail(strict=True, reason="DuckDB writes no INT96, so timestamps come back as datetime64[us]")
    def test_timestamps_by_ctas_have_nanoseconds(self) -> None:
        # client(awswrangler, https://github.com/aws/aws-sdk-pandas/pull/949): Athena writes them as Parquet's INT96
        frame = wr.athena.read_sql_query("SELECT at FROM typed", **WHERE)
        assert str(frame.dtypes["at"]) == "datetime64[ns]"

    def test_by_ctas(self) -> None:
        """The default: nested values come as what they are, since they come from Parquet."""
        frame = wr.athena.read_sql_query(SQL, **WHERE)
        assert {name: str(dtype).partition("[")[0] for name, dtype in frame.dtypes.items()} == {
            "n": "Int32", "big": "Int64", "name": "string", "day": "object", "at": "datetime64", "ratio": "float64",
            "price": "object", "yes": "boolean", "tags": "object", "repo": "object",
        }  # fmt: skip
        full, empty, nothing = values(frame)
        assert (*full[:8], list(full[8]), full[9]) == (*FULL, ["a", "b"], {"id": 7, "name": "o/r"})
        assert (*empty[:8], list(empty[8]), empty[9]) == (*EMPTY, [], {"id": None, "name": None})
        assert nothing == (*NOTHING, None, None)
        assert [table["Name"] for table in wr.catalog.get_tables(database=DATABASE)] == ["typed"]

    def test_by_the_result_file(self) -> None:
        frame = wr.athena.read_sql_query(SQL, ctas_approach=False, **WHERE)
        full, empty, nothing = values(frame)
        # client(awswrangler): from the CSV, nested values are Athena's text, and the empty text is missing
        assert full == (*FULL, "[a, b]", "{id=7, name=o/r}")
        assert empty == (*EMPTY[:2], None, *EMPTY[3:], "[]", "{id=null, name=null}")
        assert nothing == (*NOTHING, None, None)

    @pytest.mark.parametrize("ctas", [True, False])
    def test_a_result_without_rows_keeps_its_columns(self, ctas: bool) -> None:
        frame = wr.athena.read_sql_query("SELECT n, name, at FROM typed WHERE n > 3", ctas_approach=ctas, **WHERE)
        assert (list(frame.columns), len(frame)) == (["n", "name", "at"], 0)

    def test_parameters(self) -> None:
        named = wr.athena.read_sql_query("SELECT n FROM typed WHERE name = :name", params={"name": AWKWARD}, **WHERE)
        assert named["n"].tolist() == [1]
        asked = wr.athena.read_sql_query(
            "SELECT n FROM typed WHERE big = ?", params=["-1"], paramstyle="qmark", ctas_approach=False, **WHERE
        )
        assert asked["n"].tolist() == [2]

    def test_the_same_text_again_may_come_from_its_cache(self) -> None:
        first, again = (
            wr.athena.read_sql_query(
                SQL, athena_cache_settings={"max_cache_seconds": 900}, ctas_approach=False, **WHERE
            )
            for _ in range(2)
        )
        assert first.equals(again)
        assert again.query_metadata["QueryExecutionId"] == first.query_metadata["QueryExecutionId"]


def values(frame: Any) -> list[tuple[Any, ...]]:
    """Rows of a pandas frame, NULL as None. A pandas.Timestamp equals the datetime of the same moment."""
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
