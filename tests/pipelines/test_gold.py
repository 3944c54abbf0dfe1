"""Gold's plan: parts that a CTAS takes, a place of its own for each, and the statement that fills it."""

import pytest

from pipelines.athena import listed
from pipelines.gold import FACT, MOST_PARTITIONS, create_table_as, made_by, plan
from pipelines.publishing import STAGING, WHOLE

RUN = "20160101t000000_abcdef"


def test_more_days_than_a_ctas_takes_make_more_parts() -> None:
    days = [f"2016-{month:02}-{day:02}" for month in range(1, 9) for day in range(1, 29)]
    staged = plan(RUN, days[::-1])
    facts = [table for table in staged if table.table == FACT]
    assert [len(table.days) for table in facts] == [MOST_PARTITIONS, MOST_PARTITIONS, 24]
    assert [day for table in facts for day in table.days] == days
    assert [table.table for table in staged if not table.days] == list(WHOLE)


def test_every_staging_table_has_a_name_and_a_place_of_its_own() -> None:
    staged = plan(RUN, [f"2016-01-{day:02}" for day in range(1, 31)])
    assert len({table.name for table in staged}) == len({table.prefix for table in staged}) == len(staged)
    assert all(table.name.startswith(STAGING) and RUN in table.name for table in staged)
    assert staged[0].prefix == f"aggregated/fact_events/run={RUN}/part=1/"


def test_the_facts_are_partitioned_and_the_dimensions_are_not() -> None:
    fact, *dimensions = plan(RUN, ["2016-01-01", "2016-01-02"])
    text = create_table_as(fact, "s3://b/x/")
    assert text.startswith(
        f"CREATE TABLE {fact.name}\nWITH (\n  format = 'PARQUET',\n  write_compression = 'SNAPPY',\n"
    )
    assert "partitioned_by = ARRAY['dt'],\n  external_location = 's3://b/x/'\n) AS\n" in text
    assert "WHERE dt IN ('2016-01-01', '2016-01-02')" in text
    assert all("partitioned_by" not in create_table_as(dimension, "s3://b/x/") for dimension in dimensions)


def test_a_statement_says_which_table_it_made_for_whom() -> None:
    for table in plan(f"{RUN}_2", ["2016-01-01"]):
        assert made_by(create_table_as(table, "s3://b/x/")) == (table.table, f"{RUN}_2", 1)
    with pytest.raises(ValueError, match="no statement of a run's"):
        made_by("CREATE TABLE fact_events\nWITH (")


def test_nothing_but_plain_words_gets_into_a_statement() -> None:
    assert listed(["b", "a"]) == "'a', 'b'"
    with pytest.raises(ValueError, match="not for a statement"):
        listed(["2016-01-01", "x') OR ('1'='1"])
