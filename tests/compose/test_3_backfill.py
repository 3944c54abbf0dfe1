"""Three days backfilled, which is what three runs day by day make; and backfilled again, which changes nothing."""

from pathlib import Path

import pytest

from tests.compose.airflow import until
from tests.compose.conftest import MORE_DAYS, PATIENCE, Platform
from tests.e2e import expected
from tests.e2e.lakehouse import Lakehouse, Row


@pytest.fixture(scope="module")
def backfilled(ran: Platform, elsewhere: dict[str, list[Path]]) -> dict[str, list[Row]]:
    return backfill(ran)


def backfill(platform: Platform) -> dict[str, list[Row]]:
    asked = platform.airflow.backfill("ingest_github_events", MORE_DAYS[0], MORE_DAYS[-1])
    until(lambda: platform.airflow.backfill_is_done(asked) and platform.settled(), "the backfill's end", PATIENCE)
    assert platform.failed() == []
    return of_days(platform.lakehouse)


def of_days(lakehouse: Lakehouse) -> dict[str, list[Row]]:
    tables = lakehouse.tables("silver_cleaned", "fact_events")
    return {name: [row for row in rows if row[-1] in MORE_DAYS] for name, rows in tables.items()}


def test_a_backfill_makes_what_plain_python_counts(
    ran: Platform, backfilled: dict[str, list[Row]], elsewhere: dict[str, list[Path]]
) -> None:
    wanted = expected.of_files(path for files in elsewhere.values() for path in files)
    assert wanted.days == list(MORE_DAYS)
    assert Lakehouse.facts_of(backfilled["fact_events"], wanted.days) == wanted.facts


def test_a_backfill_makes_what_runs_day_by_day_make(
    backfilled: dict[str, list[Row]], elsewhere: dict[str, list[Path]], embedded: Lakehouse
) -> None:
    for files in elsewhere.values():
        assert embedded.run("all", *files)["equation"]["closes"]
    assert of_days(embedded) == backfilled


def test_a_second_backfill_changes_nothing(ran: Platform, backfilled: dict[str, list[Row]]) -> None:
    raw = list(ran.lakehouse.bucket.keys("raw/"))
    assert backfill(ran) == backfilled
    assert list(ran.lakehouse.bucket.keys("raw/")) == raw
