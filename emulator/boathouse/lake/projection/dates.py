"""Projection of dates and times in a range, by an interval, written as a Java date format says. All in UTC."""

from datetime import datetime

from boathouse.lake.conditions import ColumnTest
from boathouse.lake.projection.column import MOST_ENUMERATED
from boathouse.lake.projection.java_time import DatePattern
from boathouse.lake.projection.settings import ProjectionSettings, invalid
from boathouse.lake.projection.steps import FIXED, MONTHS, Steps, relative
from boathouse.lake.scan import beginning_of
from boathouse.lake.values import NotOfType, typed
from boathouse.relation import Condition

FROM, TO = frozenset({">", ">=", "=", "BETWEEN"}), frozenset({"<", "<=", "=", "BETWEEN"})


class DateColumn:
    """https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html"""

    def __init__(self, test: ColumnTest, settings: ProjectionSettings, now: datetime) -> None:
        self._test = test
        self._type = test.column.type
        self._pattern = DatePattern(settings.required(test.column.name, "format"))
        self._steps = self._read_steps(settings, now)
        self._near = self._narrowed()

    @property
    def regex(self) -> str:
        return self._pattern.regex

    def value_of(self, text: str) -> str | None:
        try:
            moment = self._pattern.parse(text)
        except ValueError:
            return None
        value = self._value(moment)
        return value if self._steps.holds(moment) and self._test.holds(value) else None

    def texts(self, most: int) -> list[str] | None:
        if (exact := self._test.exact()) is not None:
            moments = [moment for value in exact if (moment := self._moment(value)) is not None]
        elif len(self._near) > MOST_ENUMERATED:
            return None
        else:
            moments = [self._steps.at(index) for index in self._near]
        texts = dict.fromkeys(self._pattern.format(moment) for moment in moments)
        left = [text for text in texts if self.value_of(text) is not None]
        return left if len(left) <= most else None

    @property
    def beginning(self) -> str:
        if not self._pattern.sorts or not self._near:
            return ""
        first, last = self._steps.at(self._near[0]), self._steps.at(self._near[-1])
        return beginning_of([self._pattern.format(first), self._pattern.format(last)])

    def _value(self, moment: datetime) -> str:
        """As SQL sees the partition: a column of type date has ISO's spelling whatever its location has."""
        if self._type.name == "date":
            return moment.date().isoformat()
        if self._type.name == "timestamp":
            return moment.isoformat(" ", "milliseconds")
        return self._pattern.format(moment)

    def _moment(self, value: str) -> datetime | None:
        """The reverse of ``_value``."""
        try:
            if self._type.name == "date":
                day = typed(value, self._type)
                return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - UTC throughout, without a zone
            if self._type.name == "timestamp":
                seconds, fraction = typed(value, self._type)
                moment: datetime = seconds.replace(microsecond=int(fraction[:6]))
                return moment
            return self._pattern.parse(value)
        except (NotOfType, ValueError):
            return None

    def _narrowed(self) -> range:
        """The steps between the bounds that the conditions set, where values sort as their moments do."""
        start, stop = 0, self._steps.count
        if self._type.name in ("date", "timestamp") or self._pattern.sorts:
            for condition in self._test.conditions:
                start, stop = self._within(condition, start, stop)
        return range(start, max(start, stop))

    def _within(self, condition: Condition, start: int, stop: int) -> tuple[int, int]:
        moments = [self._moment(value) for value in condition.values]
        first, last = moments[0], moments[-1]
        if condition.operator in FROM and first is not None:
            start = max(start, self._steps.before(first))
        if condition.operator in TO and last is not None:
            stop = min(stop, self._steps.before(last) + 1)
        return start, stop

    def _read_steps(self, settings: ProjectionSettings, now: datetime) -> Steps:
        name = self._test.column.name
        bounds = settings.required(name, "range").split(",")
        if len(bounds) != 2:
            raise invalid(f'projection.{name}.range must be two dates separated by a comma: "{",".join(bounds)}"')
        first, last = (self._bound(text, now) for text in bounds)
        interval, unit = settings.positive(name, "interval"), (settings.get(name, "interval.unit") or "").upper()
        finest = self._pattern.finest
        if finest not in ("DAYS", "MONTHS") and not (interval and unit):
            raise invalid(
                f"projection.{name}.interval and projection.{name}.interval.unit are required for the format"
                f" '{self._pattern.pattern}': they are optional for dates of single-day or single-month precision only"
            )
        if unit and unit not in FIXED and unit not in MONTHS:
            raise invalid(f'projection.{name}.interval.unit is no unit of time: "{unit}"')
        return Steps(first, last, interval or 1, unit or finest)

    def _bound(self, text: str, now: datetime) -> datetime:
        """A bound at the precision of the format: NOW is this day's beginning if the format ends with the day."""
        try:
            moment = relative(text, now)
            return self._pattern.parse(text if moment is None else self._pattern.format(moment))
        except ValueError as error:
            raise invalid(str(error)) from error
