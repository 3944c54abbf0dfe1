"""The equation: what closes it, and what does not."""

from dataclasses import replace

import pytest

from pipelines.accounting import Equation, Found, days_of, equation
from pipelines.ingest import Ingested

WHOLE = Equation(
    produced=100, found=98, refused=2, copies=105, silver=80, duplicates=8, quarantined=10, redelivered=7
)  # fmt: skip


def ingested(name: str, lines: int, *days: str) -> Ingested:
    return Ingested(name * 64, f"{name}.json", lines, 0, list(days), "r1")


def test_is_made_of_independent_counts() -> None:
    sources = [ingested("a", 60, "2016-01-01"), ingested("b", 40, "2016-01-02", "2016-01-01")]
    made = equation(sources, Found(copies=105, pairs=98, quarantined=10, duplicates=8), refused=2, silver=80)
    assert made == WHOLE
    assert made.closes
    assert made.lines() == [
        "produced 100 = found 98 + refused at the source 2",
        "copies 105 = in silver 80 + duplicates 8 + quarantined 10 + redelivered 7",
    ]
    assert days_of(sources) == ["2016-01-01", "2016-01-02"]


@pytest.mark.parametrize("name", ["produced", "found", "refused", "copies", "silver", "duplicates", "quarantined"])
def test_one_event_more_or_less_anywhere_opens_it(name: str) -> None:
    for change in (-1, 1):
        opened = replace(WHOLE, **{name: getattr(WHOLE, name) + change})
        assert not opened.closes
        assert opened.as_json()["closes"] is False


def test_before_silver_only_the_lines_count() -> None:
    assert replace(WHOLE, silver=None, copies=7).closes
    assert len(replace(WHOLE, silver=None).lines()) == 1
