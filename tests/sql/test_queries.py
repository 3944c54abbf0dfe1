"""The star schema's queries and checks, and the accounting, asked through Athena on rows that show what they do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines import accounting
from pipelines.athena import SQL, listed, statement
from pipelines.gold import Staged, create_table_as
from pipelines.ingest import Ingested
from pipelines.lambdas.preprocess import handler
from tests.sql.small_lake import SmallLake

CASES = Path(__file__).parent / "cases"


def cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


def staged(lake: SmallLake, table: str, days: list[str]) -> Staged:
    one = Staged(table, "r", days=tuple(days))
    lake.athena.run(create_table_as(one, lake.bucket.uri(one.prefix)))
    return one


def checked(lake: SmallLake, table: str, name: str, days: list[str]) -> list[str]:
    rows = lake.athena.rows(statement(f"{table}/checks", staged=name, days=listed(days or ["none"])))
    return sorted(row[0] or "" for row in rows)


@pytest.mark.parametrize(("table", "case"), cases())
def test_a_query_gives_what_is_expected_and_passes_its_checks(
    small_lake: SmallLake, table: str, case: dict[str, Any]
) -> None:
    small_lake.create("silver_cleaned")
    small_lake.fill_silver(case["silver"])
    days = case.get("days", [])
    one = staged(small_lake, table, days)
    found = small_lake.athena.rows(f"SELECT * FROM {one.name}")
    assert sorted(found, key=str) == sorted(case["expect"], key=str)
    assert checked(small_lake, table, one.name, days) == []


def test_every_query_has_a_case() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == {path.parent.name for path in SQL.glob("*/query.sql")}


WRONG = {
    "fact_events": (
        "SELECT CAST(1 AS bigint) AS repo_id, CAST(7 AS bigint) AS user_id, 'PushEvent' AS event_type,"
        " CAST({0} AS bigint) AS event_count, '2016-01-01' AS dt"
    ),
    "dim_date": "SELECT '{0}' AS dt",
    "dim_repo": "SELECT CAST({0} AS bigint) AS repo_id",
    "dim_user": "SELECT CAST({0} AS bigint) AS user_id",
    "dim_repo_names": "SELECT CAST({0} AS bigint) AS repo_id, 'a/x' AS repo_name",
}


@pytest.mark.parametrize(
    ("table", "values", "failed"),
    [
        (
            "fact_events",
            ["1", "0"],
            ["a count is at least 1", "every event of silver is counted", "one row a combination"],
        ),
        ("fact_events", ["3"], ["every event of silver is counted"]),
        ("dim_date", ["2016-01-02", "2016-01-02"], ["every day of silver is here", "one row a day"]),
        ("dim_repo", ["2", "2"], ["every repository of silver is here", "one row a repository"]),
        ("dim_repo", ["1", "NULL"], ["a repository has an id"]),
        ("dim_user", ["2", "2"], ["every user of silver is here", "one row a user"]),
        ("dim_user", ["7", "NULL"], ["a user has an id"]),
        ("dim_repo_names", ["1", "1"], ["one row a repository and name"]),
    ],
)
def test_a_check_finds_what_is_wrong(small_lake: SmallLake, table: str, values: list[str], failed: list[str]) -> None:
    small_lake.create("silver_cleaned")
    small_lake.fill_silver([{"repo": [1, "a/x"], "actor": [7, "ann"]}] * 2)
    rows = " UNION ALL ".join(WRONG[table].format(value) for value in values)
    place = small_lake.bucket.uri("wrong/")
    small_lake.athena.run(f"CREATE TABLE wrong WITH (format = 'PARQUET', external_location = '{place}') AS {rows}")
    assert checked(small_lake, table, "wrong", ["2016-01-01"]) == failed


A, B, OTHER = "a" * 64, "b" * 64, "0" * 64


def bronze(event_id: str | None, source: str, ordinal: int, day: int = 1) -> str:
    more = "" if event_id is None else f'"id":"{event_id}",'
    line = f'{{{more}"type":"A","created_at":"2016-01-0{day}T05:00:00Z","actor":{{"id":1}}}}'
    return handler.read({"source": source, "ordinal": ordinal, "line": line}).text


def test_accounts_for_what_lies_in_bronze_and_in_the_quarantine(small_lake: SmallLake) -> None:
    for table in ("raw_events", "raw_errors", "silver_cleaned"):
        small_lake.create(table)
    lines = [
        bronze("1", A, 1), bronze("1", A, 1), bronze("1", A, 1),  # one event, redelivered twice
        bronze("1", A, 2), bronze("1", B, 1),  # its duplicates
        bronze("2", OTHER, 9), bronze("2", B, 2),  # a duplicate of what another run's source holds
        bronze(None, A, 3), bronze(None, A, 4),  # without an id, no duplicates
    ]  # fmt: skip
    small_lake.bucket.put("raw/dt=2016-01-01/hour=05/one", "".join(lines).encode())
    small_lake.bucket.put("raw/dt=2016-01-02/hour=05/two", bronze("1", A, 5, day=2).encode())
    errors = [
        f'{{"source":"{source}","ordinal":{ordinal},"line":"half a l"}}'.encode()
        for source, ordinal in [(A, 6), (A, 6), (A, 1), (OTHER, 2)]  # one redelivered, one read at a second try
    ]
    small_lake.put_errors(*errors, b"no envelope at all")
    small_lake.fill_silver([{"_source": A, "_ordinal": n} for n in (1, 3, 4)] + [{"_source": OTHER, "_ordinal": 9}])
    sources = [
        Ingested(A, "a.json", 6, 0, ["2016-01-01", "2016-01-02"], "r"),
        Ingested(B, "b.json", 2, 0, ["2016-01-01"], "r"),
    ]
    found = accounting.count_found(small_lake.athena, sources)
    assert found == accounting.Found(copies=12, pairs=8, quarantined=1, duplicates=3)
    assert accounting.count_in_silver(small_lake.athena, sources) == 3
    assert accounting.equation(sources, found, 0, silver=4).closes
    assert not accounting.equation(sources, found, 0, silver=3).closes
