"""Tags of functions."""

from boathouse.context import Context
from boathouse.service import Request, Response, operation
from boathouse.services.lambda_.store import Store


class Tags:
    def __init__(self, store: Store) -> None:
        self._store = store

    @operation("ListTags")
    async def list_tags(self, context: Context, request: Request) -> Response:
        return {"Tags": self._store.find(context, request["Resource"]).tags}

    @operation("TagResource")
    async def tag_resource(self, context: Context, request: Request) -> None:
        function = self._store.find(context, request["Resource"])
        function.tags |= request["Tags"]
        self._store.put(context.scope, function)

    @operation("UntagResource")
    async def untag_resource(self, context: Context, request: Request) -> None:
        function = self._store.find(context, request["Resource"])
        function.tags = {key: value for key, value in function.tags.items() if key not in request["TagKeys"]}
        self._store.put(context.scope, function)
