"""What goes wrong while a query runs, under the names that Trino gives it."""

import re

import duckdb

NAMED = re.compile(r"(?:^|: )([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): (.*)", re.DOTALL)
CAST_TO_FAIL = re.compile(r"Could not convert string '([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): (.*)' to INT8", re.DOTALL)
BY_SENTENCE = (
    ("out of range for the destination type", "NUMERIC_VALUE_OUT_OF_RANGE"),
    ("More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS"),
)
BY_EXCEPTION: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.OutOfMemoryException, "EXCEEDED_LOCAL_MEMORY_LIMIT"),
    (duckdb.IOException, "HIVE_CURSOR_ERROR"),
)


OBJECT = re.compile(r"'http://[^/']+/([^']+)'")
BY_STATUS = {
    403: ("PERMISSION_DENIED", "Access Denied when reading {uri}"),
    404: ("HIVE_CANNOT_OPEN_SPLIT", "Error opening Hive split {uri}: The specified key does not exist."),
}


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

    SQL raises Trino's own errors by ``error('DIVISION_BY_ZERO: Division by zero')``, or by a cast of such a text to
    TINYINT, which TRY can catch; they are told by their form. What has no counterpart in Trino is a fault of ours.
    """
    if isinstance(error, duckdb.InterruptException):
        return Interrupted()
    if isinstance(error, duckdb.HTTPException):
        return _unreadable(error)
    sentence = str(error).split("\n\nLINE ")[0].strip()
    if isinstance(error, duckdb.InvalidInputException) and (named := NAMED.search(sentence)):
        return EngineError(named[1], named[2])
    if isinstance(error, duckdb.ConversionException) and (named := CAST_TO_FAIL.search(sentence)):
        return EngineError(named[1], named[2])
    for part, name in BY_SENTENCE:
        if part in sentence:
            return EngineError(name, re.sub(r"^[A-Za-z ]*Error: ", "", sentence))
    for kind, name in BY_EXCEPTION:
        if isinstance(error, kind):
            return EngineError(name, re.sub(r"^[A-Za-z ]*Error: ", "", sentence))
    return EngineError("GENERIC_INTERNAL_ERROR", f"emulator: {sentence}")


def _unreadable(error: duckdb.HTTPException) -> EngineError:
    found = OBJECT.search(str(error))
    uri = f"s3://{found[1]}" if found else "an object"
    if (known := BY_STATUS.get(error.status_code)) is not None:
        return EngineError(known[0], known[1].format(uri=uri))
    return EngineError("HIVE_CURSOR_ERROR", f"Failed to read file at {uri}: HTTP {error.status_code}: {error}")
