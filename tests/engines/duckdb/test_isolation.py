"""What a query cannot reach, even if a dialect let it ask: files, the network, extensions, settings, other owners."""

from pathlib import Path

import duckdb
import pytest

from boathouse.engines.duckdb import EngineError, wall
from boathouse.engines.duckdb.pool import Pool, httpfs, machine_memory
from tests.engines.duckdb.conftest import Bench, columns_of

TEXT = columns_of({"x": "string"})


@pytest.mark.parametrize(
    "source",
    [
        "read_text('/etc/passwd')",
        "read_text('{secret}')",
        "glob('/etc/*')",
        "sniff_csv('/etc/passwd')",
        "read_csv('http://127.0.0.1:1/x')",
        "read_parquet('https://example.com/x.parquet')",
    ],
)
def test_nothing_but_s3_and_the_own_scratch_folder(bench: Bench, tmp_path: Path, source: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(EngineError, match="in a statement's translation is refused"):
        bench.run(f"SELECT 'x' FROM {source.format(secret=secret)}", TEXT)
    pool = Pool(tmp_path / "pool", (), slots=1)
    with pytest.raises(duckdb.PermissionException, match="file system operations are disabled by configuration"):
        pool.take("somebody").connection.execute(f"SELECT 'x' FROM {source.format(secret=secret)}")
    pool.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; CREATE SECRET s (TYPE s3, ENDPOINT '127.0.0.1:9')",
        "COPY (SELECT 1) TO 's3://b/k'",
        "CALL duckdb_settings()",
        "EXPLAIN SELECT 1",
        "SELECT * FROM read_text('s3://b/k?s3_endpoint=127.0.0.1:9')",
        "SELECT * FROM read_text /* */ ('s3://b/k?s3_end' || 'point=127.0.0.1:9')",
        "SELECT * FROM \"READ_text\"('s3://b/k')",
        "SELECT * FROM system.main.read_blob('s3://b/k')",
        "SELECT (SELECT content FROM read_text('s3://b/k'))",
        "SELECT * FROM 's3://b/k.parquet?s3_endpoint=127.0.0.1:9'",
        'WITH x AS (SELECT * FROM "s3://b/k.json") SELECT * FROM x',
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_settings",
        "SELECT * FROM main.other",
    ],
)
def test_a_statement_names_nothing_but_its_relations(bench: Bench, sql: str) -> None:
    """client(duckdb): of these, several would ask a server that they name themselves, in spite of every lock."""
    with pytest.raises(EngineError, match="in a statement's translation is refused"):
        bench.run(sql, TEXT)


def test_every_function_of_duckdbs_that_gives_rows_is_known() -> None:
    """A new DuckDB brings new ones: which read, and which do not, is to be looked at."""
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{httpfs()}'")
        found = connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE function_type = 'table'"
        ).fetchall()
    assert {name for (name,) in found if not name.startswith(wall.FAMILIES)} == wall.OPEN | wall.SHUT


def test_an_instance_is_locked(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool", ("CREATE MACRO two() AS 2",), slots=1)
    connection = pool.take("somebody").connection
    for statement, refusal in {
        "SET threads = 7": "the configuration has been locked",
        "SET enable_external_access = true": "Cannot",
        "INSTALL spatial": "disabled",
        "LOAD spatial": "disabled",
        f"ATTACH '{tmp_path}/other.db'": "disabled",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'": "disabled",
        "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')": "disabled",
        "SELECT * FROM tmp_path": "does not exist",
    }.items():
        with pytest.raises(Exception, match=refusal):
            connection.execute(statement)
    assert connection.execute("SELECT two()").fetchone() == (2,)
    pool.close()


def test_an_owners_instance_serves_nobody_else(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool", (), slots=2)
    first = pool.take("one")
    first.connection.execute("CREATE SECRET mine (TYPE s3, KEY_ID 'x', SECRET 'y')")
    pool.give(first)
    second = pool.take("two")
    assert second is not first
    assert second.connection.execute("SELECT count(*) FROM duckdb_secrets()").fetchone() == (0,)
    pool.give(second)
    assert pool.take("one") is first
    third, fourth = pool.take("three"), pool.take("four")
    # more owners than slots: the ones that waited longest are gone
    assert third not in (first, second)
    assert fourth not in (first, second)
    pool.close()


def test_the_spare_one_is_taken_first(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool", (), slots=1)
    pool.prepare()
    pool.prepare()
    assert [path.name for path in (tmp_path / "pool").iterdir()] == ["instance-0"]
    assert pool.take("one").scratch.name == "instance-0"
    pool.close()
    assert not (tmp_path / "pool").exists()


def test_memory_is_divided_between_queries(tmp_path: Path) -> None:
    limits = []
    for slots in (1, 4):
        pool = Pool(tmp_path / f"pool-{slots}", (), slots=slots)
        limits.append(pool.take("x").connection.execute("SELECT current_setting('memory_limit')").fetchone())
        pool.close()
    assert limits[0] != limits[1]
    assert machine_memory() > 0


def test_no_proxy_comes_between(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert bench.read(bench.json(b'{"x":1}', {"x": "bigint"})) == [["1"]]
