"""Tags of Glue's resources, by ARN. Whoever creates a resource adds its tags here, whoever deletes it forgets them."""

from collections.abc import Callable, Iterable, Mapping

from boathouse.context import Context, Scope
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.catalog.schema import folded
from boathouse.lake.state import State
from boathouse.service import Request, Response, operation

Exists = Callable[[Scope, str], bool]
MOST = 50
"""https://docs.aws.amazon.com/glue/latest/dg/monitor-tags.html"""


def arn_of_database(context: Context, name: str) -> str:
    return context.arn(f"database/{folded(name)}", "glue")


class Tags:
    """``taggable`` maps the kinds that ARNs name (``database``, ``job``) to what knows whether there is such a one."""

    def __init__(self, state: State, taggable: Mapping[str, Exists]) -> None:
        self._tags = state.collection("glue_tags")
        self._taggable = taggable

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
        self.add(context.scope, self._checked(context, request), request["TagsToAdd"])
        return {}

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> Response:
        self.remove(context.scope, self._checked(context, request), request["TagsToRemove"])
        return {}

    @operation("GetTags")
    async def get_tags(self, context: Context, request: Request) -> Response:
        return {"Tags": self.of(context.scope, self._checked(context, request))}

    def _checked(self, context: Context, request: Request) -> str:
        arn = str(request["ResourceArn"])
        own = context.arn("", "glue")
        kind, slash, name = arn.removeprefix(own).partition("/")
        if not arn.startswith(own) or not slash:
            raise invalid(f"Invalid Glue resource ARN: {arn}")
        if kind not in self._taggable:
            raise Unsupported(f"a tag on a Glue {kind}")
        if not self._taggable[kind](context.scope, name):
            raise AwsError("EntityNotFoundException", f"{kind.capitalize()} {name} not found.")
        return arn
