"""GitHub's formats by date: from when each was published, its ids, its mix of types, and how an event looks in it.

Boundaries lie where measured files are: those of 2012-02 are of one format, those of 2012-06 of the next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.errors import Refused
from pipelines.generator import backfill, events_api, payloads, timeline
from pipelines.generator.dice import Weighted
from pipelines.generator.payloads import TRIMMED_SINCE
from pipelines.generator.scene import Scene


@dataclass(frozen=True, slots=True)
class Era:
    """``event(type, id, scene)`` makes one. ``begins``: seconds past the hour at which its files begin."""

    since: datetime
    first_id: int
    types: Weighted[str]
    event: Callable[[str, str, Scene], dict[str, Any]]
    begins: int = 0
    disorder: int = 0
    """Seconds by which an event may stand too late in its file."""


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Ids grow with time but for the last: those of October 2025 began where those of November 2016 had been.
ERAS = (
    Era(_day("2011-02-12"), 1_130_000_000, backfill.MIX_2011, backfill.event_2011),
    Era(_day("2012-01-01"), 1_510_000_000, backfill.MIX_2012, backfill.event_2012),
    Era(_day("2012-06-01"), 0, timeline.MIX_2012, timeline.event, timeline.BEGINS, 6),
    Era(_day("2014-01-01"), 0, timeline.MIX_2014, timeline.event, timeline.BEGINS, 6),
    Era(_day("2015-01-01"), 2_489_000_000, payloads.SINCE_2015, events_api.event),
    Era(_day("2020-01-01"), 54_900_000_000, payloads.SINCE_2020, events_api.event),
    Era(TRIMMED_SINCE, 4_800_000_000, payloads.SINCE_OCTOBER_2025, events_api.event),
)


def era_of(at: datetime) -> Era:
    """Raises Refused for a time before GH Archive's first file."""
    if at < ERAS[0].since:
        raise Refused(f"there were no events before GH Archive's first day: begin on {ERAS[0].since:%Y-%m-%d} or later")
    return next(era for era in reversed(ERAS) if at >= era.since)
