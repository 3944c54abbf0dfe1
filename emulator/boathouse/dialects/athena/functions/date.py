"""Dates and times. A timestamp with time zone is an instant here, and its zone is UTC: others are refused."""

from boathouse.dialects.athena.functions.rules import Arguments, Page

PAGE = Page("https://trino.io/docs/435/functions/datetime.html")
_MOMENTS = ("date", "timestamp(p)", "timestamp(p) with time zone")
_CLOCKS = _MOMENTS[1:]
_DATE_UNITS = ("day", "week", "month", "quarter", "year")
_UNITS = ("millisecond", "second", "minute", "hour", *_DATE_UNITS)
_MILLISECONDS = {"millisecond": 1, "second": 1_000, "minute": 60_000, "hour": 3_600_000}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "week": "week",
    "week_of_year": "week",
    "day": "day",
    "day_of_month": "day",
    "day_of_week": "isodow",
    "dow": "isodow",
    "day_of_year": "dayofyear",
    "doy": "dayofyear",
    "year_of_week": "isoyear",
    "yow": "isoyear",
}
CLOCK_PARTS = {
    "hour": "hour({0})",
    "minute": "minute({0})",
    "second": "second({0})",
    "millisecond": "millisecond({0}) % 1000",
}


def unit_of(given: Arguments) -> str:
    """The unit, which has to be a literal that fits the type."""
    unit = given.text(0, "a unit").lower()
    is_date = given.values[-1].type.name == "date"
    if unit not in (_DATE_UNITS if is_date else _UNITS):
        raise given.invalid(0, f"'{given.text(0, 'a unit')}' is not a valid {'DATE' if is_date else 'Timestamp'} field")
    return unit


def _trunc(given: Arguments) -> str:
    unit = unit_of(given)
    sql = f"date_trunc('{unit}s', {given.sql(1)})"
    return f"CAST({sql} AS DATE)" if given.result.name == "date" else sql


def _add(given: Arguments) -> str:
    """A month's last day stays within the month (https://trino.io/docs/435/functions/datetime.html#date_add)."""
    unit, number = unit_of(given), given.sql(1)
    if unit in _MILLISECONDS:
        if given.result.parameters[0] < 3 and unit == "millisecond":
            raise given.refuse(0, f"date_add of milliseconds to a {given.result}")
        interval = f"to_microseconds({number} * {_MILLISECONDS[unit] * 1000})"
    elif unit in _DAYS:
        interval = f"to_days(CAST({number} * {_DAYS[unit]} AS INTEGER))"
    else:
        interval = f"to_months(CAST({number} * {_MONTHS[unit]} AS INTEGER))"
    sql = f"({given.sql(2)} + {interval})"
    return f"CAST({sql} AS DATE)" if given.result.name == "date" else sql


def _diff(given: Arguments) -> str:
    """Whole units that have passed, not boundaries crossed."""
    unit = unit_of(given)
    return f"trino_{unit}s_between({given.sql(1)}, {given.sql(2)})"


def _to_iso8601(given: Arguments) -> str:
    kind, precision = given.values[0].type.name, given.values[0].type.parameters
    if kind == "date":
        return f"strftime({given.sql(0)}, '%Y-%m-%d')"
    fraction = {0: "", 3: ".%g", 6: ".%f"}.get(precision[0])
    if fraction is None:
        raise given.refuse(0, f"to_iso8601 of a {given.values[0].type}")
    zone = "Z" if kind == "timestamp with time zone" else ""
    return f"strftime({given.sql(0)}, '%Y-%m-%dT%H:%M:%S{fraction}{zone}')"


def _to_unixtime(given: Arguments) -> str:
    if given.values[0].type.parameters[0] > 3:
        raise given.refuse(0, f"to_unixtime of a {given.values[0].type}")
    return f"(CAST(epoch_ms({given.sql(0)}) AS DOUBLE) / 1000)"


FUNCTIONS = (
    PAGE.scalar("now() -> timestamp(3) with time zone", "date_trunc('milliseconds', now())"),
    PAGE.scalar("current_timezone() -> varchar", "'UTC'"),
    *(PAGE.scalar(f"date_trunc(varchar,{given}) -> {given}", _trunc) for given in _MOMENTS),
    *(PAGE.scalar(f"date_add(varchar,bigint,{given}) -> {given}", _add) for given in _MOMENTS),
    *(PAGE.scalar(f"date_diff(varchar,{given},{given}) -> bigint", _diff) for given in _MOMENTS),
    *(
        PAGE.scalar(f"{name}({given}) -> bigint", f"{part}({{0}})")
        for name, part in PARTS.items()
        for given in _MOMENTS
    ),
    *(
        PAGE.scalar(f"{name}({given}) -> bigint", f"({emit})")
        for name, emit in CLOCK_PARTS.items()
        for given in _CLOCKS
    ),
    *(PAGE.scalar(f"last_day_of_month({given}) -> date", "last_day({0})") for given in _MOMENTS),
    *(PAGE.scalar(f"date({given}) -> date", "CAST({0} AS DATE)") for given in _CLOCKS),
    PAGE.scalar("date(varchar) -> date", "trino_text_to_date({0})"),
    PAGE.scalar("from_unixtime(double) -> timestamp(3) with time zone", "trino_from_unixtime({0})"),
    *(PAGE.scalar(f"to_unixtime({given}) -> double", _to_unixtime) for given in _CLOCKS),
    PAGE.scalar(
        "from_iso8601_timestamp(varchar) -> timestamp(3) with time zone", "trino_from_iso8601_timestamp({0}, {at})"
    ),
    PAGE.scalar("from_iso8601_date(varchar) -> date", "trino_from_iso8601_date({0}, {at})"),
    PAGE.scalar("to_iso8601(date) -> varchar(16)", _to_iso8601),
    *(PAGE.scalar(f"to_iso8601(timestamp({p})) -> varchar({n})", _to_iso8601) for p, n in ((0, 22), (3, 26), (6, 29))),
    *(
        PAGE.scalar(f"to_iso8601(timestamp({p}) with time zone) -> varchar({n})", _to_iso8601)
        for p, n in ((0, 28), (3, 32), (6, 35))
    ),
)
