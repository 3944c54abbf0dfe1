"""What the base sends for a subscription of ours: its confirmation, and notifications, each an invocation.

https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

import json
import logging
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.errors import AwsError
from boathouse.services.sns.attachment import Attachment
from boathouse.services.sns.permissions import SNS, allows
from boathouse.services.sns.store import Store, Subscription

log = logging.getLogger(__name__)
ABSENT = "ResourceNotFoundException"


class Delivery:
    def __init__(self, store: Store, attachment: Attachment, call: Call, endpoint: str) -> None:
        self._store = store
        self._attachment = attachment
        self._call = call
        self._endpoint = endpoint
        self._troubles: dict[str, str] = {}

    async def reset(self) -> None:
        self._troubles.clear()

    def troubles(self) -> dict[str, str]:
        return dict(self._troubles)

    async def take(self, token: str, body: bytes) -> None:
        """A message under a subscription's token. Raises AwsError NotFound for what nobody subscribed to."""
        subscription = self._store.by_token(token)
        message = _read(body)
        if subscription is None or message.get("TopicArn") != subscription.topic:
            raise AwsError("NotFound", "emulator: there is no such subscription", status=404)
        if message.get("Type") == "SubscriptionConfirmation":
            await self._attachment.confirm(subscription, str(message.get("Token", "")))
        elif message.get("Type") == "Notification" and subscription.arn:
            await self._deliver(subscription, message)

    async def _deliver(self, subscription: Subscription, message: dict[str, Any]) -> None:
        """Raises AwsError for what may go better when the base tries again: refusals are for good, as on AWS.

        https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
        """
        region, account = subscription.function.split(":")[3:5]
        principal = Principal(account, SNS, region)
        if (trouble := await self._refusal(subscription, principal)) is not None:
            self._troubles[subscription.arn] = trouble
            log.warning("a message to %s is lost: %s", subscription.topic, trouble)
            return
        event = {"Records": [self._record(subscription, message)]}
        await self._call(
            "lambda",
            "Invoke",
            {"FunctionName": subscription.function, "InvocationType": "Event", "Payload": json.dumps(event).encode()},
            as_=principal,
        )
        self._troubles.pop(subscription.arn, None)

    async def _refusal(self, subscription: Subscription, principal: Principal) -> str | None:
        function = subscription.function
        try:
            answer = await self._call("lambda", "GetPolicy", {"FunctionName": function}, as_=principal)
        except AwsError as error:
            if error.code != ABSENT:
                raise
            return f"there is no function {function}, or no permission for {SNS} to invoke it"
        if not allows(json.loads(answer["Policy"]), subscription.topic):
            return f"the policy of {function} does not let {SNS} invoke it for {subscription.topic}"
        return None

    def _record(self, subscription: Subscription, message: dict[str, Any]) -> dict[str, Any]:
        """The notification as Lambda gets it: URLs end otherwise than in one by HTTP, and nothing is left out."""
        return {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription.arn,
            "Sns": {
                "Type": "Notification",
                "MessageId": message["MessageId"],
                "TopicArn": message["TopicArn"],
                "Subject": message.get("Subject"),
                "Message": message["Message"],
                "Timestamp": message["Timestamp"],
                "SignatureVersion": message.get("SignatureVersion", "1"),
                "Signature": message.get("Signature", ""),
                "SigningCertUrl": message.get("SigningCertURL", ""),
                "UnsubscribeUrl": f"{self._endpoint}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
                "MessageAttributes": message.get("MessageAttributes", {}),
            },
        }


def _read(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
