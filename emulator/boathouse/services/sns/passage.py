"""What is published at the base, as far as it must not reach subscriptions of ours in the wrong form."""

import json
from collections.abc import MutableMapping
from typing import Any

from boathouse.context import Context
from boathouse.errors import Unsupported
from boathouse.service import Passed, Request
from boathouse.services.sns.store import Store

TELLING = frozenset({"http", "lambda"})
"""The parts of a message by protocol that the base would mistake for one another."""


class SnsPassage:
    def __init__(self, store: Store) -> None:
        self._store = store

    def concerns(self, operation: str) -> bool:
        return operation in ("Publish", "PublishBatch")

    async def authorise(self, context: Context, request: Request) -> None:
        """Topic policies are the base's."""

    def account(self, context: Context, request: Request) -> str:
        return context.account

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        match context.operation:
            case "Publish":
                self._check(request.get("TopicArn", ""), [request])
            case "PublishBatch":
                self._check(request.get("TopicArn", ""), request.get("PublishBatchRequestEntries", []))

    def _check(self, topic: str, messages: list[dict[str, Any]]) -> None:
        structured = (message for message in messages if message.get("MessageStructure") == "json")
        if any(_parts(message.get("Message", "")) & TELLING for message in structured) and self._store.of_topic(topic):
            raise Unsupported("an http or lambda part of a message to a topic that a Lambda function subscribed to")

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        """Nothing follows from a message that was taken."""

    def wants_body(self, operation: str) -> bool:
        return False


def _parts(message: str) -> set[str]:
    try:
        parts = json.loads(message)
    except ValueError:
        return set()
    return set(parts) if isinstance(parts, dict) else set()
