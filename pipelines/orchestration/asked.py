"""Which days a DAG's run is about: those it was given by hand, else those of the assets' events, else its own date."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from pipelines.errors import Refused

BY_HAND = 'give days: {"days": ["2025-10-08"]}'


class Asked(TypedDict):
    """``sources`` are those whose lines are to be accounted for; none where a person gave the days."""

    days: list[str]
    sources: list[str]


def of_events(params: Mapping[str, Any], extras: Iterable[Mapping[str, Any]]) -> Asked:
    """``params["days"]`` or all days of all events' ``extra``. Raises Refused where there is neither."""
    if params["days"]:
        return Asked(days=_days(params["days"]), sources=[])
    found = list(extras)
    if not found:
        raise Refused(f"no asset's event started this run: {BY_HAND}")
    return Asked(
        days=_days({day for extra in found for day in extra["days"]}),
        sources=sorted({source for extra in found for source in extra["sources"]}),
    )


def waiting(triggering: Iterable[Any], known: Callable[[], Iterable[Any]]) -> list[Mapping[str, Any]]:
    """The ``extra`` of the events that started a run, and of those that came after them; ``known`` gives all there are.

    Airflow 3.0.6 keeps of the events that wait for a run the time of the first alone, makes the run of what had come by
    then, and forgets the others until there is a next one: the last day of a backfill would lie there unmade.
    """
    started = list(triggering)
    if not started:
        return []
    last = max(event.timestamp for event in started)
    return [event.extra for event in (*started, *(event for event in known() if event.timestamp > last))]


def of_date(params: Mapping[str, Any], logical_date: datetime | None) -> list[str]:
    """``params["days"]`` or the day that the run is of, which is the first of its data interval."""
    if params["days"]:
        return _days(params["days"])
    if logical_date is None:
        raise Refused(f"this run has no date: start it with a logical date, or {BY_HAND}")
    return [logical_date.astimezone(UTC).date().isoformat()]


def _days(given: Iterable[str]) -> list[str]:
    return sorted({_day(text) for text in given})


def _day(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).strftime("%Y-%m-%d")
    except ValueError as error:
        raise Refused(f"{text!r} is no day: {BY_HAND}") from error
