"""Parquet read as Athena reads it. Values recorded in November 2026 from Trino 476's Hive connector over the same
files; where a file's type does not fit, Athena's own sentence."""

import datetime
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boathouse.engines.duckdb import EngineError, ScanTooLarge, Work
from boathouse.relation import Format, Relation
from tests.engines.duckdb.conftest import Bench, columns_of

MICROS = datetime.datetime.fromisoformat("2016-01-01 00:00:00.123567")
HALF = datetime.datetime.fromisoformat("2016-01-01 00:00:00.000500")
# Before 1970 half a millisecond is rounded up as well (Trino's Timestamps.roundDiv).
OLD = [datetime.datetime.fromisoformat(f"1969-12-31 00:00:00{part}") for part in ("", ".000499", ".0005", ".0015")]


def parquet(data: dict[str, Any], **options: Any) -> bytes:
    body = io.BytesIO()
    pq.write_table(pa.table(data), body, **options)
    return body.getvalue()


def relation(bench: Bench, columns: dict[str, str], *files: bytes) -> Relation:
    put = tuple(bench.put(f"{number}.parquet", body) for number, body in enumerate(files))
    return Relation(columns_of(columns), (), Format("PARQUET"), put)


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        (pa.array([1, None], pa.int32()), "bigint", ["1", None]),
        (pa.array([1], pa.int64()), "int", ["1"]),
        (pa.array([1], pa.int8()), "tinyint", ["1"]),
        (pa.array([0.1], pa.float32()), "double", ["0.10000000149011612"]),
        (pa.array([1], pa.int32()), "decimal(10,2)", ["1.00"]),
        (pa.array([Decimal("1.25")], pa.decimal128(5, 2)), "decimal(10,3)", ["1.250"]),
        (pa.array([Decimal("1.25")], pa.decimal128(5, 2)), "decimal(4,1)", ["1.3"]),
        (pa.array([MICROS], pa.timestamp("us")), "timestamp", ["2016-01-01 00:00:00.124"]),
        (pa.array([MICROS], pa.timestamp("ns")), "timestamp", ["2016-01-01 00:00:00.124"]),
        (pa.array([HALF], pa.timestamp("us")), "timestamp", ["2016-01-01 00:00:00.001"]),
        (pa.array([HALF], pa.timestamp("us", tz="UTC")), "timestamp", ["2016-01-01 00:00:00.001"]),
        (pa.array(OLD), "timestamp", [f"1969-12-31 00:00:00.00{n}" for n in (0, 0, 1, 2)]),
        (pa.array([datetime.date(2016, 1, 1)]), "date", ["2016-01-01"]),
        (pa.array([True]), "boolean", ["true"]),
        (pa.array(["abc"]), "varchar(2)", ["ab"]),
        (pa.array(["ab "]), "char(5)", ["ab   "]),
        (pa.array([b"ab\xc3\xa9"]), "string", ["abé"]),
        (pa.array(["a", "b"]).dictionary_encode(), "string", ["a", "b"]),
        (pa.array([[1, None], None, []], pa.list_(pa.int32())), "array<bigint>", ["[1, null]", None, "[]"]),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())), "map<string,int>", ["{k=1}"]),
        (pa.array([{"a": 1, "B": "x"}]), "struct<b:string,a:bigint,c:int>", ["{b=x, a=1, c=null}"]),
        (pa.array([None], pa.struct([("a", pa.int32())])), "struct<a:bigint>", [None]),
    ],
)
def test_values(bench: Bench, values: Any, type_: str, expected: list[str | None]) -> None:
    assert bench.read(relation(bench, {"a": type_}, parquet({"a": values}))) == [[value] for value in expected]


def test_int96_timestamps(bench: Bench) -> None:
    body = parquet({"a": pa.array([MICROS])}, use_deprecated_int96_timestamps=True)
    assert bench.read(relation(bench, {"a": "timestamp"}, body)) == [["2016-01-01 00:00:00.124"]]


@pytest.mark.parametrize(
    ("values", "type_", "physical"),
    [
        (pa.array([1], pa.int64()), "string", "INT64"),
        (pa.array([1], pa.int32()), "double", "INT32"),
        (pa.array([1.0]), "float", "DOUBLE"),
        (pa.array(["x"]), "bigint", "BINARY"),
        (pa.array(["2016-01-01"]), "date", "BINARY"),
        (pa.array([MICROS], pa.timestamp("us")), "date", "INT64"),
        (pa.array([{"a": "x"}]), "struct<a:bigint>", "BINARY"),
    ],
)
def test_types_that_do_not_fit(bench: Bench, values: Any, type_: str, physical: str) -> None:
    table = relation(bench, {"a": type_}, parquet({"a": values}))
    with pytest.raises(EngineError) as failed:
        bench.read(table)
    # client: https://repost.aws/knowledge-center/athena-hive-bad-data-parquet-schema
    assert str(failed.value) == (
        f"HIVE_BAD_DATA: Field a's type {physical} in parquet file {table.files[0].uri} is incompatible with type"
        f" {table.columns[0].type} defined in table schema"
    )


def test_files_of_different_schemas(bench: Bench) -> None:
    first = parquet({"ID": pa.array([1], pa.int64()), "gone": ["x"]})
    second = parquet({"name": ["b"], "id": pa.array([2], pa.int32())})
    table = relation(bench, {"id": "bigint", "name": "string"}, first, second)
    assert sorted(bench.read(table), key=str) == [["1", None], ["2", "b"]]


def test_partition_values_are_typed_constants_of_each_file(bench: Bench) -> None:
    files = [(1, "2016-01-01"), (2, "2016-01-02"), (3, None), (4, "2016-01-01")]
    put = tuple(bench.put(f"{n}.parquet", parquet({"a": [n]}), (day,)) for n, day in files)
    table = Relation(columns_of({"a": "bigint"}), columns_of({"dt": "date"}), Format("PARQUET"), put)
    assert sorted(bench.read(table)) == [["1", "2016-01-01"], ["2", "2016-01-02"], ["3", None], ["4", "2016-01-01"]]
    later = bench.run("SELECT a FROM r WHERE dt > DATE '2016-01-01'", table.columns, r=table)
    assert later == [["2"]]
    bad = replace(table, files=(replace(put[0], partition=("soon",)),))
    with pytest.raises(EngineError, match="HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'soon' for DATE"):
        bench.read(bad)


def test_no_files_and_empty_files(bench: Bench) -> None:
    nothing = relation(bench, {"a": "bigint", "s": "struct<x:int>"})
    assert bench.read(nothing) == []
    assert bench.run("SELECT count(a) FROM r", columns_of({"n": "bigint"}), r=nothing) == [["0"]]
    assert bench.read(relation(bench, {"a": "bigint"}, b"", parquet({"a": [1]}))) == [["1"]]


def test_what_is_no_parquet(bench: Bench) -> None:
    table = relation(bench, {"a": "bigint"}, b"this is no parquet file at all")
    with pytest.raises(EngineError) as failed:
        bench.read(table)
    assert str(failed.value) == f"HIVE_BAD_DATA: Not valid Parquet file: {table.files[0].uri}"


def test_odd_keys(bench: Bench) -> None:
    names = ("a b.parquet", "a%3Ab+c=d.parquet", "ü~!@.parquet")
    put = tuple(bench.put(f"dt=x/{name}", parquet({"a": [name]})) for name in names)
    table = Relation(columns_of({"a": "string"}), (), Format("PARQUET"), put)
    assert sorted(bench.read(table)) == sorted([name] for name in names)
    starred = replace(table, files=(bench.put("a*b.parquet", parquet({"a": ["x"]})),))
    with pytest.raises(EngineError, match="NOT_SUPPORTED: emulator: the object key"):
        bench.read(starred)


def test_only_the_columns_read_are_scanned(bench: Bench) -> None:
    body = parquet({"wide": [f"{n:0100}" for n in range(10_000)], "thin": pa.array([1] * 10_000)})
    file = bench.put("x.parquet", body)
    narrow = Relation(columns_of({"thin": "bigint"}), (), Format("PARQUET"), (file,))
    bench.read(narrow)
    assert 0 < bench.written[-1].scanned < len(body) / 10
    bench.read(replace(narrow, columns=columns_of({"wide": "string", "thin": "bigint"})))
    assert bench.written[-1].scanned > len(body) / 2


def test_a_limit_on_what_is_scanned(bench: Bench) -> None:
    table = relation(bench, {"a": "bigint"}, parquet({"a": [1]}))

    async def query() -> None:
        async with bench.engine.csv(Work("SELECT * FROM r", table.columns, {"r": table}, 1), bench.reader):
            pass

    with pytest.raises(ScanTooLarge) as refused:
        bench.runner.run(query())
    assert refused.value.scanned > 1


def test_a_replaced_object_is_read_anew(bench: Bench) -> None:
    first = relation(bench, {"a": "bigint"}, parquet({"a": [1]}))
    assert bench.read(first) == [["1"]]
    second = relation(bench, {"a": "bigint", "b": "bigint"}, parquet({"a": [2], "b": [3]}))
    assert bench.read(second) == [["2", "3"]]


def test_unsigned_integers_are_refused(bench: Bench) -> None:
    table = relation(bench, {"a": "bigint"}, parquet({"a": pa.array([4_000_000_000], pa.uint32())}))
    with pytest.raises(EngineError, match="emulator: unsigned integers"):  # Trino: a negative number
        bench.read(table)
