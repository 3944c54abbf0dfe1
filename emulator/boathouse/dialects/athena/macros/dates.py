"""Dates and times: whole units that have passed, and texts in the one form that is read."""

DEFINITIONS = {
    **{
        f"trino_{unit}s_between(a, b)": f"date_sub('{unit}s', a, b)"
        for unit in ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
    },
    "trino_from_unixtime(x)": "CAST(epoch_ms(CAST(floor(x * 1000 + 0.5) AS BIGINT)) AS TIMESTAMPTZ)",
    "trino_iso_moment(s)": (
        "date_trunc('milliseconds', CAST(trino_with_seconds(replace(regexp_replace(s, '(Z|[+]00:00)$', ''), 'T', ' '))"
        " AS TIMESTAMP))"
    ),
    "trino_from_iso8601_timestamp(s, place)": (
        "CASE WHEN NOT regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}"
        "(T([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+]00:00)?)?')"
        " THEN trino_unsupported(place, 'from_iso8601_timestamp of ' || s || ' (it has to be in UTC)')"
        " ELSE CAST(trino_iso_moment(s) AS TIMESTAMPTZ) END"
    ),
    "trino_from_iso8601_date(s, place)": (
        "CASE WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}') THEN CAST(s AS DATE)"
        " WHEN s IS NOT NULL THEN trino_unsupported(place, 'from_iso8601_date of ' || s) END"
    ),
    "trino_parse_date(s, pattern, format)": (
        "CASE WHEN s IS NULL THEN NULL WHEN NOT regexp_full_match(s, pattern) OR try_strptime(s, format) IS NULL"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Invalid format: \"' || s || '\"')"
        " ELSE try_strptime(s, format) END"
    ),
}
