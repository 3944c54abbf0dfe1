"""Which days a run is about: by hand, by events, by date, in this order; never by guess."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from pipelines.errors import Refused
from pipelines.orchestration import asked, schedule

BY_HAND, NOTHING = {"days": ["2016-01-02", "2016-01-01"]}, {"days": list[str]()}
FIRST = {"days": ["2016-01-02", "2016-01-03"], "sources": ["a", "b"]}
SECOND = {"days": ["2016-01-01", "2016-01-02"], "sources": ["b", "c"]}


def test_all_days_of_all_events_are_one_run_s() -> None:
    assert asked.of_events(NOTHING, [FIRST, SECOND]) == {
        "days": ["2016-01-01", "2016-01-02", "2016-01-03"],
        "sources": ["a", "b", "c"],
    }


def test_days_by_hand_go_before_those_of_events() -> None:
    assert asked.of_events(BY_HAND, [FIRST]) == {"days": ["2016-01-01", "2016-01-02"], "sources": []}
    assert asked.of_date(BY_HAND, datetime(2016, 1, 9, tzinfo=UTC)) == ["2016-01-01", "2016-01-02"]


def test_events_without_a_day_are_work_that_is_done() -> None:
    assert asked.of_events(NOTHING, [{"days": [], "sources": ["a"]}])["days"] == []


def test_a_run_is_of_its_utc_date() -> None:
    assert asked.of_date(NOTHING, datetime(2016, 1, 9, tzinfo=UTC)) == ["2016-01-09"]
    east = timezone(timedelta(hours=2))
    assert asked.of_date(NOTHING, datetime(2016, 1, 9, 1, tzinfo=east)) == ["2016-01-08"]


def test_without_any_a_run_says_how_to_give_days() -> None:
    with pytest.raises(Refused, match=r'no asset.*"days"'):
        asked.of_events(NOTHING, [])
    with pytest.raises(Refused, match=r'no date.*"days"'):
        asked.of_date(NOTHING, None)


@pytest.mark.parametrize("day", ["yesterday", "20160101", "2016-01-01'", "2016-13-01"])
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(Refused, match="is no day"):
        asked.of_events({"days": [day]}, [])


def test_the_environment_says_how_long_tasks_are_patient() -> None:
    assert schedule.of_every_task({})["retry_delay"] == timedelta(minutes=1)
    assert schedule.of_every_task({"PIPELINES_RETRY_SECONDS": "0.5"})["retry_delay"] == timedelta(seconds=0.5)


def test_a_variable_that_is_empty_is_as_good_as_none() -> None:
    """Docker compose sets what is not set in .env to nothing."""
    assert schedule.days_on_offer({"PIPELINES_FIRST_DAY": "", "PIPELINES_LAST_DAY": ""}) == schedule.days_on_offer({})
    assert schedule.of_every_task({"PIPELINES_RETRY_SECONDS": ""}) == schedule.of_every_task({})


def test_events_that_came_while_the_run_waited_to_be_made_are_its_own_too() -> None:
    def event(minute: int, day: str) -> SimpleNamespace:
        return SimpleNamespace(timestamp=datetime(2025, 10, 13, 1, minute, tzinfo=UTC), extra={"days": [day]})

    earlier, started, later = event(1, "2025-10-10"), event(2, "2025-10-11"), event(3, "2025-10-12")
    known = [earlier, started, later]
    assert asked.waiting([started], lambda: known) == [{"days": ["2025-10-11"]}, {"days": ["2025-10-12"]}]
    assert asked.waiting([], lambda: known) == [], "a run by hand"
