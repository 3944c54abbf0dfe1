"""What the engine writes: Parquet for new tables, with partitions, and nothing left behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from boathouse.engines.duckdb import EngineError, Layout, Work, WrittenFile
from boathouse.relation import Column, Format, Relation
from tests.engines.duckdb.conftest import Bench, columns_of
from tests.engines.duckdb.test_parquet import parquet

ENDLESS = "SELECT count(*) FROM range(100000000) a(i), range(100000) b(j) WHERE i + j = -1"
ONE = columns_of({"n": "bigint"})


def write(
    bench: Bench, sql: str, columns: Sequence[Column], layout: Layout | None = None, **relations: Relation
) -> tuple[int, list[tuple[WrittenFile, dict[str, list[object]]]], list[str]]:
    """Rows, each file with what is in it, and the compression of each file's first column."""

    async def create() -> tuple[int, list[tuple[WrittenFile, dict[str, list[object]]]], list[str]]:
        work = Work(sql, tuple(columns), relations)
        async with bench.engine.parquet(work, bench.reader, layout or Layout()) as written:
            found = [(file, pq.ParquetFile(file.path).read().to_pydict()) for file in written.files]
            codecs = [pq.ParquetFile(file.path).metadata.row_group(0).column(0).compression for file in written.files]
            assert all(file.size == file.path.stat().st_size for file in written.files)
        assert not any(file.path.exists() for file in written.files)
        return written.rows, found, codecs

    return bench.runner.run(create())


def test_types_and_compression(bench: Bench) -> None:
    columns = columns_of({"a": "int", "b": "decimal(10,2)", "c": "string", "d": "array<int>", "e": "struct<x:double>"})
    sql = "SELECT 1, 2.5, 'x', [1], {'x': 1.5}"
    for compression, codec in {"GZIP": "GZIP", "SNAPPY": "SNAPPY", "ZSTD": "ZSTD", "NONE": "UNCOMPRESSED"}.items():
        rows, files, codecs = write(bench, sql, columns, Layout(compression=compression))
        assert (rows, codecs) == (1, [codec])
        assert [str(value) for value in files[0][1]["b"]] == ["2.50"]
        assert files[0][1]["e"] == [{"x": 1.5}]


def test_no_rows_no_files(bench: Bench) -> None:
    assert write(bench, "SELECT i FROM range(0) t(i)", ONE) == (0, [], [])
    assert write(bench, "SELECT i, i FROM range(0) t(i)", columns_of({"n": "int", "p": "int"}), Layout(("p",)))[0] == 0


def test_partition_columns_are_not_in_the_files(bench: Bench) -> None:
    columns = columns_of({"n": "bigint", "day": "date", "name": "string"})
    odd = ["a/b", "a=b", "a%20b", "ü?", "", None, "x:y"]
    values = ", ".join(
        f"({i}, DATE '2016-01-0{1 + i % 2}', {'NULL' if v is None else repr(v)})" for i, v in enumerate(odd)
    )
    rows, files, _ = write(bench, f"SELECT * FROM (VALUES {values})", columns, Layout(("day", "name")))
    assert rows == len(odd)
    found = {file.partition: content for file, content in files}
    expected = {(f"2016-01-0{1 + i % 2}", value): {"n": [i]} for i, value in enumerate(odd)}
    assert found == expected


def test_at_most_a_hundred_partitions(bench: Bench) -> None:
    columns = columns_of({"n": "bigint", "p": "bigint"})
    rows, files, _ = write(bench, "SELECT i, i % 100 FROM range(1000) t(i)", columns, Layout(("p",)))
    assert (rows, len({file.partition for file, _ in files})) == (1000, 100)
    with pytest.raises(EngineError) as refused:
        write(bench, "SELECT i, i FROM range(101) t(i)", columns, Layout(("p",)))
    # documented: https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html
    assert (
        str(refused.value) == "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets"
    )


@pytest.mark.parametrize(("type_", "value"), [("json", "'1'::JSON"), ("time", "TIME '01:00:00'"), ("uuid", "uuid()")])
def test_types_that_hive_does_not_have(bench: Bench, type_: str, value: str) -> None:
    # measured on Athena by others
    with pytest.raises(EngineError, match=f"NOT_SUPPORTED: Unsupported Hive type: {type_}"):
        write(bench, f"SELECT {value}", columns_of({"a": type_}))


def test_a_cancelled_query_lets_go(bench: Bench) -> None:
    async def cancel() -> None:
        async def query() -> None:
            async with bench.engine.csv(Work(ENDLESS, ONE, {}), bench.reader):
                raise AssertionError("an endless query ended")

        for _ in range(4):  # more often than there are slots
            task = asyncio.create_task(query())
            done, _ = await asyncio.wait([task], timeout=0.3)
            assert not done
            task.cancel()
            await asyncio.sleep(0)  # it begins to let go, and is cancelled again meanwhile
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    bench.runner.run(cancel())
    assert bench.run("SELECT 1", ONE) == [["1"]]


def test_queries_run_side_by_side(bench: Bench) -> None:
    async def both() -> list[int]:
        async def count(owner: str) -> int:
            sql = "SELECT i FROM range(100000) t(i)"
            async with bench.engine.csv(Work(sql, ONE, {}), replace(bench.reader, owner=owner)) as written:
                return written.rows

        return await asyncio.gather(*(count(f"owner {number % 3}") for number in range(6)))

    assert bench.runner.run(both()) == [100_000] * 6


def test_order_is_kept(bench: Bench) -> None:
    rows = bench.run("SELECT i FROM range(300000) t(i) ORDER BY i DESC", ONE)
    assert [int(row[0] or "") for row in rows] == list(range(299_999, -1, -1))


def test_hundreds_of_files(bench: Bench) -> None:
    body = parquet({"a": [1]})
    files = tuple(bench.put(f"dt={n % 50}/{n}.parquet", body, (str(n % 50),)) for n in range(400))
    table = Relation(columns_of({"a": "bigint"}), columns_of({"dt": "int"}), Format("PARQUET"), files)
    sql = "SELECT dt, sum(a) FROM r WHERE dt < 2 GROUP BY dt ORDER BY dt"
    assert bench.run(sql, columns_of({"dt": "int", "n": "bigint"}), r=table) == [["0", "8"], ["1", "8"]]


def test_the_scratch_folder_is_emptied(bench: Bench, tmp_path: Path) -> None:
    bench.run("SELECT 1", ONE)
    folder = bench.written[-1].files[0].path.parent
    assert not folder.exists()
    assert [path for path in folder.parent.iterdir() if path.name != "spill"] == []
