"""Subscriptions of Lambda functions, as clients ask for them and see them; those of other protocols are the base's."""

import asyncio
import re
import secrets
from typing import Any

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.service import Request, Response, operation
from boathouse.services.sns.attachment import GONE, PATH, Attachment
from boathouse.services.sns.store import Store, Subscription

FUNCTION = re.compile(
    r"arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+(:(\$LATEST|[a-zA-Z0-9_-]+))?"
)
FILTERS = frozenset({"FilterPolicy", "FilterPolicyScope"})
OF_HTTP = frozenset({"DeliveryPolicy", "EffectiveDeliveryPolicy"})


class Subscriptions:
    def __init__(self, store: Store, attachment: Attachment, to_base: Call) -> None:
        self._store = store
        self._attachment = attachment
        self._to_base = to_base
        self._subscribing = asyncio.Lock()

    @operation("Subscribe")
    async def subscribe(self, context: Context, request: Request) -> Response:
        if request["Protocol"] != "lambda":
            return await self._to_base("sns", "Subscribe", request, as_=context.principal)
        function, topic = request.get("Endpoint", ""), request["TopicArn"]
        if not FUNCTION.fullmatch(function):
            raise AwsError("InvalidParameter", "Invalid parameter: Lambda endpoint ARN")
        if topic.endswith(".fifo"):
            raise _invalid("Endpoint", "a FIFO topic takes SQS queues only")
        attributes = _taken(request.get("Attributes") or {})
        async with self._subscribing:  # the same one twice at once would be two
            return {"SubscriptionArn": await self._subscribed(context, topic, function, attributes)}

    async def _subscribed(self, context: Context, topic: str, function: str, attributes: dict[str, str]) -> str:
        for known in self._store.of_topic(topic):
            if known.function == function and await self._is_there(known):
                if attributes not in ({}, known.attributes):
                    message = (
                        "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
                    )
                    raise AwsError("InvalidParameter", message)
                return known.arn
        new = Subscription(secrets.token_urlsafe(32), topic, function, context.account, attributes=attributes)
        self._store.put(new)
        try:
            await self._attachment.attach(new)
        except AwsError:
            self._store.forget(new)
            raise
        return new.arn

    async def _is_there(self, known: Subscription) -> bool:
        """Whether the base still has it: a topic may have gone, and come again."""
        try:
            await self._of_base("GetSubscriptionAttributes", known)
        except AwsError as error:
            if error.code in GONE:
                return False
            raise
        return True

    async def _of_base(self, operation_name: str, known: Subscription, **more: str) -> Response:
        asked = {"SubscriptionArn": known.base_arn, **more}
        try:
            return await self._to_base("sns", operation_name, asked, as_=known.owner)
        except AwsError as error:
            if error.code in GONE:
                self._store.forget(known)
            raise

    @operation("Unsubscribe")
    async def unsubscribe(self, context: Context, request: Request) -> Response:
        known = self._known(context, request)
        if known is None:
            return await self._to_base("sns", "Unsubscribe", request, as_=context.principal)
        await self._gone(known)
        return {}

    @operation("DeleteTopic")
    async def delete_topic(self, context: Context, request: Request) -> Response:
        """Ours go first: not every base takes them with the topic."""
        for known in self._store.of_topic(request["TopicArn"]):
            if known.account == context.account:
                await self._gone(known)
        return await self._to_base("sns", "DeleteTopic", request, as_=context.principal)

    async def _gone(self, known: Subscription) -> None:
        try:
            await self._of_base("Unsubscribe", known)
        except AwsError as error:
            if error.code not in GONE:
                raise
        self._store.forget(known)

    @operation("GetSubscriptionAttributes")
    async def get_subscription_attributes(self, context: Context, request: Request) -> Response:
        known = self._known(context, request)
        if known is None:
            return await self._to_base("sns", "GetSubscriptionAttributes", request, as_=context.principal)
        found = (await self._of_base("GetSubscriptionAttributes", known))["Attributes"]
        shown = {name: value for name, value in found.items() if name not in OF_HTTP}
        own = {"SubscriptionArn": known.arn, "Protocol": "lambda", "Endpoint": known.function}
        return {"Attributes": shown | own | {"ConfirmationWasAuthenticated": "true", "PendingConfirmation": "false"}}

    @operation("SetSubscriptionAttributes")
    async def set_subscription_attributes(self, context: Context, request: Request) -> Response:
        known = self._known(context, request)
        if known is None:
            return await self._to_base("sns", "SetSubscriptionAttributes", request, as_=context.principal)
        name, value = request["AttributeName"], request.get("AttributeValue", "")
        _taken({name: value})
        if name in FILTERS:
            await self._of_base("SetSubscriptionAttributes", known, AttributeName=name, AttributeValue=value)
            known.attributes[name] = value
            self._store.put(known)
        return {}

    @operation("ListSubscriptions")
    async def list_subscriptions(self, context: Context, request: Request) -> Response:
        return self._shown(await self._to_base("sns", "ListSubscriptions", request, as_=context.principal))

    @operation("ListSubscriptionsByTopic")
    async def list_subscriptions_by_topic(self, context: Context, request: Request) -> Response:
        return self._shown(await self._to_base("sns", "ListSubscriptionsByTopic", request, as_=context.principal))

    def _known(self, context: Context, request: Request) -> Subscription | None:
        known = self._store.by_arn(request["SubscriptionArn"])
        return None if known is None or known.account != context.account else known

    def _shown(self, answer: Response) -> Response:
        found = (self._as_asked(entry) for entry in answer.get("Subscriptions", []))
        return answer | {"Subscriptions": [entry for entry in found if entry is not None]}

    def _as_asked(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        """An entry as its subscriber asked for it; None for one of ours that is on its way, or left over."""
        _, ours, token = entry.get("Endpoint", "").partition(PATH)
        if not ours:
            return entry
        known = self._store.by_token(token)
        if known is None or known.base_arn != entry["SubscriptionArn"]:
            return None
        return entry | {"SubscriptionArn": known.arn, "Protocol": "lambda", "Endpoint": known.function}


def _taken(attributes: dict[str, str]) -> dict[str, str]:
    """Those that filter, which the base does; refuses what a function's subscription cannot have, here or on AWS."""
    for name, value in attributes.items():
        if name == "RawMessageDelivery" and value == "true":
            raise _invalid("Attributes", "Delivery protocol [lambda] does not support raw message delivery.")
        if name not in FILTERS | {"RawMessageDelivery"} and value:
            raise Unsupported(f"the attribute {name} of a Lambda function's subscription")
    return {name: value for name, value in attributes.items() if name in FILTERS}


def _invalid(parameter: str, reason: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {parameter} Reason: {reason}")
