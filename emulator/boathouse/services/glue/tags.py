"""Tags of Glue's resources, by ARN. Whoever creates a resource adds its tags here, whoever deletes it forgets them."""

from collections.abc import Iterable, Mapping

from boathouse.context import Context, Scope
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.catalog.schema import folded
from boathouse.lake.state import State
from boathouse.service import Request, Response, operation

MOST = 50
"""https://docs.aws.amazon.com/glue/latest/dg/monitor-tags.html"""


def arn_of_database(context: Context, name: str) -> str:
    return context.arn(f"database/{folded(name)}", "glue")


class Tags:
    def __init__(self, state: State) -> None:
        self._tags = state.collection("glue_tags")

    def of(self, scope: Scope, arn: str) -> dict[str, str]:
        return self._tags.get(scope, arn) or {}

    def add(self, scope: Scope, arn: str, tags: Mapping[str, str]) -> None:
        together = self.of(scope, arn) | dict(tags)
        if len(together) > MOST:
            raise invalid(f"The number of tags of {arn} exceeds {MOST}.")
        self._tags.put(scope, arn, together)

    def remove(self, scope: Scope, arn: str, keys: Iterable[str]) -> None:
        gone = set(keys)
        self._tags.put(scope, arn, {key: value for key, value in self.of(scope, arn).items() if key not in gone})

    def forget(self, scope: Scope, arn: str) -> None:
        self._tags.delete(scope, arn)

    @operation("TagResource")
    async def tag_resource(self, context: Context, request: Request) -> Response:
        self.add(context.scope, _checked(context, request), request["TagsToAdd"])
        return {}

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> Response:
        self.remove(context.scope, _checked(context, request), request["TagsToRemove"])
        return {}

    @operation("GetTags")
    async def get_tags(self, context: Context, request: Request) -> Response:
        return {"Tags": self.of(context.scope, _checked(context, request))}


def _checked(context: Context, request: Request) -> str:
    arn = str(request["ResourceArn"])
    if not arn.startswith(context.arn("", "glue")) or "/" not in arn:
        raise invalid(f"Invalid Glue resource ARN: {arn}")
    return arn
