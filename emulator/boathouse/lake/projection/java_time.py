"""Patterns of Java's DateTimeFormatter, as far as locations use them: numbers of a date and a time, and month names.

https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html. Moments are in UTC and carry no
zone; what a pattern leaves out is the first of its kind (month and day 1, midnight).
"""

import re
from calendar import month_abbr, month_name
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from boathouse.errors import Unsupported

FIELDS = {"y": "year", "u": "year", "M": "month", "L": "month", "d": "day", "D": "day_of_year"} | {
    "H": "hour", "m": "minute", "s": "second", "S": "fraction",
}  # fmt: skip
SIZES = ("year", "month", "day", "hour", "minute", "second", "fraction")
UNITS = {"year": "YEARS", "month": "MONTHS", "day": "DAYS", "day_of_year": "DAYS", "hour": "HOURS"} | {
    "minute": "MINUTES", "second": "SECONDS", "fraction": "MILLISECONDS",
}  # fmt: skip
_PIECE = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<field>([A-Za-z])\3*)|(?P<literal>[^A-Za-z'])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A field with its width, or (``field`` empty) a literal text."""

    field: str
    width: int
    text: str = ""

    @property
    def is_name(self) -> bool:
        return self.field == "month" and self.width > 2

    @property
    def is_fixed(self) -> bool:
        return not self.field or (self.width > 1 and not self.is_name)

    @property
    def regex(self) -> str:
        if not self.field:
            return re.escape(self.text)
        if self.is_name:
            return "|".join(self._names[1:])
        if self.width > 1:
            return rf"\d{{{self.width}}}"
        return r"\d{1,9}" if self.field in ("year", "fraction") else r"\d{1,3}"

    @property
    def _names(self) -> list[str]:
        return list(month_abbr if self.width == 3 else month_name)

    def format(self, moment: datetime) -> str:
        if not self.field:
            return self.text
        if self.is_name:
            return self._names[moment.month]
        if self.field == "fraction":
            return f"{moment.microsecond:06}".ljust(self.width, "0")[: self.width]
        number = moment.timetuple().tm_yday if self.field == "day_of_year" else getattr(moment, self.field)
        return str(number % 100 if self.field == "year" and self.width == 2 else number).zfill(self.width)

    def number(self, text: str) -> int:
        """The field's number in datetime's terms."""
        if self.is_name:
            return self._names.index(text)
        if self.field == "fraction":
            return int(text.ljust(6, "0")[:6])
        return int(text) + (2000 if self.field == "year" and self.width == 2 else 0)


class DatePattern:
    """``yyyy/MM/dd/HH``: formats and parses moments; raises Unsupported for a letter that has no rule here."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._pieces = _pieces(pattern)

    @cached_property
    def regex(self) -> str:
        """What a text of the pattern looks like, without groups that capture."""
        return "".join(f"(?:{piece.regex})" for piece in self._pieces)

    @property
    def finest(self) -> str:
        """The unit of the smallest field: ``DAYS`` for yyyy-MM-dd."""
        units = [UNITS[piece.field] for piece in self._pieces if piece.field]
        return max(units, key=list(UNITS.values()).index, default="YEARS")

    @property
    def sorts(self) -> bool:
        """Whether texts of the pattern are in the order of their moments: fixed widths, from the year downwards."""
        fields = [piece.field for piece in self._pieces if piece.field]
        year = next((piece for piece in self._pieces if piece.field), None)
        return (
            all(piece.is_fixed for piece in self._pieces)
            and tuple(fields) == SIZES[: len(fields)]
            and year is not None
            and year.width == 4
        )

    def format(self, moment: datetime) -> str:
        return "".join(piece.format(moment) for piece in self._pieces)

    def parse(self, text: str) -> datetime:
        """Raises ValueError for what the pattern would not have written."""
        found = self._capturing.fullmatch(text)
        if found is None:
            raise ValueError(f"Text '{text}' could not be parsed with the format '{self.pattern}'")
        fields = (piece for piece in self._pieces if piece.field)
        numbers = {piece.field: piece.number(group) for piece, group in zip(fields, found.groups(), strict=True)}
        day_of_year, fraction = numbers.pop("day_of_year", 1), numbers.pop("fraction", 0)
        first = {"year": 1970, "month": 1, "day": 1} | numbers
        moment = datetime(**first) + timedelta(days=day_of_year - 1, microseconds=fraction)  # type: ignore[arg-type]  # noqa: DTZ001
        if self.format(moment) != text:
            raise ValueError(f"Text '{text}' could not be parsed with the format '{self.pattern}'")
        return moment

    @cached_property
    def _capturing(self) -> re.Pattern[str]:
        return re.compile("".join(f"({piece.regex})" if piece.field else piece.regex for piece in self._pieces))


def _pieces(pattern: str) -> list[Piece]:
    pieces, at = list[Piece](), 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None or found["literal"] in ("[", "]", "{", "}", "#"):
            raise Unsupported(f"'{pattern[at]}' in the date format '{pattern}'")
        pieces.append(_piece(pattern, found))
        at = found.end()
    return pieces


def _piece(pattern: str, found: re.Match[str]) -> Piece:
    if (field := found["field"]) is None:
        quoted = found["quoted"]
        text = found["literal"] if quoted is None else quoted.replace("''", "'") or "'"
        return Piece("", 0, text)
    name, width = FIELDS.get(field[0]), len(field)
    widest = {"year": 4, "month": 4, "day_of_year": 3, "fraction": 9}
    if name is None or width > widest.get(name, 2) or (name == "year" and width == 3):
        raise Unsupported(f"'{field}' in the date format '{pattern}'")
    return Piece(name, width)
