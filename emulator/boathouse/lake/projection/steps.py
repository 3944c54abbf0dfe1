"""The moments of a date projection: from a first to a last one by an interval, counted instead of enumerated."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

FIXED = {
    "WEEKS": timedelta(weeks=1),
    "DAYS": timedelta(days=1),
    "HOURS": timedelta(hours=1),
    "MINUTES": timedelta(minutes=1),
    "SECONDS": timedelta(seconds=1),
    "MILLISECONDS": timedelta(milliseconds=1),
}
MONTHS = {"MONTHS": 1, "YEARS": 12}
NOW = re.compile(r"\s*NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?\s*)?")
"""https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html#partition-projection-date-type"""


@dataclass(frozen=True, slots=True)
class Steps:
    """Step n is the moment ``first`` + n intervals of ``unit``; those behind ``last`` are not steps."""

    first: datetime
    last: datetime
    interval: int
    unit: str

    @property
    def count(self) -> int:
        return self.before(self.last) + 1

    def at(self, index: int) -> datetime:
        return moved(self.first, index * self.interval, self.unit)

    def before(self, moment: datetime) -> int:
        """The last step that is not after ``moment``; negative if there is none."""
        if self.unit in FIXED:
            return (moment - self.first) // (FIXED[self.unit] * self.interval)
        months = (moment.year - self.first.year) * 12 + moment.month - self.first.month
        index = months // (MONTHS[self.unit] * self.interval)
        return index if self.at(index) <= moment else index - 1

    def holds(self, moment: datetime) -> bool:
        return self.first <= moment <= self.last and self.at(self.before(moment)) == moment


def moved(moment: datetime, amount: int, unit: str) -> datetime:
    """As java.time adds: a day that the month does not have becomes its last. Held within the years 1 to 9999."""
    if unit in FIXED:
        try:
            return moment + FIXED[unit] * amount
        except OverflowError:
            return datetime.max if amount > 0 else datetime.min  # noqa: DTZ901 - UTC throughout, without a zone
    years, month = divmod(moment.month - 1 + amount * MONTHS[unit], 12)
    year = min(max(moment.year + years, 1), 9999)
    for day in (moment.day, 30, 29):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1, day=28)


def relative(text: str, now: datetime) -> datetime | None:
    """What ``NOW-3YEARS`` means, None for a text that is no such expression."""
    found = NOW.fullmatch(text)
    if found is None:
        return None
    sign, amount, unit = found.groups()
    return moved(now, int(sign + amount), f"{unit}S") if unit else now
