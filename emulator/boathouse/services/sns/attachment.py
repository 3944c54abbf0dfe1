"""How a subscription of ours hangs on the base: one by HTTP to this gateway, confirmed by us.

The base confirms by sending a message to where the subscription leads, which comes in by ``confirm``.
"""

import asyncio
import logging
from typing import Any

from boathouse.call import Call
from boathouse.errors import AwsError
from boathouse.services.sns.store import Store, Subscription

log = logging.getLogger(__name__)
PATH = "/_boathouse/sns/"
GONE = frozenset({"NotFound"})
PATIENCE = 15.0
"""Seconds of this machine's time that the base may take to send its confirmation."""


class Attachment:
    def __init__(self, store: Store, to_base: Call, callback: str) -> None:
        self._store = store
        self._to_base = to_base
        self._callback = callback
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._troubles: dict[str, str] = {}

    async def start(self) -> None:
        """What a platform that was killed left half done is forgotten; what the base sends elsewhere is moved here.

        Nobody is told that we are ready before: a message would be lost.
        """
        moved = list[Subscription]()
        for known in list(self._store.all()):
            if not known.arn:
                self._store.forget(known)
            elif not known.url.startswith(self._callback + PATH):
                moved.append(known)
        await asyncio.gather(*map(self._move, moved))

    async def reset(self) -> None:
        self._troubles.clear()

    def troubles(self) -> dict[str, str]:
        return dict(self._troubles)

    async def attach(self, subscription: Subscription) -> None:
        """Subscribes at the base; the subscription is kept, with its ARNs, when this returns."""
        url = f"{self._callback}{PATH}{subscription.token}"
        asked: dict[str, Any] = {"TopicArn": subscription.topic, "Protocol": "http", "Endpoint": url}
        if subscription.attributes:
            asked["Attributes"] = subscription.attributes
        waiting = self._waiting[subscription.token] = asyncio.get_running_loop().create_future()
        try:
            await self._to_base("sns", "Subscribe", asked, as_=subscription.owner)
            subscription.base_arn = await asyncio.wait_for(waiting, PATIENCE)
        except TimeoutError:
            message = f"emulator: the base did not confirm a subscription to {self._callback}: does it reach it?"
            raise AwsError("InternalError", message, status=500) from None
        finally:
            del self._waiting[subscription.token]
        subscription.url = url
        subscription.arn = subscription.arn or subscription.base_arn
        self._store.put(subscription)

    async def confirm(self, subscription: Subscription, token: str) -> None:
        """``token`` is the base's own. Nothing is confirmed that was not just asked for."""
        waiting = self._waiting.get(subscription.token)
        if waiting is None:
            return
        asked = {"TopicArn": subscription.topic, "Token": token}
        answer = await self._to_base("sns", "ConfirmSubscription", asked, as_=subscription.owner)
        if not waiting.done():
            waiting.set_result(answer["SubscriptionArn"])

    async def _move(self, subscription: Subscription) -> None:
        """The base would go on sending to where this gateway was reached before."""
        former = subscription.base_arn
        try:
            await self.attach(subscription)
            await self._to_base("sns", "Unsubscribe", {"SubscriptionArn": former}, as_=subscription.owner)
        except AwsError as error:
            if error.code in GONE:
                self._store.forget(subscription)
            else:
                self._troubles[subscription.arn] = f"nothing is delivered: {error.message}"
                log.error("the subscription %s could not be moved: %s", subscription.arn, error)
