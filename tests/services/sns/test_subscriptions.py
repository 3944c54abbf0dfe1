"""Subscriptions of Lambda functions as clients see them: as what they asked for, wherever they look."""

import json
import subprocess
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.clients import program
from tests.services.sns.conftest import ACCOUNT, Topics

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"


def refusal(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_it_is_one_of_lambda_in_every_listing(topics: Topics, aws_env: dict[str, str]) -> None:
    topic = topics.topic()
    function = topics.function(topic)
    made = topics.subscribe(topic, function)
    # documented(API_Subscribe): no confirmation is needed of a function in the same account
    assert made.startswith(f"{topic}:")
    expected = {
        "SubscriptionArn": made, "Owner": ACCOUNT, "Protocol": "lambda", "Endpoint": function, "TopicArn": topic,
    }  # fmt: skip
    assert topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [expected]
    # client(aws cli)
    told = subprocess.run(
        [program("aws"), "sns", "list-subscriptions", "--output", "json"],
        env=aws_env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    listed = json.loads(told.stdout)["Subscriptions"]
    assert expected in listed
    assert "_boathouse" not in told.stdout
    attributes = topics.sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"]
    shown = {name: attributes[name] for name in expected if name in attributes}
    assert shown == expected
    assert (attributes["PendingConfirmation"], attributes["RawMessageDelivery"]) == ("false", "false")
    assert "_boathouse" not in json.dumps(attributes)


def test_the_same_twice_is_one(topics: Topics) -> None:
    topic = topics.topic()
    function = topics.function(topic)
    policy = {"FilterPolicy": '{"kind": ["failure"]}'}
    made = topics.subscribe(topic, function, Attributes=policy)
    # documented(API_Subscribe): it is not made again, its ARN is given
    assert topics.subscribe(topic, function) == made
    assert topics.subscribe(topic, function, Attributes=policy) == made
    code, message = refusal(
        topics.sns.subscribe, TopicArn=topic, Protocol="lambda", Endpoint=function,
        Attributes={"FilterPolicy": '{"kind": ["success"]}'},
    )  # fmt: skip
    # assumed: what SNS says of any protocol
    sentence = "Invalid parameter: Attributes Reason: Subscription already exists with different attributes"
    assert (code, message) == ("InvalidParameter", sentence)
    assert len(topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1


def test_it_goes_by_unsubscribing(topics: Topics) -> None:
    topic = topics.topic()
    function = topics.function(topic)
    made = topics.subscribe(topic, function)
    topics.sns.unsubscribe(SubscriptionArn=made)
    assert topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []
    assert refusal(topics.sns.get_subscription_attributes, SubscriptionArn=made)[0] == "NotFound"
    assert topics.subscribe(topic, function) != made


def test_it_goes_with_its_topic(topics: Topics) -> None:
    topic = topics.topic()
    function = topics.function(topic)
    made = topics.subscribe(topic, function)
    topics.sns.delete_topic(TopicArn=topic)
    assert refusal(topics.sns.get_subscription_attributes, SubscriptionArn=made)[0] == "NotFound"
    assert topic not in json.dumps(topics.sns.list_subscriptions()["Subscriptions"])
    again = topics.topic(topic.rpartition(":")[2])
    assert topics.sns.list_subscriptions_by_topic(TopicArn=again)["Subscriptions"] == []
    assert topics.subscribe(again, function) != made


def test_what_cannot_be_subscribed(topics: Topics) -> None:
    topic = topics.topic()
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
    nowhere = f"arn:aws:sns:us-east-1:{ACCOUNT}:nowhere-{uuid4().hex}"
    # documented(API_Subscribe): NotFound
    asked = {"Protocol": "lambda", "Endpoint": function}
    assert refusal(topics.sns.subscribe, TopicArn=nowhere, **asked)[0] == "NotFound"
    assert nowhere not in json.dumps(topics.sns.list_subscriptions()["Subscriptions"])
    # assumed: the sentences
    code, message = refusal(topics.sns.subscribe, TopicArn=topic, Protocol="lambda", Endpoint="f")
    assert (code, message) == ("InvalidParameter", "Invalid parameter: Lambda endpoint ARN")
    code, message = refusal(topics.sns.subscribe, TopicArn=topic, **asked, Attributes={"RawMessageDelivery": "true"})
    assert (code, "does not support raw message delivery" in message) == ("InvalidParameter", True)
    code, message = refusal(topics.sns.subscribe, TopicArn=topic, **asked, Attributes={"RedrivePolicy": "{}"})
    assert (code, "RedrivePolicy" in message) == ("NotImplemented", True)


def test_other_protocols_are_left_alone(topics: Topics) -> None:
    topic = topics.topic()
    made = topics.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, ReturnSubscriptionArn=True)
    arn = made["SubscriptionArn"]
    topics.sns.set_subscription_attributes(
        SubscriptionArn=arn, AttributeName="RawMessageDelivery", AttributeValue="true"
    )
    attributes = topics.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (attributes["Protocol"], attributes["Endpoint"], attributes["RawMessageDelivery"]) == ("sqs", QUEUE, "true")
    (entry,) = topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (entry["Protocol"], entry["Endpoint"]) == ("sqs", QUEUE)
    topics.sns.unsubscribe(SubscriptionArn=arn)
    assert topics.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_another_account_does_not_see_it(topics: Topics, client: Any) -> None:
    topic = topics.topic()
    made = topics.subscribe(topic, topics.function(topic))
    stranger = client("sns", account="111111111111")
    assert refusal(stranger.get_subscription_attributes, SubscriptionArn=made)[0] == "NotFound"
    assert stranger.list_subscriptions()["Subscriptions"] == []
