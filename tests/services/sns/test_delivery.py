"""What a function gets of what is published, and what keeps it from getting it."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from boathouse import launch
from tests.services.sns.conftest import Sink, Topics


def health(platform: launch.Platform) -> dict[str, Any]:
    with urllib.request.urlopen(f"{platform.endpoint}/_boathouse/health", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_a_message_is_sns_s_event(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    function = topics.function(topic)
    made = topics.subscribe(topic, function)
    attributes = {
        "kind": {"DataType": "String", "StringValue": "failure"},
        "n": {"DataType": "Number", "StringValue": "1"},
    }
    published = topics.sns.publish(
        TopicArn=topic, Message="something – failed", Subject="Alert", MessageAttributes=attributes
    )
    event = sink.next()
    (record,) = event["Records"]
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html)
    assert (record["EventSource"], record["EventVersion"], record["EventSubscriptionArn"]) == ("aws:sns", "1.0", made)
    assert record["Sns"] | {"Signature": "", "SigningCertUrl": "", "UnsubscribeUrl": "", "Timestamp": ""} == {
        "Type": "Notification",
        "MessageId": published["MessageId"],
        "TopicArn": topic,
        "Subject": "Alert",
        "Message": "something – failed",
        "SignatureVersion": "1",
        "MessageAttributes": {
            "kind": {"Type": "String", "Value": "failure"},
            "n": {"Type": "Number", "Value": "1"},
        },
        "Signature": "",
        "SigningCertUrl": "",
        "UnsubscribeUrl": "",
        "Timestamp": "",
    }
    assert record["Sns"]["Timestamp"].endswith("Z")
    assert "127.0.0.1" in record["Sns"]["UnsubscribeUrl"]
    topics.sns.publish(TopicArn=topic, Message="plain")
    bare = sink.next()["Records"][0]["Sns"]
    # documented(as above): both are there without a subject and without attributes
    assert (bare["Subject"], bare["MessageAttributes"]) == (None, {})


def test_each_subscriber_gets_it(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    made = {topics.subscribe(topic, topics.function(topic)) for _ in range(2)}
    topics.sns.publish(TopicArn=topic, Message="m")
    assert {sink.next()["Records"][0]["EventSubscriptionArn"] for _ in range(2)} == made


def test_what_a_filter_keeps_back(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    made = topics.subscribe(topic, topics.function(topic), Attributes={"FilterPolicy": '{"kind": ["failure"]}'})

    def publish(kind: str) -> None:
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        topics.sns.publish(TopicArn=topic, Message=kind, MessageAttributes=attributes)

    publish("success")
    publish("failure")
    assert sink.next()["Records"][0]["Sns"]["Message"] == "failure"
    topics.sns.set_subscription_attributes(
        SubscriptionArn=made, AttributeName="FilterPolicy", AttributeValue='{"kind": ["success"]}'
    )
    publish("failure")
    publish("success")
    assert sink.next()["Records"][0]["Sns"]["Message"] == "success"
    assert sink.is_empty()


def test_a_function_that_fails_is_tried_again(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))
    topics.sns.publish(TopicArn=topic, Message="fail")
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): two retries
    tries = [sink.next()["Records"][0]["Sns"]["MessageId"] for _ in range(3)]
    assert len(set(tries)) == 1


@pytest.mark.parametrize(
    "permission",
    [
        {"Principal": "events.amazonaws.com"},
        {"SourceArn": "arn:aws:sns:us-east-1:000000000000:other"},
        {"SourceAccount": "111111111111"},
        {"Action": "lambda:GetFunction"},
    ],
    ids=str,
)
def test_no_permission_no_message(
    topics: Topics, sink: Sink, platform: launch.Platform, permission: dict[str, str]
) -> None:
    topic = topics.topic()
    function = topics.function(**permission)
    made = topics.subscribe(topic, function)
    topics.sns.publish(TopicArn=topic, Message="lost")
    while f"sns {made}" not in (troubles := health(platform)["troubles"]):
        pass
    assert function in troubles[f"sns {made}"]
    topics.permit(function, SourceArn=topic)
    topics.sns.publish(TopicArn=topic, Message="found")
    # documented(https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html): what the subscriber's
    # side refuses is not tried again
    assert sink.next()["Records"][0]["Sns"]["Message"] == "found"
    while f"sns {made}" in health(platform)["troubles"]:
        pass


def test_a_pattern_permits_topics(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(
        topic, topics.function(SourceArn="arn:aws:sns:us-east-1:000000000000:topic-*", SourceAccount="000000000000")
    )
    topics.sns.publish(TopicArn=topic, Message="m")
    assert sink.next()["Records"][0]["Sns"]["Message"] == "m"


def test_a_function_that_is_gone(topics: Topics, sink: Sink, platform: launch.Platform) -> None:
    topic = topics.topic()
    gone, there = topics.function(topic), topics.function(topic)
    made = topics.subscribe(topic, gone)
    topics.subscribe(topic, there)
    topics.awslambda.delete_function(FunctionName=gone)
    topics.sns.publish(TopicArn=topic, Message="m")
    assert sink.next()["Records"][0]["Sns"]["Message"] == "m"
    while f"sns {made}" not in (troubles := health(platform)["troubles"]):
        pass
    assert f"there is no function {gone}" in troubles[f"sns {made}"]
    # assumed: the subscription stays
    assert made in str(topics.sns.list_subscriptions_by_topic(TopicArn=topic))


def test_a_message_by_protocol_is_refused_rather_than_mistaken(topics: Topics, sink: Sink) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))
    topics.sns.publish(TopicArn=topic, MessageStructure="json", Message='{"default": "d", "email": "e"}')
    assert sink.next()["Records"][0]["Sns"]["Message"] == "d"
    with pytest.raises(topics.sns.exceptions.ClientError, match="NotImplemented"):
        topics.sns.publish(TopicArn=topic, MessageStructure="json", Message='{"default": "d", "lambda": "l"}')


def test_only_what_was_subscribed_is_invoked(topics: Topics, sink: Sink, platform: launch.Platform) -> None:
    topic = topics.topic()
    topics.subscribe(topic, topics.function(topic))

    def post(path: str, body: bytes) -> int:
        request = urllib.request.Request(f"{platform.endpoint}/_boathouse/{path}", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    forged = json.dumps({"Type": "Notification", "TopicArn": topic, "Message": "forged", "MessageId": "1"}).encode()
    assert post("sns/guess", forged) == 404
    assert post("sns/guess", b"no json") == 404
    assert post("kinesis/guess", forged) == 404
    assert post("sns/guess", b" " * (5 * 1024 * 1024)) == 413
    topics.sns.publish(TopicArn=topic, Message="true")
    assert sink.next()["Records"][0]["Sns"]["Message"] == "true"
    assert sink.is_empty()
