"""Ranking and value functions: they stand before OVER only."""

from boathouse.dialects.athena.functions.rules import Page

PAGE = Page("https://trino.io/docs/435/functions/window.html")

FUNCTIONS = (
    PAGE.window("row_number() -> bigint", "row_number(){over}"),
    PAGE.window("rank() -> bigint", "rank(){over}"),
    PAGE.window("dense_rank() -> bigint", "dense_rank(){over}"),
    PAGE.window("percent_rank() -> double", "percent_rank(){over}"),
    PAGE.window("cume_dist() -> double", "cume_dist(){over}"),
    PAGE.window("ntile(bigint) -> bigint", "ntile({0}){over}"),
    PAGE.window("first_value(T) -> T", "first_value({0}{nulls}){over}"),
    PAGE.window("last_value(T) -> T", "last_value({0}{nulls}){over}"),
    PAGE.window("nth_value(T,bigint) -> T", "nth_value({0}, {1}{nulls}){over}"),
    PAGE.window("lag(T) -> T", "lag({0}{nulls}){over}"),
    PAGE.window("lag(T,bigint) -> T", "lag({0}, {1}{nulls}){over}"),
    PAGE.window("lag(T,bigint,T) -> T", "lag({0}, {1}, {2}{nulls}){over}"),
    PAGE.window("lead(T) -> T", "lead({0}{nulls}){over}"),
    PAGE.window("lead(T,bigint) -> T", "lead({0}, {1}{nulls}){over}"),
    PAGE.window("lead(T,bigint,T) -> T", "lead({0}, {1}, {2}{nulls}){over}"),
)
