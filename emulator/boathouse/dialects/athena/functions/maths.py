"""Mathematical functions. Where DuckDB fails outside a function's domain, Trino has NaN or an infinity."""

from collections.abc import Sequence

from boathouse.datatypes import DataType, decimal
from boathouse.dialects.athena.functions.rules import Arguments, Page, each
from boathouse.dialects.athena.meaning.value import physical_at

PAGE = Page("https://trino.io/docs/435/functions/math.html")
BITS = Page("https://trino.io/docs/435/functions/bitwise.html")
_INTEGERS = "tinyint smallint integer bigint"


def _whole(types: Sequence[DataType]) -> DataType:
    """round, ceil, floor: the digits before the point and one for the carry."""
    precision, scale = types[0].parameters
    return decimal(precision - scale + min(scale, 1), 0)


def _rounded(types: Sequence[DataType]) -> DataType:
    precision, scale = types[0].parameters
    return decimal(min(38, precision + 1), scale)


def _without_fraction(types: Sequence[DataType]) -> DataType:
    precision, scale = types[0].parameters
    return decimal(max(1, precision - scale), 0)


def _round_decimal(given: Arguments) -> str:
    """Half up at the digit asked for; the type keeps its scale."""
    digits = given.values[1].constant
    if not isinstance(digits, int) or digits < 0:
        raise given.refuse(1, "round of a decimal to digits that are no literal, or before the point")
    wide = f"CAST({given.sql(0)} AS {physical_at(given.result, given.call.at)})"
    return wide if digits >= given.result.parameters[1] else f"CAST(round({wide}, {digits}) AS {_type(given)})"


def _round_double(given: Arguments) -> str:
    """The same arithmetic in both, but for digits before the point of very large numbers."""
    digits = given.values[1].constant
    if not isinstance(digits, int) or digits < 0:
        raise given.refuse(1, "round of a double to digits that are no literal, or before the point")
    return f"round({given.sql(0)}, {given.sql(1)})"


def _type(given: Arguments) -> str:
    return physical_at(given.result, given.call.at)


FUNCTIONS = (
    *each(f"{_INTEGERS} real double", lambda t: PAGE.scalar(f"abs({t}) -> {t}", "abs({0})")),
    PAGE.scalar("abs(decimal(p,s)) -> decimal(p,s)", "abs({0})"),
    *(
        PAGE.scalar(f"{name}({given}) -> {given}", "{0}")
        for name in ("ceil", "ceiling", "floor", "round")
        for given in _INTEGERS.split()
    ),
    *(
        PAGE.scalar(f"{name}(decimal(p,s)) -> decimal(k,0)", f"CAST({name}({{0}}) AS {{result}})", _whole)
        for name in ("ceil", "ceiling", "floor", "round")
    ),
    *(
        PAGE.scalar(f"{name}({given}) -> {given}", f"{name}({{0}})")
        for name in ("ceil", "ceiling", "floor", "round")
        for given in ("real", "double")
    ),
    PAGE.scalar("round(double,integer) -> double", _round_double),
    PAGE.scalar("round(decimal(p,s),integer) -> decimal(k,s)", _round_decimal, _rounded),
    PAGE.scalar("truncate(decimal(p,s)) -> decimal(k,0)", "CAST(trunc({0}) AS {result})", _without_fraction),
    PAGE.scalar("truncate(double) -> double", "trunc({0})"),
    PAGE.scalar("truncate(real) -> real", "trunc({0})"),
    *each(_INTEGERS, lambda t: PAGE.scalar(f"sign({t}) -> {t}", f"CAST(sign({{0}}) AS {t.upper()})")),
    PAGE.scalar("sign(decimal(p,s)) -> decimal(1,0)", "CAST(sign({0}) AS {result})"),
    PAGE.scalar("sign(double) -> double", "trino_sign({0})"),
    # Wider first: DuckDB's round of a whole number turns round where it should overflow.
    *each(
        "tinyint smallint integer",
        lambda t: PAGE.scalar(
            f"round({t},integer) -> {t}", f"CAST(round(CAST({{0}} AS BIGINT), {{1}}) AS {t.upper()})"
        ),
    ),
    *each(_INTEGERS, lambda t: PAGE.scalar(f"mod({t},{t}) -> {t}", "trino_integer_modulus({0}, {1})")),
    PAGE.scalar("mod(double,double) -> double", "({0} % {1})"),
    PAGE.scalar("power(double,double) -> double", "power({0}, {1})"),
    PAGE.scalar("pow(double,double) -> double", "power({0}, {1})"),
    PAGE.scalar("sqrt(double) -> double", "trino_sqrt({0})"),
    PAGE.scalar("exp(double) -> double", "exp({0})"),
    PAGE.scalar("ln(double) -> double", "trino_ln({0})"),
    PAGE.scalar("log10(double) -> double", "trino_log10({0})"),
    PAGE.scalar("random() -> double", "random()"),
    PAGE.scalar("rand() -> double", "random()"),
    PAGE.scalar("pi() -> double", "pi()"),
    PAGE.scalar("e() -> double", "CAST('2.718281828459045' AS DOUBLE)"),
    PAGE.scalar("nan() -> double", "CAST('nan' AS DOUBLE)"),
    PAGE.scalar("infinity() -> double", "CAST('inf' AS DOUBLE)"),
    PAGE.scalar("is_nan(double) -> boolean", "isnan({0})"),
    PAGE.scalar("is_nan(real) -> boolean", "isnan({0})"),
    PAGE.scalar("is_finite(double) -> boolean", "isfinite({0})"),
    PAGE.scalar("is_infinite(double) -> boolean", "isinf({0})"),
    PAGE.scalar("degrees(double) -> double", "degrees({0})"),
    PAGE.scalar("radians(double) -> double", "radians({0})"),
    BITS.scalar("bitwise_and(bigint,bigint) -> bigint", "({0} & {1})"),
    BITS.scalar("bitwise_or(bigint,bigint) -> bigint", "({0} | {1})"),
    BITS.scalar("bitwise_xor(bigint,bigint) -> bigint", "xor({0}, {1})"),
    BITS.scalar("bitwise_not(bigint) -> bigint", "(~ {0})"),
)
