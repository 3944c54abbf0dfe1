"""Tags of delivery streams."""

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.firehose.store import Store

LISTED_AT_ONCE = 50


class Tags:
    def __init__(self, store: Store) -> None:
        self._store = store

    @operation("TagDeliveryStream")
    async def tag_delivery_stream(self, context: Context, request: Request) -> None:
        stream = self._store.find(context, request["DeliveryStreamName"])
        stream.tags |= {tag["Key"]: tag.get("Value", "") for tag in request["Tags"]}
        self._store.put(stream)

    @operation("UntagDeliveryStream")
    async def untag_delivery_stream(self, context: Context, request: Request) -> None:
        stream = self._store.find(context, request["DeliveryStreamName"])
        stream.tags = {key: value for key, value in stream.tags.items() if key not in request["TagKeys"]}
        self._store.put(stream)

    @operation("ListTagsForDeliveryStream")
    async def list_tags_for_delivery_stream(self, context: Context, request: Request) -> Response:
        after, limit = request.get("ExclusiveStartTagKey", ""), request.get("Limit", LISTED_AT_ONCE)
        stream = self._store.find(context, request["DeliveryStreamName"])
        tags = [{"Key": key, "Value": value} for key, value in sorted(stream.tags.items()) if key > after]
        return {"Tags": tags[:limit], "HasMoreTags": len(tags) > limit}
