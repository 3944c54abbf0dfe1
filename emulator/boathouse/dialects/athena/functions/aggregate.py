"""Aggregate functions. DuckDB's sums are wider than Trino's: they are brought back, and overflow as Trino's do."""

from boathouse.dialects.athena.functions.rules import Arguments, Page, each

PAGE = Page("https://trino.io/docs/435/functions/aggregate.html")
_ORDERED = "boolean tinyint smallint integer bigint varchar(n) decimal(p,s) varbinary date timestamp(p)"

_SPREAD = (  # one NaN or infinity makes it NaN: DuckDB fails, or has 0 for a single one
    "(CASE WHEN count_if(NOT isfinite({{0}})){{over}} > 0 THEN CAST('nan' AS DOUBLE)"
    " ELSE {}({{distinct}}CASE WHEN isfinite({{0}}) THEN {{0}} END){{over}} END)"
)


def _decimal_average(given: Arguments) -> str:
    """The sum's digits divided by the count, rounded half up, at the argument's own scale."""
    scale = given.result.parameters[1]
    digits = f"trino_digits(CAST(sum({{distinct}}{{0}}){{over}} AS DECIMAL(38, {scale})))"
    quotient = f"trino_divide_rounded({digits}, CAST(count({{distinct}}{{0}}){{over}} AS HUGEINT))"
    one = "1" if scale == 0 else f"0.{'1'.zfill(scale)}"
    unit = f"CAST('{one}' AS DECIMAL({max(scale, 1)}, {scale}))"
    return f"CAST(CAST({quotient} AS DECIMAL(38, 0)) * {unit} AS {{result}})"


FUNCTIONS = (
    PAGE.aggregate("count() -> bigint", "count(*){over}"),
    PAGE.aggregate("count(T) -> bigint", "count({distinct}{0}){over}"),
    PAGE.aggregate("count_if(boolean) -> bigint", "count(CASE WHEN {0} THEN 1 END){over}"),
    PAGE.aggregate("sum(bigint) -> bigint", "CAST(sum({distinct}{0}){over} AS BIGINT)"),
    PAGE.aggregate("sum(decimal(p,s)) -> decimal(38,s)", "CAST(sum({distinct}{0}){over} AS {result})"),
    PAGE.aggregate("sum(real) -> real", "CAST(sum({distinct}{0}){over} AS FLOAT)"),
    PAGE.aggregate("sum(double) -> double", "sum({distinct}{0}){over}"),
    PAGE.aggregate("avg(bigint) -> double", "(CAST(sum({distinct}{0}){over} AS DOUBLE) / count({distinct}{0}){over})"),
    PAGE.aggregate("avg(decimal(p,s)) -> decimal(p,s)", _decimal_average),
    PAGE.aggregate("avg(real) -> real", "CAST(avg({distinct}{0}){over} AS FLOAT)"),
    PAGE.aggregate("avg(double) -> double", "avg({distinct}{0}){over}"),
    *(
        PAGE.aggregate(f"{name}({given}) -> {given}", f"{name}({{distinct}}{{0}}){{over}}")
        for name in ("min", "max")
        for given in (*_ORDERED.split(), "timestamp(p) with time zone")
    ),
    # NaN is never the extreme in Trino unless there is nothing else; in DuckDB it is the greatest.
    *each(
        "double real",
        lambda given: PAGE.aggregate(f"max({given}) -> {given}", "trino_max_without_nan(list({0}){over})"),
    ),
    *each("double real", lambda given: PAGE.aggregate(f"min({given}) -> {given}", "min({distinct}{0}){over}")),
    *(
        PAGE.aggregate(f"{name}_by(T,{given}) -> T", f"arg_{name}_null({{0}}, {{1}}){{over}}")
        for name in ("min", "max")
        for given in (*_ORDERED.split(), "timestamp(p) with time zone")
    ),
    *(
        rule
        for name, function in (
            ("stddev", "stddev_samp"),
            ("stddev_samp", "stddev_samp"),
            ("stddev_pop", "stddev_pop"),
            ("variance", "var_samp"),
            ("var_samp", "var_samp"),
            ("var_pop", "var_pop"),
        )
        for rule in (
            PAGE.aggregate(f"{name}(bigint) -> double", f"{function}({{distinct}}{{0}}){{over}}"),
            PAGE.aggregate(f"{name}(double) -> double", _SPREAD.format(function)),
        )
    ),
    PAGE.aggregate("bool_and(boolean) -> boolean", "bool_and({0}){over}"),
    PAGE.aggregate("every(boolean) -> boolean", "bool_and({0}){over}"),
    PAGE.aggregate("bool_or(boolean) -> boolean", "bool_or({0}){over}"),
    PAGE.aggregate("arbitrary(T) -> T", "any_value({0}){over}"),
    PAGE.aggregate("any_value(T) -> T", "any_value({0}){over}"),
    PAGE.aggregate("histogram(T) -> map(T,bigint)", "CAST(histogram({0}){over} AS {result})"),
    PAGE.aggregate("listagg(varchar,varchar) -> varchar", "string_agg({0}, {1}{order}){over}"),
    # Not DISTINCT: the order of what is left would be another one.
    PAGE.aggregate("array_agg(T) -> array(T)", "list({0}{order}){over}"),
    # Approximate in Trino, within 2.3 % (standard error): the exact number is always such an answer.
    PAGE.aggregate("approx_distinct(T) -> bigint", "count(DISTINCT {0}){over}"),
)
