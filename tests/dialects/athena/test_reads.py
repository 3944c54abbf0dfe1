"""What a query reads: each mention of a table, the columns that are used, and what lets files be left out."""

import pytest

from boathouse.relation import Condition, TableName
from tests.dialects.athena.tables import query


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT id FROM silver", ("id",)),
        ("SELECT s.id, s.dt FROM silver s WHERE s.type = 'x'", ("id", "type", "dt")),
        ("SELECT repo.id FROM silver GROUP BY repo.id, actor.login", ("actor", "repo")),
        ("SELECT _source FROM silver", ("_source",)),
        ('SELECT "_SOURCE" FROM silver', ("_source",)),
        ("SELECT count(*) FROM silver", ("dt",)),
        ("SELECT 1 FROM hourly", ("day",)),
        ("SELECT * FROM hourly", ("n", "x", "day", "hour", "region")),
        ("SELECT h.* FROM hourly h", ("n", "x", "day", "hour", "region")),
        ("SELECT n FROM hourly ORDER BY hour", ("n", "hour")),
        ("SELECT sum(n) FILTER (WHERE x > 1) FROM hourly HAVING max(region) > 'a'", ("n", "x", "region")),
        ("SELECT rank() OVER (PARTITION BY region ORDER BY n) FROM hourly", ("n", "region")),
        ("TABLE hourly", ("n", "x", "day", "hour", "region")),
    ],
)
def test_columns(sql: str, columns: tuple[str, ...]) -> None:
    (read,) = query(sql).reads
    assert read.columns == columns


def test_each_mention_is_a_read_of_its_own() -> None:
    found = query(
        "WITH s AS (SELECT id, dt FROM silver) SELECT a.id FROM s a JOIN silver b ON a.id = b.id, lake.hourly"
    )
    assert [(read.alias, read.table, read.columns) for read in found.reads] == [
        ("silver", TableName("lake", "silver"), ("id", "dt")),
        ("b", TableName("lake", "silver"), ("id",)),
        ("hourly", TableName("lake", "hourly"), ("day",)),
    ]
    assert all(f'"{read.alias}"' in found.sql for read in found.reads)


def test_aliases_are_unique_whatever_their_case() -> None:
    found = query("SELECT x.id FROM silver x WHERE x.id IN (SELECT id FROM silver X WHERE X.dt = 'a')")
    aliases = [read.alias.lower() for read in found.reads]
    assert len(set(aliases)) == len(aliases) == 2


def test_a_named_query_hides_a_table() -> None:
    assert query("WITH silver AS (SELECT 1 AS one) SELECT one FROM silver").reads == ()


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("region = 'eu'", [Condition("region", "=", ("eu",))]),
        ("'eu' = region", [Condition("region", "=", ("eu",))]),
        ("5 < hour", [Condition("hour", ">", ("5",))]),
        ("hour BETWEEN 3 AND 7", [Condition("hour", "BETWEEN", ("3", "7"))]),
        ("hour IN (1, 2)", [Condition("hour", "IN", ("1", "2"))]),
        ("day >= DATE '2020-1-5'", [Condition("day", ">=", ("2020-01-05",))]),
        ("h.region <> 'eu'", [Condition("region", "<>", ("eu",))]),
        ("lake.h.region = 'eu'", None),
        ("hour = bigint '7'", [Condition("hour", "=", ("7",))]),
        ("hour > -1", [Condition("hour", ">", ("-1",))]),
        (
            "region = 'eu' AND n > 3 AND hour <= 7",
            [Condition("region", "=", ("eu",)), Condition("hour", "<=", ("7",))],
        ),
        ("region = 'eu' OR hour = 1", []),
        ("NOT region = 'eu'", []),
        ("hour NOT IN (1, 2)", []),
        ("hour NOT BETWEEN 1 AND 2", []),
        ("hour = n", []),
        ("hour + 1 = 2", []),
        ("hour = 1.0", []),
        ("region IN ('a', null)", []),
        ("day = TIMESTAMP '2020-01-01 00:00:00'", []),
        ("n = 1", []),
        ("lower(region) = 'eu'", []),
    ],
)
def test_conditions(where: str, conditions: list[Condition] | None) -> None:
    sql = f"SELECT n FROM hourly h WHERE {where}"
    if conditions is None:
        with pytest.raises(Exception, match="cannot be resolved"):
            query(sql)
        return
    (read,) = query(sql).reads
    assert list(read.conditions) == conditions


def test_conditions_follow_the_column_and_not_its_name() -> None:
    (read,) = query("SELECT hour FROM hourly AS h (hour, x, day, n, region) WHERE hour = 1 AND n = 2").reads
    assert read.conditions == (Condition("hour", "=", ("2",)),)


def test_conditions_of_a_join_stay_with_their_table() -> None:
    found = query("SELECT a.n FROM hourly a LEFT JOIN hourly b ON a.n = b.n WHERE b.hour = 1 AND a.region = 'x'")
    assert [read.conditions for read in found.reads] == [
        (Condition("region", "=", ("x",)),),
        (Condition("hour", "=", ("1",)),),
    ]


def test_a_condition_of_a_subquery_is_its_own() -> None:
    found = query("SELECT n FROM hourly WHERE n IN (SELECT n FROM hourly WHERE hour = 3)")
    assert [read.conditions for read in found.reads] == [(), (Condition("hour", "=", ("3",)),)]


def test_the_statement_itself_is_not_changed_by_its_conditions() -> None:
    assert '"hour" = 3::INTEGER' in query("SELECT n FROM hourly WHERE hour = 3").sql
