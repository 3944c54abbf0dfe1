"""Lists by the page: NextToken is where the next one begins."""

from typing import Any

from boathouse.errors import AwsError
from boathouse.service import Request, Response

LARGEST = 100


def page(items: list[Any], request: Request, member: str) -> Response:
    token, size = request.get("NextToken") or "0", min(request.get("MaxRecords", LARGEST), LARGEST)
    if not token.isdecimal() or int(token) > len(items):
        raise AwsError("InvalidNextToken", "The next token specified is invalid.")
    end = int(token) + size
    return {member: items[int(token) : end]} | ({"NextToken": str(end)} if end < len(items) else {})
