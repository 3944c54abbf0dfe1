"""Which sources a run can account for: those of which it makes every day."""

from pipelines.ingest import Ingested
from pipelines.orchestration import accounts


def source(name: str, *days: str) -> Ingested:
    return Ingested(name, f"{name}.json.gz", 10, 0, list(days), "r1")


def test_sources_of_the_runs_days_are_accounted_for_and_those_of_others_named() -> None:
    first, midnight, second = (
        source("a", "2016-01-01"),
        source("b", "2016-01-01", "2016-01-02"),
        source("c", "2016-01-02"),
    )
    assert accounts.within([first, midnight, second], ["2016-01-01", "2016-01-02"]) == ([first, midnight, second], [])
    alone, said = accounts.within([first, midnight], ["2016-01-01"])
    assert alone == [first]
    assert said == ["not accounted for, since they have lines of other days, too: 1 sources"]


def test_a_source_without_one_event_is_accounted_for_in_any_run() -> None:
    assert accounts.within([source("a")], ["2016-01-01"]) == ([source("a")], [])
