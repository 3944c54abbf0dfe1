"""How the Athena dialect says no. It knows no service: athena turns a refusal into its own error categories."""

from typing import Literal

Kind = Literal["syntax", "semantic", "unsupported"]


class SqlRefused(Exception):
    """A statement that is not translated, and why.

    ``kind`` is ``syntax`` (no Athena statement), ``semantic`` (Trino would refuse it, in Trino's words) or
    ``unsupported`` (Athena would run it, this emulator cannot do it exactly). ``message`` is complete and carries
    the position; ``line`` and ``column`` are 1-based, as Trino counts.
    """

    def __init__(self, kind: Kind, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.message = message
        self.line = line
        self.column = column


class Position(tuple[int, int]):
    """Line and column, 1-based."""

    __slots__ = ()

    def __new__(cls, line: int, column: int) -> "Position":
        return super().__new__(cls, (line, column))

    def __str__(self) -> str:
        return f"line {self[0]}:{self[1]}"


def syntax(at: Position, sentence: str) -> SqlRefused:
    return SqlRefused("syntax", f"{at}: {sentence}", *at)


def semantic(name: str, at: Position, sentence: str) -> SqlRefused:
    """``name`` is Trino's error name (``COLUMN_NOT_FOUND``)."""
    return SqlRefused("semantic", f"{name}: {at}: {sentence}", *at)


def runtime(name: str, at: Position, sentence: str) -> SqlRefused:
    """What Trino finds out only while it runs, and says without a position."""
    return SqlRefused("semantic", f"{name}: {sentence}", *at)


def invalid_literal(at: Position, written: str, name: str) -> SqlRefused:
    return semantic("INVALID_LITERAL", at, f"'{written}' is not a valid {name} literal")


def unsupported(at: Position, what: str) -> SqlRefused:
    """``what`` names the construct, function or type."""
    return SqlRefused("unsupported", f"emulator: {at}: {what} is not supported; docs/coverage.md lists what is", *at)
