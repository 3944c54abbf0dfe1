"""Tags of streams, through the old operations by stream name and the new ones by ARN."""

from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.kinesis.store import Store, named

TAGS_A_STREAM = 50


class Tags:
    def __init__(self, store: Store) -> None:
        self._store = store

    @operation("AddTagsToStream")
    async def add_tags_to_stream(self, context: Context, request: Request) -> None:
        self._change(context, request, request["Tags"], ())

    @operation("RemoveTagsFromStream")
    async def remove_tags_from_stream(self, context: Context, request: Request) -> None:
        self._change(context, request, {}, request["TagKeys"])

    @operation("TagResource")
    async def tag_resource(self, context: Context, request: Request) -> None:
        self._change(context, {"StreamName": named(request)}, request["Tags"], ())

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> None:
        self._change(context, {"StreamName": named(request)}, {}, request["TagKeys"])

    @operation("ListTagsForStream")
    async def list_tags_for_stream(self, context: Context, request: Request) -> Response:
        limit, start = request.get("Limit", TAGS_A_STREAM), request.get("ExclusiveStartTagKey", "")
        tags = [tag for tag in sorted(self._store.find(context, request).tags.items()) if tag[0] > start]
        return {
            "Tags": [{"Key": key, "Value": value} for key, value in tags[:limit]],
            "HasMoreTags": len(tags) > limit,
        }

    @operation("ListTagsForResource")
    async def list_tags_for_resource(self, context: Context, request: Request) -> Response:
        stream = self._store.find(context, {"StreamName": named(request)})
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(stream.tags.items())]}

    def _change(self, context: Context, request: Request, add: dict[str, str], remove: tuple[str, ...]) -> None:
        stream = self._store.find(context, request)
        tags = {key: value for key, value in (stream.tags | add).items() if key not in remove}
        if len(tags) > TAGS_A_STREAM:
            raise AwsError(
                "InvalidArgumentException",
                f"Failed to add tags to stream {stream.name} under account {context.account} because a given stream"
                f" cannot have more than {TAGS_A_STREAM} tags associated with it.",
            )
        stream.tags = tags
        self._store.put(context.scope, stream)
