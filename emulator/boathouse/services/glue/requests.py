"""What Glue's catalog operations have in common: the catalog they name, pages, errors of entries, what is refused.

Requests come checked against the model (required members, sizes of pages and batches): nothing of that is done again.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog.refusals import invalid

UNSUPPORTED = {
    "TransactionId": "TransactionId (governed tables)",
    "QueryAsOfTime": "QueryAsOfTime (governed tables)",
    "OpenTableFormatInput": "OpenTableFormatInput (Iceberg)",
    "UpdateOpenTableFormatInput": "UpdateOpenTableFormatInput (Iceberg)",
    "ViewUpdateAction": "ViewUpdateAction (multi-dialect views)",
    "ResourceShareType": "ResourceShareType (shared catalogs)",
}
"""Members that would change what an operation means; the rest of what we do not read is informational."""


def accept(context: Context, request: Mapping[str, Any]) -> None:
    """Refuses, by name, another catalog than the account's own, and members that mean more than we do."""
    if (catalog := request.get("CatalogId")) not in (None, context.account):
        raise Unsupported(f"the catalog {catalog}: only the account's own, {context.account},")
    for member, what in UNSUPPORTED.items():
        if request.get(member) not in (None, "", "ALL"):  # nothing is shared with us: all is what is ours
            raise Unsupported(what)


def token(key: str | None) -> dict[str, str]:
    """The answer's NextToken for going on after ``key``; nothing after the last page."""
    if key is None:
        return {}
    return {"NextToken": base64.urlsafe_b64encode(json.dumps({"after": key}).encode()).decode()}


def after(request: Mapping[str, Any]) -> str:
    """The key that the request's NextToken goes on after, empty for a first page."""
    given = request.get("NextToken")
    if not given:
        return ""
    try:
        key = json.loads(base64.urlsafe_b64decode(given))["after"]
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise invalid("Invalid NextToken") from error
    return str(key)


def page(
    items: Sequence[tuple[str, dict[str, Any]]], request: Mapping[str, Any], most: int = 100
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The page of ``items`` (by key, in order) that the request asks for, and the token for the next one."""
    size = request.get("MaxResults", most)
    last = after(request)
    start = next((number + 1 for number, (key, _) in enumerate(items) if key == last), 0) if last else 0
    found = items[start : start + size]
    more = len(items) > start + size
    return [document for _, document in found], token(found[-1][0] if more else None)


def detail(error: AwsError) -> dict[str, str]:
    """An entry's error in a batch's answer."""
    return {"ErrorCode": error.code, "ErrorMessage": error.message}
