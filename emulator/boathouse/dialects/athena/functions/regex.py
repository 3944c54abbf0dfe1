"""Functions of regular expressions. The pattern has to be a literal, since it is read and rewritten: patterns.py."""

from collections.abc import Callable, Sequence

from boathouse.datatypes import DataType
from boathouse.dialects.athena.functions.patterns import PatternRefused, Regex, parse_pattern
from boathouse.dialects.athena.functions.rules import Arguments, Page
from boathouse.dialects.athena.grammar.types import LONGEST_VARCHAR
from boathouse.dialects.athena.types.physical import literal

PAGE = Page("https://trino.io/docs/435/functions/regexp.html")


def _pattern(given: Arguments) -> Regex:
    text = given.text(1, "a pattern")
    try:
        return parse_pattern(text)
    except PatternRefused as refused:
        raise given.refuse(1, str(refused)) from None


def _plain(given: Arguments) -> Regex:
    """For functions that go on after a match, where DuckDB begins anew with what is left."""
    pattern = _pattern(given)
    if pattern.nullable or pattern.to_end or pattern.from_start:
        raise given.refuse(1, f"{given.call.name} with a pattern that matches nothing, or has ^ or $")
    return pattern


def _like(given: Arguments) -> str:
    return f"regexp_matches({given.sql(0)}, {literal(_pattern(given).matching)})"


def _group_number(given: Arguments, pattern: Regex) -> int:
    if len(given.values) < 3:
        return 0
    number = given.values[2].constant
    if not isinstance(number, int):
        raise given.refuse(2, f"{given.call.name} with a group that is no literal")
    if number > len(pattern.groups) or number < 0:
        sentence = f"Pattern has {len(pattern.groups)} groups. Cannot access group {number}"
        raise given.invalid(2, sentence)
    if number and (group := pattern.groups[number - 1]) and (group.repeated or (group.optional and group.nullable)):
        raise given.refuse(2, f"{given.call.name} with a group that may match several times or nothing")
    return number


def _extract(given: Arguments) -> str:
    """NULL without a match, and for a group that takes no part: DuckDB has the empty text."""
    pattern = _pattern(given)
    number = _group_number(given, pattern)
    optional = bool(number) and pattern.groups[number - 1].optional
    re2, shift = (rf"({pattern.re2})\n?\z", 1) if pattern.to_end else (pattern.re2, 0)
    if pattern.to_end and pattern.re2.startswith("(?i)"):
        raise given.refuse(1, f"{given.call.name} with (?i) and $")
    found = f"regexp_extract({given.sql(0)}, {literal(re2)}, {number + shift})"
    found = f"nullif({found}, '')" if optional else found
    return f"(CASE WHEN regexp_matches({given.sql(0)}, {literal(re2)}) THEN {found} END)"


def _extract_all(given: Arguments) -> str:
    pattern = _plain(given)
    number = _group_number(given, pattern)
    if number and pattern.groups[number - 1].optional:
        raise given.refuse(2, f"{given.call.name} with a group that may take no part")
    return f"regexp_extract_all({given.sql(0)}, {literal(pattern.re2)}, {number})"


def _count(given: Arguments) -> str:
    return f"len(regexp_extract_all({given.sql(0)}, {literal(_plain(given).re2)}))"


def _split(given: Arguments) -> str:
    return f"regexp_split_to_array({given.sql(0)}, {literal(_plain(given).re2)})"


def _replace(given: Arguments) -> str:
    pattern = _pattern(given)
    if pattern.nullable or (pattern.to_end and (pattern.lazy or pattern.re2.startswith("(?i)"))):
        raise given.refuse(1, f"regexp_replace with the pattern {given.values[1].text}")
    replacement = given.text(2, "a replacement") if len(given.values) > 2 else ""
    if pattern.to_end:  # the line feed at the end stays
        rewritten = _replacement(replacement, pattern, 1, given) + f"\\{len(pattern.groups) + 2}"
        re2 = rf"({pattern.re2})(\n?)\z"
    else:
        rewritten, re2 = _replacement(replacement, pattern, 0, given), pattern.re2
    return f"regexp_replace({given.sql(0)}, {literal(re2)}, {literal(rewritten)}, 'g')"


def _replacement(text: str, pattern: Regex, shift: int, given: Arguments) -> str:
    """Java's ``$1`` and ``\\$`` as RE2's ``\\1`` and ``$``."""
    rewritten, position = "", 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == "\\":
            if position == len(text):
                raise given.refuse(2, "a replacement that ends with a backslash")
            character = text[position]
            position += 1
        elif character == "$":
            number, position = _reference(text, position, pattern, given)
            rewritten += f"\\{number + shift}"
            continue
        rewritten += "\\\\" if character == "\\" else character
    return rewritten


def _reference(text: str, position: int, pattern: Regex, given: Arguments) -> tuple[int, int]:
    if text[position : position + 1] == "{":
        raise given.refuse(2, "a named group in a replacement")
    if not text[position : position + 1].isdigit():
        raise given.invalid(2, f"Illegal replacement sequence: ${text[position:]}")
    number = int(text[position])
    position += 1
    if number > len(pattern.groups):
        raise given.refuse(2, f"a replacement by the group {number}, which the pattern does not have")
    if text[position : position + 1].isdigit() and number * 10 + int(text[position]) <= len(pattern.groups):
        raise given.refuse(2, "more than nine groups in a replacement")
    if number and pattern.groups[number - 1].repeated:
        raise given.refuse(2, "a replacement by a group that may match several times")
    return number, position


def _replaced(types: Sequence[DataType]) -> DataType:
    """The longest that a replacement can make the text, as Trino reckons it."""
    if not (types[0].parameters and types[2].parameters):
        return DataType("varchar")
    length, added = types[0].parameters[0], types[2].parameters[0]
    longest = length + max(length * added // 2, added) * (length + 1)
    return DataType("varchar", (longest,)) if longest <= LONGEST_VARCHAR else DataType("varchar")


_RULES: tuple[tuple[str, Callable[[Arguments], str]], ...] = (
    ("regexp_like(varchar,varchar) -> boolean", _like),
    ("regexp_extract(varchar(n),varchar) -> varchar(n)", _extract),
    ("regexp_extract(varchar(n),varchar,bigint) -> varchar(n)", _extract),
    ("regexp_extract_all(varchar(n),varchar) -> array(varchar(n))", _extract_all),
    ("regexp_extract_all(varchar(n),varchar,bigint) -> array(varchar(n))", _extract_all),
    ("regexp_count(varchar,varchar) -> bigint", _count),
    ("regexp_split(varchar(n),varchar) -> array(varchar(n))", _split),
    ("regexp_replace(varchar(n),varchar) -> varchar(n)", _replace),
)

FUNCTIONS = (
    *(PAGE.scalar(signature, emit) for signature, emit in _RULES),
    PAGE.scalar("regexp_replace(varchar(n),varchar,varchar(m)) -> varchar(k)", _replace, _replaced),
)
