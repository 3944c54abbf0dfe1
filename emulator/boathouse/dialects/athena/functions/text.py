"""Functions on text. Trino counts code points, and NULL in gives NULL out."""

from collections.abc import Sequence

from boathouse.datatypes import DataType
from boathouse.dialects.athena.functions.rules import Arguments, Page
from boathouse.dialects.athena.grammar.types import LONGEST_VARCHAR
from boathouse.dialects.athena.types.physical import literal

PAGE = Page("https://trino.io/docs/435/functions/string.html")
BINARY = Page("https://trino.io/docs/435/functions/binary.html")
_WHITE_SPACE = (
    "".join(
        map(
            chr, (*range(9, 14), *range(28, 33), 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x2028, 0x2029)
        )
    )
    + "\u205f\u3000"
)
"""What trim takes away without being told: measured on every code point (Trino 435). Not the no-break spaces."""


def _white(function: str) -> str:
    return f"{function}({{0}}, {literal(_WHITE_SPACE)})"


def _substring(given: Arguments) -> str:
    """DuckDB's own, where start and length are known to be ordinary; else the macro, which looks."""
    start, *rest = (value.constant for value in given.values[1:])
    sqls = ", ".join(value.sql for value in given.values)
    if isinstance(start, int) and start > 0 and all(isinstance(length, int) and length > 0 for length in rest):
        return f"substring({sqls})"
    return f"trino_substring_for({sqls})" if rest else f"trino_substring({sqls})"


def _split(given: Arguments) -> str:
    if given.values[1].constant:
        return f"string_split({given.sql(0)}, {given.sql(1)})"
    return f"trino_split({given.sql(0)}, {given.sql(1)})"


def _split_part(given: Arguments) -> str:
    index = given.values[2].constant
    if isinstance(index, int) and index > 0:
        return f"list_extract(string_split({given.sql(0)}, {given.sql(1)}), {given.sql(2)})"
    return f"trino_split_part({given.sql(0)}, {given.sql(1)}, {given.sql(2)})"


def _concat(given: Arguments) -> str:
    return f"({' || '.join(value.sql for value in given.values)})"


def _replace(given: Arguments) -> str:
    """The empty text is found between all characters in Trino, nowhere in DuckDB."""
    if not given.text(1, "a search text"):
        raise given.refuse(1, "replace of the empty text")
    return f"replace({given.sql(0)}, {given.sql(1)}, {given.sql(2) if len(given.values) > 2 else literal('')})"


def _replaced(types: Sequence[DataType]) -> DataType:
    if not (types[0].parameters and types[2].parameters):
        return DataType("varchar")
    longest = types[0].parameters[0] + types[2].parameters[0] * (types[0].parameters[0] + 1)
    return DataType("varchar", (longest,)) if longest <= LONGEST_VARCHAR else DataType("varchar")


def _translate(given: Arguments) -> str:
    if len(set(given.text(1, "characters"))) != len(given.text(1, "characters")):
        raise given.refuse(1, "translate of a character that is named twice")
    return f"translate({given.sql(0)}, {given.sql(1)}, {given.sql(2)})"


FUNCTIONS = (
    PAGE.scalar("length(varchar) -> bigint", "length({0})"),
    PAGE.scalar("lower(varchar(n)) -> varchar(n)", "lower({0})"),
    PAGE.scalar("upper(varchar(n)) -> varchar(n)", "trino_upper({0})"),
    PAGE.scalar("strpos(varchar,varchar) -> bigint", "strpos({0}, {1})"),
    PAGE.scalar("starts_with(varchar,varchar) -> boolean", "starts_with({0}, {1})"),
    PAGE.scalar("substr(varchar(n),bigint) -> varchar(n)", _substring),
    PAGE.scalar("substr(varchar(n),bigint,bigint) -> varchar(n)", _substring),
    PAGE.scalar("substring(varchar(n),bigint) -> varchar(n)", _substring),
    PAGE.scalar("substring(varchar(n),bigint,bigint) -> varchar(n)", _substring),
    PAGE.scalar("split(varchar(n),varchar) -> array(varchar(n))", _split),
    PAGE.scalar("split_part(varchar(n),varchar,bigint) -> varchar(n)", _split_part),
    PAGE.scalar("trim(varchar(n)) -> varchar(n)", _white("trim")),
    PAGE.scalar("ltrim(varchar(n)) -> varchar(n)", _white("ltrim")),
    PAGE.scalar("rtrim(varchar(n)) -> varchar(n)", _white("rtrim")),
    PAGE.scalar("trim(varchar(n),varchar) -> varchar(n)", "trim({0}, {1})"),
    PAGE.scalar("ltrim(varchar(n),varchar) -> varchar(n)", "ltrim({0}, {1})"),
    PAGE.scalar("rtrim(varchar(n),varchar) -> varchar(n)", "rtrim({0}, {1})"),
    PAGE.scalar("replace(varchar(n),varchar) -> varchar(n)", _replace),
    PAGE.scalar("replace(varchar(n),varchar(m),varchar(k)) -> varchar(u)", _replace, _replaced),
    PAGE.scalar("reverse(varchar(n)) -> varchar(n)", "trino_reverse({0})"),
    PAGE.scalar("lpad(varchar,bigint,varchar) -> varchar", "trino_lpad({0}, {1}, {2})"),
    PAGE.scalar("rpad(varchar,bigint,varchar) -> varchar", "trino_rpad({0}, {1}, {2})"),
    PAGE.scalar("concat(varchar,varchar...) -> varchar", _concat),
    PAGE.scalar("concat(varbinary,varbinary...) -> varbinary", _concat),
    PAGE.scalar("concat_ws(varchar,varchar...) -> varchar", "concat_ws({all})"),
    PAGE.scalar("chr(bigint) -> varchar(1)", "trino_chr({0})"),
    PAGE.scalar("codepoint(varchar(1)) -> integer", "trino_codepoint({0})"),
    PAGE.scalar("translate(varchar,varchar,varchar) -> varchar", _translate),
    PAGE.scalar("levenshtein_distance(varchar,varchar) -> bigint", "trino_levenshtein({0}, {1}, {at})"),
    BINARY.scalar("to_utf8(varchar) -> varbinary", "encode({0})"),
    BINARY.scalar("to_hex(varbinary) -> varchar", "hex({0})"),
    BINARY.scalar("md5(varbinary) -> varbinary", "unhex(md5({0}))"),
    BINARY.scalar("sha256(varbinary) -> varbinary", "unhex(sha256({0}))"),
    BINARY.scalar("to_base64(varbinary) -> varchar", "to_base64({0})"),
    # Exact where they answer: DuckDB fails on bytes that are no UTF-8, where Trino puts U+FFFD, and on missing padding.
    BINARY.scalar("from_base64(varchar) -> varbinary", "from_base64({0})"),
    BINARY.scalar("from_utf8(varbinary) -> varchar", "decode({0})"),
)
