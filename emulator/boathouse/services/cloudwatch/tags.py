"""Tags of alarms; those of dashboards and others are the base's."""

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.cloudwatch.store import TAGS, Alarm, Store


class Tags:
    def __init__(self, store: Store, to_base: Call) -> None:
        self._store = store
        self._to_base = to_base

    @operation("ListTagsForResource")
    async def list_tags_for_resource(self, context: Context, request: Request) -> Response:
        if (alarm := self._alarm(context, request)) is None:
            return await self._to_base("cloudwatch", "ListTagsForResource", request, as_=context.principal)
        return {"Tags": [{"Key": key, "Value": value} for key, value in alarm.get(TAGS, {}).items()]}

    @operation("TagResource")
    async def tag_resource(self, context: Context, request: Request) -> Response:
        if (alarm := self._alarm(context, request)) is None:
            return await self._to_base("cloudwatch", "TagResource", request, as_=context.principal)
        alarm[TAGS] = alarm.get(TAGS, {}) | {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        self._store.put(context.scope, alarm)
        return {}

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> Response:
        if (alarm := self._alarm(context, request)) is None:
            return await self._to_base("cloudwatch", "UntagResource", request, as_=context.principal)
        alarm[TAGS] = {key: value for key, value in alarm.get(TAGS, {}).items() if key not in request["TagKeys"]}
        self._store.put(context.scope, alarm)
        return {}

    def _alarm(self, context: Context, request: Request) -> Alarm | None:
        """The alarm that is meant, None for another kind of resource."""
        start = context.arn("alarm:")
        arn: str = request["ResourceARN"]
        if not arn.startswith(start):
            return None
        alarm = self._store.get(context.scope, arn.removeprefix(start))
        if alarm is None:
            raise AwsError("ResourceNotFoundException", f"No resource found for {arn}")
        return alarm
