"""The Kinesis record: one JSON object that says where a line came from. Knows no file and no client."""

import base64
import json
from typing import Any

LIMIT = 1000 * 1024
"""What Firehose takes of a record, in bytes (https://docs.aws.amazon.com/firehose/latest/dev/limits.html)."""


def contents(source: str, ordinal: int, line: bytes) -> dict[str, Any]:
    """``{source, ordinal, line}``; a line that is not UTF-8 is in base64, and ``encoding`` says so."""
    try:
        return {"source": source, "ordinal": ordinal, "line": line.decode()}
    except UnicodeDecodeError:
        return {"source": source, "ordinal": ordinal, "line": base64.b64encode(line).decode(), "encoding": "base64"}


def seal(source: str, ordinal: int, line: bytes) -> bytes:
    """The record's bytes."""
    return json.dumps(contents(source, ordinal, line), ensure_ascii=False, separators=(",", ":")).encode()
