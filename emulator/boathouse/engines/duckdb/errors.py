"""What goes wrong while a query runs, under the names that Trino gives it."""

import re

import duckdb

NAMED = re.compile(r"(?:^|: )([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): (.*)", re.DOTALL)
BY_EXCEPTION: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.OutOfMemoryException, "EXCEEDED_LOCAL_MEMORY_LIMIT"),
    (duckdb.HTTPException, "HIVE_CURSOR_ERROR"),
    (duckdb.IOException, "HIVE_CURSOR_ERROR"),
)


class EngineError(Exception):
    """A query that failed while it ran: ``name`` is Trino's (``DIVISION_BY_ZERO``), ``message`` its sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


class ScanTooLarge(Exception):
    """Reading what the query needs takes ``scanned`` bytes, more than it was allowed. Nothing was read."""

    def __init__(self, scanned: int) -> None:
        super().__init__(scanned)
        self.scanned = scanned


class Interrupted(Exception):
    """The query was cancelled."""


def translated(error: duckdb.Error) -> EngineError | Interrupted:
    """DuckDB's error as Trino would name it.

    Translated SQL raises Trino's own errors by ``error('DIVISION_BY_ZERO: Division by zero')``; they are told by
    their form. What has no counterpart in Trino is a fault of ours and says so.
    """
    if isinstance(error, duckdb.InterruptException):
        return Interrupted()
    sentence = str(error).split("\n\nLINE ")[0].strip()
    if isinstance(error, duckdb.InvalidInputException) and (named := NAMED.search(sentence)):
        return EngineError(named[1], named[2])
    for kind, name in BY_EXCEPTION:
        if isinstance(error, kind):
            return EngineError(name, re.sub(r"^[A-Za-z ]*Error: ", "", sentence))
    return EngineError("GENERIC_INTERNAL_ERROR", f"emulator: {sentence}")
