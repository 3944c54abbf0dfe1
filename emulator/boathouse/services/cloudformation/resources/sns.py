"""AWS::SNS::Topic, AWS::SNS::TopicPolicy and AWS::SNS::Subscription.

What SNS knows by ARN, a stack does too: Ref gives it.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from boathouse.errors import AwsError
from boathouse.services.cloudformation.parameters import text
from boathouse.services.cloudformation.resources.base import Acting, Arns, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, POLICY, STRING, TAGS, Group, Many

TOPIC = "arn:{partition}:sns:{region}:{account}:{name}"
TOPIC_DEFAULTS = {
    "ContentBasedDeduplication": "false",
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
}
"""What attributes that the template no longer has go back to."""
SUBSCRIPTION_DEFAULTS = {
    "DeliveryPolicy": "",
    "FilterPolicy": "{}",
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": "false",
    "RedrivePolicy": "",
}


class Topic(ResourceType):
    type = "AWS::SNS::Topic"
    service = "sns"
    properties = Group(
        {
            "ContentBasedDeduplication": BOOLEAN,
            "DisplayName": STRING,
            "FifoTopic": BOOLEAN,
            "KmsMasterKeyId": STRING,
            "SignatureVersion": STRING,
            "Tags": TAGS,
            "TopicName": STRING,
        }
    )
    naming = Naming("TopicName", 256)
    member = "TopicArn"
    creates, reads, updates, deletes = "CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic"
    absent = frozenset({"NotFound"})
    taken = frozenset()
    replaces = frozenset({"FifoTopic", "TopicName"})
    arns: ClassVar[Arns] = {"TopicArn": "{name}"}

    def name(self, values: Values, act: Acting) -> str:
        name = super().name(values, act)
        of_its_own = "TopicName" not in values and text(values.get("FifoTopic", "false")) == "true"
        return act.arn(TOPIC, f"{name[-251:]}.fifo" if of_its_own else name)

    def asked(self, name: str, values: Values) -> dict[str, Any]:
        request = self.request(values)
        attributes = _texts(request, (*TOPIC_DEFAULTS, "FifoTopic"))
        asked = {"Name": name.rpartition(":")[2], "Attributes": attributes}
        return asked | ({"Tags": request["Tags"]} if "Tags" in request else {})

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        changes = _changes(self.request(old), self.request(new), TOPIC_DEFAULTS)
        for attribute, value in changes.items():
            await act(self.updates, TopicArn=name, AttributeName=attribute, AttributeValue=value)
        return await self.made(act, name, new)


class TopicPolicy(ResourceType):
    """The policy of one or more topics, which get the one that a new topic has when it goes."""

    type = "AWS::SNS::TopicPolicy"
    service = "sns"
    properties = Group({"PolicyDocument": POLICY, "Topics": Many(STRING)}, required={"PolicyDocument", "Topics"})
    naming = Naming(None, 100)
    member = "Id"
    creates = updates = deletes = "SetTopicAttributes"
    absent = frozenset({"NotFound"})
    taken = frozenset()
    fixed = frozenset()
    arns: ClassVar[Arns] = {"Id": "{name}"}

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        """Never: its name is made for it."""
        return False

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        request = self.request(values)
        for topic in request["Topics"]:
            await act(self.creates, **_policy(topic, request["PolicyDocument"]))
        return await self.made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        left = set(self.request(old)["Topics"]) - set(self.request(new)["Topics"])
        await self._reset(act, left)
        return await self.create(act, name, new)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        await self._reset(act, set(self.request(values)["Topics"]))

    async def _reset(self, act: Acting, topics: set[str]) -> None:
        for topic in sorted(topics):
            try:
                await act(self.deletes, **_policy(topic, _default_policy(topic, act.principal.account)))
            except AwsError as error:
                if error.code not in self.absent:
                    raise


class Subscription(ResourceType):
    """SNS chooses the ARN."""

    type = "AWS::SNS::Subscription"
    service = "sns"
    properties = Group(
        {
            "DeliveryPolicy": POLICY,
            "Endpoint": STRING,
            "FilterPolicy": POLICY,
            "FilterPolicyScope": STRING,
            "Protocol": STRING,
            "RawMessageDelivery": BOOLEAN,
            "RedrivePolicy": POLICY,
            "TopicArn": STRING,
        },
        required={"Protocol", "TopicArn"},
    )
    member = "SubscriptionArn"
    creates, reads = "Subscribe", "GetSubscriptionAttributes"
    updates, deletes = "SetSubscriptionAttributes", "Unsubscribe"
    absent = frozenset({"NotFound"})
    taken = frozenset()
    replaces = frozenset({"Endpoint", "Protocol", "TopicArn"})
    fixed = frozenset()
    arns: ClassVar[Arns] = {"Arn": "{name}"}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        request = self.request(values)
        answer = await act(
            self.creates,
            TopicArn=request["TopicArn"],
            Protocol=request["Protocol"],
            Endpoint=request.get("Endpoint"),
            Attributes=_texts(request, SUBSCRIPTION_DEFAULTS) or None,
            ReturnSubscriptionArn=True,
        )
        act.begun(answer["SubscriptionArn"])
        return await self.made(act, answer["SubscriptionArn"], values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        changes = _changes(self.request(old), self.request(new), SUBSCRIPTION_DEFAULTS)
        for attribute, value in changes.items():
            await act(self.updates, SubscriptionArn=name, AttributeName=attribute, AttributeValue=value)
        return await self.made(act, name, new)


def _texts(request: Mapping[str, Any], names: Any) -> dict[str, str]:
    """Attributes, which SNS takes as text."""
    return {name: text(request[name]) for name in names if name in request}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], defaults: Mapping[str, str]) -> dict[str, str]:
    was, wanted = _texts(before, defaults), _texts(after, defaults)
    unset = {name: defaults[name] for name in was if name not in wanted}
    return unset | {name: value for name, value in wanted.items() if was.get(name) != value}


def _policy(topic: str, policy: str) -> dict[str, str]:
    return {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": policy}


def _default_policy(topic: str, owner: str) -> str:
    """What GetTopicAttributes shows of a topic that nobody gave a policy."""
    actions = "AddPermission DeleteTopic GetTopicAttributes ListSubscriptionsByTopic Publish RemovePermission"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in (*actions.split(), "SetTopicAttributes", "Subscribe")],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
