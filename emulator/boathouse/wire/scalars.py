"""Scalars as text and back: timestamps in the models' formats, numbers, booleans, blobs."""

import base64
import binascii
import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from botocore.model import Shape

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INTEGER_LIMITS = {"integer": 2**31, "long": 2**63}
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,19}\s*", re.ASCII)
SPECIAL_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Malformed(Exception):
    """A request that cannot be read; the message says what was found where something else was expected."""


def timestamp_format(shape: Shape, default: str) -> str:
    """unixTimestamp, iso8601 or rfc822, in lower case."""
    return str(shape.serialization.get("timestampFormat", default)).lower()


def read_timestamp(value: Any, form: str) -> datetime:
    """From a number of seconds, or from text in ``form``."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and form == "unixtimestamp":
            return EPOCH + timedelta(seconds=value)
        if isinstance(value, str) and form == "unixtimestamp":
            return EPOCH + timedelta(seconds=float(value))
        if isinstance(value, str):
            read = parsedate_to_datetime(value) if form == "rfc822" else datetime.fromisoformat(value)
            return read if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"Unable to parse the timestamp {value!r}") from error
    raise misplaced(value, "a Timestamp")


def write_timestamp(value: datetime, form: str, *, milliseconds: bool = False) -> str | int | float:
    """Epoch seconds as a number, or text. ``milliseconds`` writes them even where they are zero, as S3 does."""
    if value.tzinfo is None:
        raise TypeError(f"a timestamp without a time zone cannot be answered: {value!r}")
    if form == "unixtimestamp":
        seconds = round((value - EPOCH).total_seconds(), 3)
        return int(seconds) if seconds.is_integer() else seconds
    value = value.astimezone(UTC)
    if form == "rfc822":
        return format_datetime(value.replace(microsecond=0), usegmt=True)
    whole = value.strftime("%Y-%m-%dT%H:%M:%S")
    thousandths = value.microsecond // 1000
    return f"{whole}.{thousandths:03d}Z" if thousandths or milliseconds else f"{whole}Z"


def read_blob(value: Any) -> bytes:
    """From base64."""
    if not isinstance(value, str):
        raise misplaced(value, "a Blob")
    try:
        return binascii.a2b_base64(value, strict_mode=True) if value else b""
    except (binascii.Error, ValueError) as error:
        raise Malformed("The blob is not valid base64") from error


def write_blob(value: bytes | str) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode("ascii")


def read_integer_text(text: str, limit: int) -> int:
    if _INTEGER.fullmatch(text) and -limit <= (value := int(text)) < limit:
        return value
    raise Malformed(f"{text[:64]!r} is not an integer")


def read_float_text(text: str) -> float:
    if text in SPECIAL_FLOATS:
        return SPECIAL_FLOATS[text]
    try:
        return float(text)
    except ValueError as error:
        raise Malformed(f"{text[:64]!r} is not a number") from error


def read_boolean_text(text: str) -> bool:
    if (known := {"true": True, "false": False}.get(text.strip().lower())) is None:
        raise Malformed(f"{text[:64]!r} is not a boolean")
    return known


def read_text(shape: Shape, text: str, default_timestamp: str) -> Any:
    """A scalar that arrived as text: a header, a query parameter, a form's field, an XML element."""
    match shape.type_name:
        case "integer" | "long":
            return read_integer_text(text, INTEGER_LIMITS[shape.type_name])
        case "float" | "double":
            return read_float_text(text)
        case "boolean":
            return read_boolean_text(text)
        case "timestamp":
            return read_timestamp(text, timestamp_format(shape, default_timestamp))
        case "blob":
            return read_blob(text)
        case _:
            return text


def write_float(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def write_text(shape: Shape, value: Any, default_timestamp: str, *, milliseconds: bool = False) -> str:
    match shape.type_name:
        case "boolean":
            return "true" if value else "false"
        case "float" | "double":
            return str(write_float(value))
        case "timestamp":
            form = timestamp_format(shape, default_timestamp)
            return str(write_timestamp(value, form, milliseconds=milliseconds))
        case "blob":
            return write_blob(value)
        case _:
            return str(value)


def misplaced(value: Any, expected: str) -> Malformed:
    """In the words of AWS's reader of JSON; ``expected`` is Java's type with its article."""
    match value:
        case dict():
            return Malformed("Start of structure or map found where not expected.")
        case list():
            return Malformed("Start of list found where not expected")
        case bool():
            found = "TRUE_VALUE" if value else "FALSE_VALUE"
        case int() | float():
            found = "NUMBER_VALUE"
        case _:
            found = "STRING_VALUE"
    return Malformed(f"{found} can not be converted to {expected}")
