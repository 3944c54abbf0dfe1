"""Values as the text that Athena answers: SQL expressions, so that a million rows never become Python objects.

The forms: https://docs.aws.amazon.com/athena/latest/ug/data-types.html for the types, Java's notation for doubles,
``[a, b]``, ``{k=v}`` and ``{name=value}`` without quotes for what is nested.
"""

from boathouse.datatypes import DataType
from boathouse.engines.duckdb.types import text

# No subqueries: DuckDB has none in lambdas. What a macro repeats is evaluated once.
MACROS = (
    # Double.toString: plain from 0.001 up to 10,000,000, else one digit before the point and E. DuckDB's own text is
    # scientific from 1e16 up and below 1e-4 only, so there are three forms to bring into Java's.
    "CREATE MACRO athena_or_zero(s) AS CASE WHEN s = '' THEN '0' ELSE s END",
    """CREATE MACRO athena_shift(a) AS a[1] || '.' || athena_or_zero(rtrim(replace(a[2:], '.', ''), '0'))
        || 'E' || (instr(a, '.') - 2)""",
    """CREATE MACRO athena_scientific(a) AS CASE
        WHEN a[:2] = '0.' THEN a[6] || '.' || athena_or_zero(a[7:]) || 'E-4'
        WHEN contains(a, 'e') THEN split_part(a, 'e', 1) || CASE WHEN contains(a, '.') THEN 'E' ELSE '.0E' END
            || CAST(split_part(a, 'e', 2) AS INTEGER)
        ELSE athena_shift(a) END""",
    """CREATE MACRO athena_double(x) AS CASE
        WHEN x = 0 OR (abs(x) >= 0.001 AND abs(x) < 10000000) THEN CAST(x AS VARCHAR)
        WHEN isnan(x) THEN 'NaN'
        WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
        WHEN x IS NOT NULL
        THEN CASE WHEN x < 0 THEN '-' ELSE '' END || athena_scientific(CAST(abs(x) AS VARCHAR)) END""",
    # DuckDB leaves out the zero before the point where the type has no digit for it
    """CREATE MACRO athena_fraction(s) AS CASE WHEN s[1] = '.' THEN '0' || s
        WHEN s[:2] = '-.' THEN '-0' || s[2:] ELSE s END""",
    r"CREATE MACRO athena_binary(x) AS rtrim(regexp_replace(lower(hex(x)), '(..)', '\1 ', 'g'))",
    """CREATE MACRO athena_sign(n) AS CASE WHEN n < 0 THEN '-' ELSE '' END""",
    """CREATE MACRO athena_days(ms) AS athena_sign(ms) || (abs(ms) // 86400000) || ' '
        || strftime(make_timestamp((abs(ms) % 86400000) * 1000), '%H:%M:%S.%g')""",
    "CREATE MACRO athena_day_interval(x) AS athena_days(CAST(epoch_ms(x) AS BIGINT))",
    """CREATE MACRO athena_months(n) AS athena_sign(n) || (abs(n) // 12) || '-' || (abs(n) % 12)""",
    "CREATE MACRO athena_month_interval(x) AS athena_months(datepart('year', x) * 12 + datepart('month', x))",
)


def as_text(type_: DataType, value: str) -> str:
    """SQL for the text of the SQL expression ``value``; NULL stays NULL."""
    match type_.name:
        case "varchar" | "json" | "unknown":
            return value
        case "char":
            return f"rpad({value}, {type_.parameters[0]}, ' ')"
        case "double" | "real":
            return f"athena_double({value})"
        case "decimal" if type_.parameters[0] == type_.parameters[1]:
            return f"athena_fraction(CAST({value} AS VARCHAR))"
        case "timestamp":
            return _timestamp(value, type_.parameters[0])
        case "timestamp with time zone":
            local = _timestamp(f"timezone('UTC', {value})", type_.parameters[0])
            return f"({local} || ' UTC')"
        case "time":
            return f"strftime(DATE '1970-01-01' + {value}, '%H:%M:%S.%g')"
        case "varbinary":
            return f"athena_binary({value})"
        case "interval day to second":
            return f"athena_day_interval({value})"
        case "interval year to month":
            return f"athena_month_interval({value})"
        case "array" | "map" | "row":
            return _nested(type_, value)
    return f"CAST({value} AS VARCHAR)"


def _timestamp(value: str, precision: int) -> str:
    pattern = {0: "", 3: ".%g", 6: ".%f", 9: ".%n"}.get(precision, ".%f")
    shown = f"strftime({value}, '%Y-%m-%d %H:%M:%S{pattern}')"
    return shown if precision in (0, 3, 6, 9) else f"left({shown}, {20 + precision})"


def _nested(type_: DataType, value: str) -> str:
    match type_.name:
        case "array":
            return f"('[' || array_to_string({_each(type_.children[0], value)}, ', ') || ']')"
        case "map":
            key, item = type_.children
            entries = f"list_sort(map_entries({value}))"
            pair = f"lambda e: {_inner(key, 'e.key')} || '=' || {_inner(item, 'e.value')}"
            return f"('{{' || array_to_string(list_transform({entries}, {pair}), ', ') || '}}')"
    fields = [
        (f"{text(name + '=')} || " if name else "") + _inner(child, f"struct_extract_at({value}, {position})")
        for position, (name, child) in enumerate(zip(type_.names, type_.children, strict=True), 1)
    ]
    joined = " || ', ' || ".join(fields)
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE '{{' || {joined} || '}}' END"


def _each(element: DataType, value: str) -> str:
    return f"list_transform({value}, lambda e: {_inner(element, 'e')})"


def _inner(type_: DataType, value: str) -> str:
    return f"coalesce({as_text(type_, value)}, 'null')"
