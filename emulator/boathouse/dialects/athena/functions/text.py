"""Functions on text. Trino counts code points, and NULL in gives NULL out."""

from boathouse.dialects.athena.functions.rules import Page

PAGE = Page("https://trino.io/docs/435/functions/string.html")

FUNCTIONS = (
    PAGE.scalar("length(varchar) -> bigint", "length({0})"),
    PAGE.scalar("lower(varchar(n)) -> varchar(n)", "lower({0})"),
    PAGE.scalar("upper(varchar(n)) -> varchar(n)", "upper({0})"),
    PAGE.scalar("strpos(varchar,varchar) -> bigint", "strpos({0}, {1})"),
    PAGE.scalar("starts_with(varchar,varchar) -> boolean", "starts_with({0}, {1})"),
    PAGE.scalar("substr(varchar(n),bigint) -> varchar(n)", "trino_substring({0}, {1})"),
    PAGE.scalar("substr(varchar(n),bigint,bigint) -> varchar(n)", "trino_substring_for({0}, {1}, {2})"),
    PAGE.scalar("substring(varchar(n),bigint) -> varchar(n)", "trino_substring({0}, {1})"),
    PAGE.scalar("substring(varchar(n),bigint,bigint) -> varchar(n)", "trino_substring_for({0}, {1}, {2})"),
    PAGE.scalar("split(varchar,varchar) -> array(varchar)", "trino_split({0}, {1})"),
    PAGE.scalar("split_part(varchar(n),varchar,bigint) -> varchar(n)", "trino_split_part({0}, {1}, {2})"),
)
