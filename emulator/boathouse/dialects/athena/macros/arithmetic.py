"""Division that fails by zero, decimals that round half up, and numbers that are none."""

_ZERO = "trino_fail('DIVISION_BY_ZERO: Division by zero')"
DEFINITIONS = {
    # Division. NULL / 0 is NULL.
    "trino_integer_divide(a, b)": f"CASE WHEN b = 0 AND a IS NOT NULL THEN {_ZERO} ELSE a // b END",
    "trino_integer_modulus(a, b)": f"CASE WHEN b = 0 AND a IS NOT NULL THEN {_ZERO} ELSE a % b END",
    "trino_digits(x)": "CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
    # Half up, away from zero. Few mentions of n and d: they may be long, and each is evaluated.
    "trino_divide_rounded(n, d)": (
        "CASE WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END * ((abs(n) + abs(d) // 2) // abs(d))"
    ),
    "trino_decimal_divide(n, d)": (
        f"CASE WHEN d = 0 AND n IS NOT NULL THEN {_ZERO} ELSE trino_divide_rounded(n, d) END"
    ),
    "trino_decimal_modulus(n, d)": f"CASE WHEN d = 0 AND n IS NOT NULL THEN {_ZERO} ELSE n % d END",
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
    # Mathematics: where DuckDB fails, Trino has NaN or an infinity.
    "trino_sqrt(x)": "CASE WHEN x < 0 THEN CAST('nan' AS DOUBLE) ELSE sqrt(x) END",
    "trino_ln(x)": ("CASE WHEN x < 0 THEN CAST('nan' AS DOUBLE) WHEN x = 0 THEN CAST('-inf' AS DOUBLE) ELSE ln(x) END"),
    "trino_log10(x)": (
        "CASE WHEN x < 0 THEN CAST('nan' AS DOUBLE) WHEN x = 0 THEN CAST('-inf' AS DOUBLE) ELSE log10(x) END"
    ),
    "trino_sign(x)": "CASE WHEN isnan(x) THEN x ELSE CAST(sign(x) AS DOUBLE) END",
}
