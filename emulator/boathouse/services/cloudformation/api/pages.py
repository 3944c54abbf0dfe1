"""CloudFormation's pages: a token is the place in the list where the next page begins."""

from typing import Any, TypeVar

from boathouse.services.cloudformation.documents import invalid

SIZE = 100
Item = TypeVar("Item")


def page(items: list[Item], token: str | None, member: str) -> dict[str, Any]:
    """One page of ``items`` as ``member``, with NextToken where there are more."""
    if token is not None and not token.isdigit():
        raise invalid("Invalid NextToken")
    begin = int(token or 0)
    answer: dict[str, Any] = {member: items[begin : begin + SIZE]}
    if begin + SIZE < len(items):
        answer["NextToken"] = str(begin + SIZE)
    return answer
