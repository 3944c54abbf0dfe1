"""The parts of Gold as they pass from task to task: a try makes a table of its own, and the next task goes by it."""

import pytest

from pipelines import gold as steps
from pipelines.errors import Incomplete
from pipelines.orchestration import gold

RUN = "20160101t000000_abcdef"
PARTS = [
    gold.Part(table=staged.table, part=staged.part, days=list(staged.days))
    for staged in steps.plan(RUN, ["2016-01-01", "2016-01-02"])
]
BEGUN = gold.Begun(run=RUN, bucket="lake", days=["2016-01-01", "2016-01-02"], sources=["a"], parts=PARTS)


def test_each_try_of_a_statement_makes_another_table_at_another_place() -> None:
    first, second = (gold.create_table_as(BEGUN, 0, number) for number in (1, 2))
    assert steps.made_by(first) == ("fact_events", f"{RUN}_1", 1)
    assert steps.made_by(second) == ("fact_events", f"{RUN}_2", 1)
    assert f"'s3://lake/aggregated/fact_events/run={RUN}_2/part=1/'" in second


def test_what_was_made_is_the_same_part_in_the_run_of_its_try() -> None:
    for index, part in enumerate(PARTS):
        built = gold._built(BEGUN, *steps.made_by(gold.create_table_as(BEGUN, index, 3)))
        assert built == {**part, "run": f"{RUN}_3"}


def test_what_an_earlier_beginning_made_is_not_published() -> None:
    before = BEGUN | {"run": "20151231t000000_fedcba"}
    with pytest.raises(Incomplete, match="clear the whole DAG run"):
        gold._built(BEGUN, *steps.made_by(gold.create_table_as(before, 0, 1)))
