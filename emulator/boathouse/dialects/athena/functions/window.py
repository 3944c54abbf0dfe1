"""Ranking and value functions: they stand before OVER only."""

from collections.abc import Callable

from boathouse.dialects.athena.functions.rules import Arguments, Page

PAGE = Page("https://trino.io/docs/435/functions/window.html")
NEED_ORDER = ("lag", "lead")
"""They need ORDER BY in their window, and no frame."""


def _counted(template: str, index: int, least: int, what: str) -> Callable[[Arguments], str]:
    """``template``, if the argument ``index`` is a whole number from ``least`` on: DuckDB's lag(-1) is a lead."""

    def emit(given: Arguments) -> str:
        number = given.values[index].constant
        if not isinstance(number, int):
            raise given.refuse(index, f"{given.call.name} with {what.lower()} that is no literal")
        if number < least:
            bound = f"greater than {least - 1}" if what == "Buckets" else f"at least {least}"
            raise given.invalid(index, f"{what} must be {bound}")
        return template

    return emit


FUNCTIONS = (
    PAGE.window("row_number() -> bigint", "row_number(){over}"),
    PAGE.window("rank() -> bigint", "rank(){over}"),
    PAGE.window("dense_rank() -> bigint", "dense_rank(){over}"),
    PAGE.window("percent_rank() -> double", "percent_rank(){over}"),
    PAGE.window("cume_dist() -> double", "cume_dist(){over}"),
    PAGE.window("ntile(bigint) -> bigint", _counted("ntile({0}){over}", 0, 1, "Buckets")),
    PAGE.window("first_value(T) -> T", "first_value({0}{nulls}){over}"),
    PAGE.window("last_value(T) -> T", "last_value({0}{nulls}){over}"),
    PAGE.window("nth_value(T,bigint) -> T", _counted("nth_value({0}, {1}{nulls}){over}", 1, 1, "Offset")),
    *(
        rule
        for name in NEED_ORDER
        for rule in (
            PAGE.window(f"{name}(T) -> T", f"{name}({{0}}{{nulls}}){{over}}"),
            PAGE.window(f"{name}(T,bigint) -> T", _counted(f"{name}({{0}}, {{1}}{{nulls}}){{over}}", 1, 0, "Offset")),
            PAGE.window(
                f"{name}(T,bigint,T) -> T", _counted(f"{name}({{0}}, {{1}}, {{2}}{{nulls}}){{over}}", 1, 0, "Offset")
            ),
        )
    ),
)
