"""Casts from text and to it. What DuckDB would read and Trino would not fails first."""

DEFINITIONS = {
    "trino_cannot_cast(kind, s, type)": (
        "trino_fail('INVALID_CAST_ARGUMENT: Cannot cast ' || kind || chr(39) || s || chr(39) || ' to ' || type)"
    ),
    "trino_double_within(x, low, high, type)": (
        "CASE WHEN isnan(x) THEN trino_fail('INVALID_CAST_ARGUMENT: Cannot cast double NaN to ' || type)"
        " WHEN x < low OR x > high"
        " THEN trino_fail('NUMERIC_VALUE_OUT_OF_RANGE: Out of range for ' || type || ': ' || x) ELSE x END"
    ),
    "trino_within(x, low, high, type)": (
        "CASE WHEN x < low OR x > high"
        " THEN trino_fail('NUMERIC_VALUE_OUT_OF_RANGE: Out of range for ' || type || ': ' || x) ELSE x END"
    ),
    "trino_integer_text(s, type)": (
        "CASE WHEN regexp_full_match(s, '[+-]?[0-9]+') THEN s"
        " WHEN s IS NOT NULL THEN trino_cannot_cast('', s, type) END"
    ),
    # A number with an exponent, without: the point moves, and zeros fill up. DuckDB reads 8e-09 as 0.01 where a
    # decimal has two digits.
    "trino_written_out(sign, whole, part, exponent)": (
        "sign || CASE WHEN length(whole) + exponent <= 0 THEN"
        " '0.' || repeat('0', - length(whole) - exponent) || whole || part"
        " WHEN exponent >= length(part) THEN whole || part || repeat('0', exponent - length(part))"
        " ELSE left(whole || part, length(whole) + exponent) || '.'"
        " || substring(whole || part, length(whole) + exponent + 1) END"
    ),
    "trino_decimal_text(s, type)": (
        "CASE WHEN regexp_full_match(s, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)') THEN s"
        " WHEN regexp_full_match(s, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][+-]?[0-9]{1,3}')"
        " THEN trino_written_out(regexp_extract(s, '^-'), regexp_extract(s, '^[+-]?([0-9]*)', 1),"
        " regexp_extract(s, '[.]([0-9]*)', 1), CAST(regexp_extract(s, '[eE](.*)', 1) AS INTEGER))"
        " WHEN s IS NOT NULL THEN trino_cannot_cast('VARCHAR ', s, type || '. Value is not a number.') END"
    ),
    "trino_plain_text(s)": (
        "CASE WHEN contains(s, 'e-') THEN trino_written_out(regexp_extract(s, '^-'),"
        " regexp_extract(s, '^-?([0-9]*)', 1),"
        " regexp_extract(s, '[.]([0-9]*)', 1), CAST(regexp_extract(s, 'e(.*)', 1) AS INTEGER)) ELSE s END"
    ),
    "trino_decimal_to_text(x)": r"regexp_replace(CAST(x AS VARCHAR), '^(-?)[.]', '\10.')",  # DuckDB has .5 for 0.5
    "trino_stripped(s)": f"trim(s, '{''.join(map(chr, range(1, 33)))}')",  # as Java's String.trim
    "trino_double_text(s)": "rtrim(s, 'dDfF')",  # Java's literals may say so
    "trino_text_to_double(s)": (
        "CASE WHEN regexp_full_match(trino_stripped(s),"
        " '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?[dDfF]?')"
        " THEN CAST(trino_double_text(trino_stripped(s)) AS DOUBLE)"
        " WHEN trino_stripped(s) IN ('NaN', 'Infinity', '-Infinity', '+Infinity')"
        " THEN CAST(trino_stripped(s) AS DOUBLE)"
        " WHEN s IS NOT NULL THEN trino_cannot_cast('', s, 'DOUBLE') END"
    ),
    "trino_text_to_boolean(s)": (
        "CASE WHEN lower(s) IN ('true', 't', '1') THEN true WHEN lower(s) IN ('false', 'f', '0') THEN false"
        " WHEN s IS NOT NULL THEN trino_cannot_cast('', s, 'BOOLEAN') END"
    ),
    "trino_text_to_date(s)": (
        "CASE WHEN regexp_full_match(trino_stripped(s), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')"
        " AND TRY_CAST(trino_stripped(s) AS DATE) IS NOT NULL THEN CAST(trino_stripped(s) AS DATE)"
        " WHEN s IS NOT NULL THEN trino_fail('INVALID_CAST_ARGUMENT: Value cannot be cast to date: ' || s) END"
    ),
    "trino_with_seconds(s)": "CASE WHEN s LIKE '% %' AND s NOT LIKE '%:%:%' THEN s || ':00' ELSE s END",
    # The wall clock in a text: its zone counts for nothing, and no digit beyond the microsecond for the millisecond.
    "trino_wall_clock(s)": (
        "trino_with_seconds(regexp_replace("
        "regexp_extract(s, '^[0-9-]+( [0-9]+:[0-9.:]+)?'), '([.][0-9]{6})[0-9]+', '\\1'))"
    ),
    "trino_text_to_timestamp(s)": (
        "CASE WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}"
        "( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,3})?)?') AND TRY_CAST(s AS TIMESTAMP) IS NOT NULL"
        " THEN CAST(s AS TIMESTAMP)"  # the usual form at once: the others take six times as long
        " WHEN regexp_full_match(trino_stripped(s), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
        "( (([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?)?"
        " *(Z|UTC|GMT|[+-][0-9]{2}(:[0-9]{2})?|[A-Z][A-Za-z_]+/[A-Za-z_/+-]+)?)?')"
        " AND TRY_CAST(trino_wall_clock(trino_stripped(s)) AS TIMESTAMP) IS NOT NULL"
        " THEN date_trunc('milliseconds',"
        " CAST(trino_wall_clock(trino_stripped(s)) AS TIMESTAMP) + to_microseconds(500))"
        " WHEN s IS NOT NULL THEN trino_fail('INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: ' || s) END"
    ),
    "trino_short_text(s, n, type)": (
        "CASE WHEN length(s) > n"
        " THEN trino_fail('INVALID_CAST_ARGUMENT: Value ' || s || ' cannot be represented as ' || type) ELSE s END"
    ),
    # A real or double by DuckDB's digits, as Trino writes it: 1.0E0. ``whole`` and ``part`` are around the point.
    "trino_scientific(sign, whole, part, exponent)": (
        "sign || left(ltrim(whole || part, '0'), 1) || '.' ||"
        " coalesce(nullif(rtrim(substring(ltrim(whole || part, '0'), 2), '0'), ''), '0') || 'E' ||"
        " (exponent + CASE WHEN whole <> '0' THEN length(whole) - 1"
        " ELSE length(ltrim(part, '0')) - length(part) - 1 END)"
    ),
    # Java 17 writes some whole doubles with a digit too many, later Javas do not: whose digits is not known.
    "trino_known_double(x, place)": (
        "CASE WHEN abs(x) >= 1e16 AND abs(x) < 1e19"
        " THEN trino_unsupported(place, 'the digits of a double from 1e16 to 1e19') ELSE CAST(x AS VARCHAR) END"
    ),
    "trino_number_to_text(s)": (
        "CASE WHEN s = 'nan' THEN 'NaN' WHEN s = 'inf' THEN 'Infinity' WHEN s = '-inf' THEN '-Infinity'"
        " WHEN s = '0.0' THEN '0E0' WHEN s = '-0.0' THEN '-0E0'"
        " ELSE trino_scientific(regexp_extract(s, '^-'), regexp_extract(s, '[0-9]+'),"
        " regexp_extract(s, '[.]([0-9]+)', 1),"
        " CAST(coalesce(nullif(regexp_extract(s, 'e(.*)', 1), ''), '0') AS INTEGER)) END"
    ),
    "trino_double_to_real(x)": (
        "CASE WHEN abs(x) >= 3.4028235677973366e38 AND isfinite(x)"
        " THEN CAST(sign(x) * CAST('inf' AS DOUBLE) AS FLOAT) ELSE CAST(x AS FLOAT) END"
    ),
}
