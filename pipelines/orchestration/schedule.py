"""What of a DAG differs by where it runs, from the environment of its process: the days on offer, and the patience."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.orchestration import alerts

FIRST_DAY, LAST_DAY = "PIPELINES_FIRST_DAY", "PIPELINES_LAST_DAY"
RETRY_SECONDS = "PIPELINES_RETRY_SECONDS"
TRIES_AGAIN = 2


def days_on_offer(environ: Mapping[str, str] | None = None) -> dict[str, datetime | None]:
    """A DAG's ``start_date`` and ``end_date``: from the sample data's first day on, without an end, unless told."""
    environ = os.environ if environ is None else environ
    first, last = environ.get(FIRST_DAY) or "2025-10-08", environ.get(LAST_DAY)
    return {"start_date": _moment(first), "end_date": _moment(last) if last else None}


def of_every_task(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """``default_args``: after a failure twice more, after one minute and two; then a message."""
    environ = os.environ if environ is None else environ
    return {
        "retries": TRIES_AGAIN,
        "retry_delay": timedelta(seconds=float(environ.get(RETRY_SECONDS) or 60)),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "on_failure_callback": alerts.failed,
    }


def _moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
