"""Text into tokens with positions, for both of Athena's languages. It knows no grammar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from boathouse.dialects.athena.errors import Position, syntax

Kind = Literal["word", "quoted", "string", "binary", "integer", "decimal", "double", "digits", "symbol", "end"]

_COMMON = r"""
    (?P<space>[ \t\r\n]+|--[^\r\n]*|/\*.*?\*/)
  | (?P<double>(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+(?![A-Za-z0-9_]))
  | (?P<decimal>\d+\.\d*|\.\d+)
  | (?P<digits>\d+[A-Za-z_][A-Za-z0-9_]*)
  | (?P<integer>\d+)
  | (?P<backquoted>`(?:[^`]|``)*`)
"""
_SYMBOLS = r"| (?P<symbol><>|!=|<=|>=|\|\||->|=>|[-+*/%=<>()\[\],.;:?])"
_TRINO = re.compile(
    rf"""{_COMMON}
  | (?P<binary>[xX]'[^']*')
  | (?P<unicode>[uU]&'(?:[^']|'')*')
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  {_SYMBOLS}""",
    re.VERBOSE | re.DOTALL,
)
_HIVE = re.compile(
    rf"""{_COMMON}
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  {_SYMBOLS}""",
    re.VERBOSE | re.DOTALL,
)
_HIVE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is as written, ``value`` what it stands for: a string's content, a quoted name, a word in capitals."""

    kind: Kind
    text: str
    value: str
    at: Position
    start: int
    end: int


def trino_tokens(sql: str) -> list[Token]:
    """Ends with a token of kind ``end``; what is no token of Trino's raises."""
    return list(_tokens(sql, _TRINO))


def hive_tokens(sql: str) -> list[Token]:
    return list(_tokens(sql, _HIVE))


def _tokens(sql: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    offset, line, line_start = 0, 1, 0
    while offset < len(sql):
        at = Position(line, offset - line_start + 1)
        match = pattern.match(sql, offset)
        if match is None:
            raise syntax(at, f"mismatched input '{sql[offset]}'")
        if match.lastgroup != "space":
            yield _token(match, at, pattern is _HIVE)
        text = match.group()
        if "\n" in text:
            line += text.count("\n")
            line_start = offset + text.rindex("\n") + 1
        offset = match.end()
    yield Token("end", "<EOF>", "", Position(line, offset - line_start + 1), offset, offset)


def _token(match: re.Match[str], at: Position, hive: bool) -> Token:
    kind, text = match.lastgroup or "", match.group()
    value = text
    if kind == "word":
        value = text.upper()
    elif kind == "backquoted":
        kind, value = "quoted", text[1:-1].replace("``", "`")
    elif kind == "quoted":
        value = text[1:-1].replace('""', '"')
    elif kind == "string":
        value = _hive_string(text) if hive else text[1:-1].replace("''", "'")
    elif kind == "binary":
        value = _binary(text, at)
    elif kind == "unicode":
        kind, value = "string", _unicode(text, at)
    return Token(kind, text, value, at, match.start(), match.end())  # type: ignore[arg-type]


def _hive_string(text: str) -> str:
    def unescape(match: re.Match[str]) -> str:
        escaped = match.group(1)
        if escaped[0] == "u":
            return chr(int(escaped[1:], 16))
        return _HIVE_ESCAPES.get(escaped, escaped)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", unescape, text[1:-1], flags=re.DOTALL)


def _binary(text: str, at: Position) -> str:
    digits = re.sub(r"\s", "", text[2:-1])
    if not re.fullmatch(r"(?:[0-9a-fA-F]{2})*", digits):
        raise syntax(at, "Binary literal can only contain hexadecimal digits, in pairs")
    return digits.upper()


def _unicode(text: str, at: Position) -> str:
    def decode(match: re.Match[str]) -> str:
        escaped = match.group(1)
        if escaped is None:
            raise syntax(at, f"Invalid Unicode escape sequence in {text}")
        return "\\" if escaped == "\\" else chr(int(escaped.lstrip("+"), 16))

    return re.sub(r"\\(?:(\\|[0-9a-fA-F]{4}|\+[0-9a-fA-F]{6})|)", decode, text[3:-1].replace("''", "'"))
