"""date_format and date_parse (MySQL's formats), format_datetime and parse_datetime (Joda's), each as strftime's.

A text is parsed only where the format leaves no choice: it has to fit a regular expression made from the format.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from boathouse.dialects.athena.functions.rules import Arguments, Page
from boathouse.dialects.athena.types.physical import literal

PAGE = Page("https://trino.io/docs/435/functions/datetime.html")
_MOMENTS = ("timestamp(p)", "timestamp(p) with time zone")


@dataclass(frozen=True, slots=True)
class Part:
    """``shown`` is strftime's, ``parsed`` strptime's, ``read`` a regular expression; None where it only prints."""

    shown: str
    read: str | None = None
    parsed: str | None = None


_YEAR = Part("%Y", "[0-9]{4}", "%Y")
_SHORT_YEAR = Part("%y", "(?:[0-57-9][0-9]|6[0-8])", "%y")  # 69 is 2069 in Trino, 1969 in DuckDB
_MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_SHORT_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TWO = "[0-9]{2}"
_ONE_OR_TWO = "[0-9]{1,2}"
MYSQL: Mapping[str, Part] = {
    "Y": _YEAR,
    "y": _SHORT_YEAR,
    "m": Part("%m", _TWO, "%m"),
    "c": Part("%-m", _ONE_OR_TWO, "%m"),
    "M": Part("%B", _MONTHS, "%B"),
    "b": Part("%b", _SHORT_MONTHS, "%b"),
    "d": Part("%d", _TWO, "%d"),
    "e": Part("%-d", _ONE_OR_TWO, "%d"),
    "H": Part("%H", _TWO, "%H"),
    "k": Part("%-H", _ONE_OR_TWO, "%H"),
    "h": Part("%I"),
    "I": Part("%I"),
    "l": Part("%-I"),
    "i": Part("%M", _TWO, "%M"),
    "s": Part("%S", _TWO, "%S"),
    "S": Part("%S", _TWO, "%S"),
    "f": Part("%g000", "[0-9]{3}(?:000)?", "%f"),
    "p": Part("%p"),
    "T": Part("%H:%M:%S", "[0-9]{2}:[0-9]{2}:[0-9]{2}", "%H:%M:%S"),
    "r": Part("%I:%M:%S %p"),
    "a": Part("%a"),
    "W": Part("%A"),
    "j": Part("%j"),
    "v": Part("%V"),
    "x": Part("%G"),
    "%": Part("%%", "%", "%%"),
}
_MYSQL_REFUSED = "DUuVwX"
JODA: Mapping[str, Part] = {
    "yyyy": _YEAR,
    "MM": Part("%m", _TWO, "%m"),
    "MMM": Part("%b", _SHORT_MONTHS, "%b"),
    "MMMM": Part("%B", _MONTHS, "%B"),
    "dd": Part("%d", _TWO, "%d"),
    "HH": Part("%H", _TWO, "%H"),
    "mm": Part("%M", _TWO, "%M"),
    "ss": Part("%S", _TWO, "%S"),
    "SSS": Part("%g", "[0-9]{3}", "%f"),
    "hh": Part("%I"),
    "a": Part("%p"),
    "EEE": Part("%a"),
    "EEEE": Part("%A"),
    "DDD": Part("%j"),
}


def mysql_parts(given: Arguments) -> list[Part]:
    text, parts, position = given.text(1, "a format"), list[Part](), 0
    if not text:
        raise given.invalid(1, "Both printing and parsing not supported")
    while position < len(text):
        character = text[position]
        position += 1
        if character != "%":
            parts.append(_literal(character))
            continue
        if position == len(text):
            raise given.refuse(1, "a format that ends with %")
        letter = text[position]
        position += 1
        if letter in _MYSQL_REFUSED:
            raise given.invalid(1, f"%{letter} not supported in date format string")
        parts.append(MYSQL.get(letter) or _literal(letter))
    return parts


def joda_parts(given: Arguments) -> list[Part]:
    parts = list[Part]()
    for match in re.finditer(r"''|'((?:[^']|'')*)'|([A-Za-z])\2*|.", given.text(1, "a format"), re.DOTALL):
        text = match.group()
        if text == "''":
            parts.append(_literal("'"))
        elif match.group(1) is not None:
            parts.extend(map(_literal, match.group(1).replace("''", "'")))
        elif match.group(2):
            if text not in JODA:
                raise given.refuse(1, f"{text} in the format of {given.call.name}")
            parts.append(JODA[text])
        elif text == "'":
            raise given.refuse(1, "a format with a quote that does not close")
        else:
            parts.append(_literal(text))
    return parts


def _literal(character: str) -> Part:
    shown = "%%" if character == "%" else character
    return Part(shown, re.escape(character) if character.isascii() and not character.isalnum() else character, shown)


def _shown(parts: list[Part], given: Arguments) -> str:
    moment = given.sql(0)
    if given.values[0].type.parameters[0] > 3:  # Trino rounds to milliseconds first
        moment = f"date_trunc('milliseconds', {moment} + to_microseconds(500))"
    return f"strftime({moment}, {literal(''.join(part.shown for part in parts))})"


def _parsed(parts: list[Part], given: Arguments) -> str:
    """A format needs a year: without one Trino begins at 1970, DuckDB at 1900."""
    unread = [part.shown for part in parts if part.read is None]
    if unread or not any(part in (_YEAR, _SHORT_YEAR) for part in parts):
        raise given.refuse(1, f"{given.call.name} with the format {given.values[1].text}")
    pattern = "".join(part.read or "" for part in parts)
    format_text = "".join(part.parsed or "" for part in parts)
    return f"trino_parse_date({given.sql(0)}, {literal(pattern)}, {literal(format_text)})"


FUNCTIONS = (
    *(
        PAGE.scalar(f"date_format({moment},varchar) -> varchar", lambda given: _shown(mysql_parts(given), given))
        for moment in _MOMENTS
    ),
    PAGE.scalar("date_parse(varchar,varchar) -> timestamp(3)", lambda given: _parsed(mysql_parts(given), given)),
    *(
        PAGE.scalar(f"format_datetime({moment},varchar) -> varchar", lambda given: _shown(joda_parts(given), given))
        for moment in _MOMENTS
    ),
    PAGE.scalar(
        "parse_datetime(varchar,varchar) -> timestamp(3) with time zone",
        lambda given: f"CAST({_parsed(joda_parts(given), given)} AS TIMESTAMPTZ)",
    ),
)
