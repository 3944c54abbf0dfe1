"""Arrays and maps. What an array says of a NULL within it is Trino's, which is three-valued."""

from boathouse.dialects.athena.functions.rules import Arguments, Page, each

PAGE = Page("https://trino.io/docs/435/functions/array.html")
MAPS = Page("https://trino.io/docs/435/functions/map.html")
_PLAIN = "boolean tinyint smallint integer bigint varchar(n) decimal(p,s) date timestamp(p) varbinary"
"""Types of elements that compare alike in both: no NaN, nothing nested."""


def _join(given: Arguments) -> str:
    return f"array_to_string({given.sql(0)}, {given.sql(1)})"


FUNCTIONS = (
    PAGE.scalar("cardinality(array(T)) -> bigint", "len({0})"),
    MAPS.scalar("cardinality(map(K,V)) -> bigint", "CAST(cardinality({0}) AS BIGINT)"),
    PAGE.scalar("element_at(array(T),bigint) -> T", "trino_array_element_at({0}, {1})"),
    MAPS.scalar("element_at(map(K,V),K) -> V", "map_extract_value({0}, {1})"),
    MAPS.scalar("map(array(K),array(V)) -> map(K,V)", "map({0}, {1})"),
    MAPS.scalar("map_keys(map(K,V)) -> array(K)", "map_keys({0})"),
    MAPS.scalar("map_values(map(K,V)) -> array(V)", "map_values({0})"),
    PAGE.scalar("slice(array(T),bigint,bigint) -> array(T)", "trino_slice({0}, {1}, {2})"),
    PAGE.scalar("sequence(bigint,bigint) -> array(bigint)", "trino_sequence({0}, {1})"),
    PAGE.scalar("array_join(array(varchar),varchar) -> varchar", _join),
    PAGE.scalar("reverse(array(T)) -> array(T)", "list_reverse({0})"),
    *each(_PLAIN, lambda t: PAGE.scalar(f"contains(array({t}),{t}) -> boolean", "trino_contains({0}, {1})")),
    *each(_PLAIN, lambda t: PAGE.scalar(f"array_max(array({t})) -> {t}", "trino_array_max({0})")),
    *each(_PLAIN, lambda t: PAGE.scalar(f"array_min(array({t})) -> {t}", "trino_array_min({0})")),
    *each(_PLAIN, lambda t: PAGE.scalar(f"array_position(array({t}),{t}) -> bigint", "trino_array_position({0}, {1})")),
    *each(
        _PLAIN, lambda t: PAGE.scalar(f"array_sort(array({t})) -> array({t})", "list_sort({0}, 'ASC', 'NULLS LAST')")
    ),
    *each(_PLAIN, lambda t: PAGE.scalar(f"array_distinct(array({t})) -> array({t})", "trino_array_distinct({0})")),
)
