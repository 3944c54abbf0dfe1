"""The helpers that translated SQL calls: DuckDB statements for an engine to run once on every connection.

A macro is text: each mention of a parameter evaluates its argument again, which is why rules give literals where they
can. ``trino_fail`` fails with a message and can be caught by TRY, which DuckDB's own error() cannot.
"""

_FAIL = {
    "zero": "trino_fail('DIVISION_BY_ZERO: Division by zero')",
}

_DEFINITIONS = {
    "trino_fail(message)": "[NULL][CAST(message AS TINYINT)]",
    # Division. NULL / 0 is NULL.
    "trino_integer_divide(a, b)": f"CASE WHEN b = 0 AND a IS NOT NULL THEN {_FAIL['zero']} ELSE a // b END",
    "trino_integer_modulus(a, b)": f"CASE WHEN b = 0 AND a IS NOT NULL THEN {_FAIL['zero']} ELSE a % b END",
    "trino_divide_rounded(n, d)": (
        "n // d + CASE WHEN abs(n % d) < abs(d) - abs(n % d) THEN 0 WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END"
    ),
    "trino_decimal_divide(n, d)": (
        f"CASE WHEN d = 0 AND n IS NOT NULL THEN {_FAIL['zero']} ELSE trino_divide_rounded(n, d) END"
    ),
    "trino_decimal_modulus(n, d)": f"CASE WHEN d = 0 AND n IS NOT NULL THEN {_FAIL['zero']} ELSE n % d END",
    # NaN equals nothing and is less than nothing.
    "trino_nan(a, b)": "isnan(a) OR isnan(b)",
    "trino_unless_null(a, b, result)": "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE result END",
    **{
        f"{name}(a, b)": f"CASE WHEN isnan(a) OR isnan(b) THEN trino_unless_null(a, b, {nan}) ELSE a {operator} b END"
        for name, operator, nan in (
            ("trino_equal", "=", "false"),
            ("trino_not_equal", "<>", "true"),
            ("trino_less", "<", "false"),
            ("trino_less_or_equal", "<=", "false"),
            ("trino_greater", ">", "false"),
            ("trino_greater_or_equal", ">=", "false"),
        )
    },
    "trino_max_without_nan(items)": (
        "coalesce(list_max(list_filter(items, lambda item: NOT isnan(item))), list_max(items))"
    ),
    # Casts. What DuckDB would read and Trino would not fails first.
    "trino_cannot_cast(s, type)": (
        "trino_fail('INVALID_CAST_ARGUMENT: Cannot cast ' || chr(39) || s || chr(39) || ' to ' || type)"
    ),
    "trino_integer_text(s, type)": (
        "CASE WHEN regexp_full_match(s, '[+-]?[0-9]+') THEN s WHEN s IS NOT NULL THEN trino_cannot_cast(s, type) END"
    ),
    "trino_decimal_text(s)": (
        "CASE WHEN regexp_full_match(s, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)') THEN s"
        " WHEN s IS NOT NULL THEN trino_cannot_cast(s, 'DECIMAL. Value is not a number.') END"
    ),
    "trino_text_to_double(s)": (
        "CASE WHEN regexp_full_match(trim(s), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?')"
        " OR trim(s) IN ('NaN', 'Infinity', '-Infinity', '+Infinity') THEN CAST(trim(s) AS DOUBLE)"
        " WHEN s IS NOT NULL THEN trino_cannot_cast(s, 'DOUBLE') END"
    ),
    "trino_text_to_boolean(s)": (
        "CASE WHEN lower(s) IN ('true', 't', '1') THEN true WHEN lower(s) IN ('false', 'f', '0') THEN false"
        " WHEN s IS NOT NULL THEN trino_cannot_cast(s, 'BOOLEAN') END"
    ),
    "trino_text_to_date(s)": (
        "CASE WHEN regexp_full_match(trim(s), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')"
        " AND TRY_CAST(trim(s) AS DATE) IS NOT NULL THEN CAST(trim(s) AS DATE) WHEN s IS NOT NULL"
        " THEN trino_fail('INVALID_CAST_ARGUMENT: Value cannot be cast to date: ' || s) END"
    ),
    "trino_with_seconds(s)": "CASE WHEN s LIKE '% %' AND s NOT LIKE '%:%:%' THEN s || ':00' ELSE s END",
    "trino_text_to_timestamp(s)": (
        "CASE WHEN regexp_full_match(s, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
        "( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,6})?)?)?')"
        " AND TRY_CAST(trino_with_seconds(s) AS TIMESTAMP) IS NOT NULL"
        " THEN date_trunc('milliseconds', CAST(trino_with_seconds(s) AS TIMESTAMP) + to_microseconds(500))"
        " WHEN s IS NOT NULL THEN trino_fail('INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: ' || s) END"
    ),
    "trino_short_text(s, n, type)": (
        "CASE WHEN length(s) > n"
        " THEN trino_fail('INVALID_CAST_ARGUMENT: Value ' || s || ' cannot be represented as ' || type) ELSE s END"
    ),
    "trino_number_to_text(s)": "s",
    "trino_double_to_real(x)": (
        "CASE WHEN abs(x) >= 3.4028235677973366e38 AND isfinite(x)"
        " THEN CAST(sign(x) * CAST('inf' AS DOUBLE) AS FLOAT) ELSE CAST(x AS FLOAT) END"
    ),
    # Arrays and maps.
    "trino_array_subscript(items, i)": (
        "CASE WHEN items IS NULL THEN NULL"
        " WHEN i > len(items) THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to"
        " array length: ' || i || ' > ' || len(items))"
        " WHEN i = 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')"
        " WHEN i < 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || i)"
        " ELSE items[i] END"
    ),
    "trino_map_subscript(entries, k)": (
        "CASE WHEN entries IS NULL OR k IS NULL THEN NULL"
        " WHEN NOT map_contains(entries, k) THEN"
        " trino_fail('INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || CAST(k AS VARCHAR))"
        " ELSE map_extract_value(entries, k) END"
    ),
    "trino_array_concat(a, b)": "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE list_concat(a, b) END",
    # Text, counted in code points. A start beyond the text's ends gives the empty text, and so does the start 0.
    "trino_substring(s, start)": (
        "CASE WHEN start > 0 THEN substring(s, start)"
        " WHEN start = 0 OR -start > length(s) THEN CASE WHEN s IS NULL THEN NULL ELSE '' END"
        " ELSE substring(s, start) END"
    ),
    "trino_substring_for(s, start, n)": (
        "CASE WHEN n IS NULL OR start IS NULL OR s IS NULL THEN NULL"
        " WHEN n <= 0 OR start = 0 OR -start > length(s) THEN ''"
        " ELSE substring(s, start, n) END"
    ),
    "trino_split(s, separator)": (
        "CASE WHEN separator = ''"
        " THEN trino_fail('INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string')"
        " ELSE string_split(s, separator) END"
    ),
    "trino_split_part(s, separator, i)": (
        "CASE WHEN i <= 0 THEN trino_fail('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero')"
        " ELSE list_extract(string_split(s, separator), i) END"
    ),
}

MACROS: tuple[str, ...] = (
    "SET TimeZone = 'UTC'",
    *(f"CREATE OR REPLACE TEMP MACRO {head} AS ({body})" for head, body in _DEFINITIONS.items()),
)
