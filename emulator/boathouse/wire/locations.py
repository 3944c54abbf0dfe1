"""Members that a REST request carries outside its body: in the path, the query string and the headers."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import ListShape, MapShape, Shape, StructureShape

from boathouse.wire.messages import Head, Headers
from boathouse.wire.scalars import Malformed, read_text

LOCATIONS = ("uri", "querystring", "header", "headers")
QueryLists = dict[str, list[str]]
_LIST_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)')
_DATES = re.compile(r"\s*([^,]+,[^,]+)(?:,|$)")


class MalformedPart(Malformed):
    """As Malformed, with the part of the request: header or query."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


def query_lists(query: str) -> QueryLists:
    found: QueryLists = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(key, []).append(value)
    return found


def read_located(
    shape: StructureShape, head: Head, template: str, labels: Mapping[str, str], *, http_dates: bool
) -> dict[str, Any]:
    """``template`` is the operation's path, whose own query parameters are no members.

    ``http_dates`` ignores a date in a header that cannot be read, as HTTP has it and S3 does.
    """
    fixed = query_lists(template.partition("?")[2])
    query = {key: values for key, values in query_lists(head.query).items() if key not in fixed}
    found = {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                value = _read("query", member, labels.get(key))
            case "querystring":
                value = _read_query(shape, member, key, query)
            case "header":
                value = _read_header(member, head.headers.all(key), http_dates=http_dates)
            case "headers":
                value = _read_header_map(key.lower(), head.headers)
            case _:
                continue
        if value is not None:
            found[name] = value
    return found


def _read(part: str, shape: Shape, text: str | None) -> Any:
    try:
        return None if text is None else read_text(shape, text, "rfc822" if part == "header" else "iso8601")
    except Malformed as error:
        raise MalformedPart(part, str(error)) from error


def _read_query(shape: StructureShape, member: Shape, key: str, query: QueryLists) -> Any:
    match member:
        case MapShape():
            named = {other.serialization.get("name", name) for name, other in shape.members.items()}
            lists = isinstance(member.value, ListShape)
            return {k: values if lists else values[0] for k, values in query.items() if k not in named}
        case ListShape() if key in query:
            return [_read("query", member.member, value) for value in query[key]]
    return _read("query", member, query[key][0]) if key in query else None


def _read_header(member: Shape, values: list[str], *, http_dates: bool) -> Any:
    if not values:
        return None
    if member.serialization.get("jsonvalue"):
        return _read_json_header(values[0])
    if isinstance(member, ListShape):
        return [_read("header", member.member, item) for item in _split(member.member, ",".join(values))]
    try:
        return _read("header", member, values[0])
    except Malformed:
        if http_dates and member.type_name == "timestamp":
            return None
        raise


def _read_json_header(value: str) -> Any:
    try:
        return json.loads(base64.b64decode(value, validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise MalformedPart("header", "The header is not base64 of valid JSON") from error


def _read_header_map(prefix: str, headers: Headers) -> dict[str, str] | None:
    found = {key[len(prefix) :]: headers[key] for key in headers if key.startswith(prefix)}
    return found or None


def _split(item: Shape, text: str) -> list[str]:
    """The items of a header's list: separated by commas, perhaps quoted; a date has a comma of its own."""
    if item.type_name == "timestamp" and item.serialization.get("timestampFormat", "rfc822") == "rfc822":
        return [match[1].strip() for match in _DATES.finditer(text)]
    return [
        re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2].strip()
        for match in _LIST_ITEM.finditer(text)
        if match[1] is not None or match[2].strip()
    ]
