"""The types that alerts are made of, through boto3: secrets, topics with policies and subscriptions, alarms."""

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

from tests.clients import program
from tests.services.cloudformation.conftest import Stacks
from tests.services.cloudformation.test_types import KEY, arn, gone, ref, template

ClientOf = Callable[..., Any]


def secret_value(client: ClientOf, secret: str) -> str:
    value: str = client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    return value


def hidden(properties: dict[str, Any], **more: Any) -> str:
    """A template whose secret is a NoEcho parameter."""
    body = json.loads(template("AWS::SecretsManager::Secret", properties, **more))
    body["Parameters"] = {"Word": {"Type": "String", "NoEcho": True}}
    body["Outputs"] = {"Ref": {"Value": ref("R")}, "Id": {"Value": {"Fn::GetAtt": ["R", "Id"]}}}
    return json.dumps(body)


def test_a_secret_from_a_parameter_that_is_not_shown(
    stacks: Stacks, client: ClientOf, unique: str, aws_env: dict[str, str]
) -> None:
    secrets, name = client("secretsmanager"), f"slack/{unique}"
    url = {"Fn::Sub": '{"url": "${Word}"}'}
    tags = [{"Key": "team", "Value": "lake"}]
    body = hidden({"Name": name, "SecretString": url, "KmsKeyId": arn("Key"), "Tags": tags}, **KEY)
    stack = stacks.create(body, Parameters={"Word": "https://example/one"})
    made = secrets.describe_secret(SecretId=name)
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html)
    assert set(stacks.outputs(stack).values()) == {made["ARN"]} == {stacks.physical(stack, "R")}
    assert (made["Tags"], made["KmsKeyId"].endswith(stacks.physical(stack, "Key"))) == (tags, True)
    assert secret_value(client, name) == '{"url": "https://example/one"}'
    # client(aws cli)
    told = subprocess.run(
        [program("aws"), "secretsmanager", "get-secret-value", "--secret-id", name,
         "--query", "SecretString", "--output", "text"],
        env=os.environ | aws_env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == '{"url": "https://example/one"}'

    stacks.update(stack, body, Parameters={"Word": "https://example/two"})
    assert secret_value(client, made["ARN"]) == '{"url": "https://example/two"}'
    # documented(API_Parameter): a NoEcho parameter's value is masked with asterisks, in events and descriptions
    described = stacks.client.describe_stacks(StackName=stack), stacks.client.describe_stack_events(StackName=stack)
    assert "https://example" not in json.dumps(described, default=str)
    shown = [event.get("ResourceProperties", "") for event in described[1]["StackEvents"]]
    assert any(json.loads(text)["SecretString"] == '{"url": "****"}' for text in shown if "SecretString" in text)

    stacks.delete(stack)
    assert gone(lambda: secrets.describe_secret(SecretId=name), "ResourceNotFoundException")
    # assumed: no recovery window keeps the name, as a stack that was deleted can be created again at once
    again = stacks.create(body, Parameters={"Word": "three"})
    assert secret_value(client, name) == '{"url": "three"}'
    stacks.delete(again)


def test_what_somebody_put_into_a_secret_stays(stacks: Stacks, client: ClientOf, unique: str) -> None:
    name = f"by-hand/{unique}"
    first = {"Name": name, "SecretString": "first", "Description": "d", "KmsKeyId": arn("Key")}
    stack = stacks.create(template("AWS::SecretsManager::Secret", first, **KEY))
    client("secretsmanager").put_secret_value(SecretId=name, SecretString="by hand")
    stacks.update(stack, template("AWS::SecretsManager::Secret", {"Name": name, "SecretString": "first"}, **KEY))
    assert secret_value(client, name) == "by hand"
    found = client("secretsmanager").describe_secret(SecretId=name)
    # assumed: settings that the template no longer has go back to what a new secret has
    assert (found.get("Description", ""), found["KmsKeyId"]) == ("", "alias/aws/secretsmanager")


def test_a_secret_that_is_made_up(stacks: Stacks, client: ClientOf) -> None:
    how = {"PasswordLength": 20, "ExcludePunctuation": True}
    inside = {"SecretStringTemplate": '{"user": "lake"}', "GenerateStringKey": "password"}
    stack = stacks.create(template("AWS::SecretsManager::Secret", {"GenerateSecretString": how | inside}))
    secret = stacks.physical(stack, "R")
    # documented(.../aws-properties-name.html): a name is made for it
    assert client("secretsmanager").describe_secret(SecretId=secret)["Name"].startswith(f"{stack}-R-")
    first = json.loads(secret_value(client, secret))
    assert (first["user"], len(first["password"]), first["password"].isalnum()) == ("lake", 20, True)
    stacks.update(
        stack, template("AWS::SecretsManager::Secret", {"GenerateSecretString": how | inside, "Description": "d"})
    )
    assert json.loads(secret_value(client, secret)) == first
    stacks.update(stack, template("AWS::SecretsManager::Secret", {"GenerateSecretString": how}))
    assert len(secret_value(client, secret)) == 20


def test_a_secret_is_given_or_made_up_but_not_both(stacks: Stacks, unique: str) -> None:
    both = {"SecretString": "x", "GenerateSecretString": {}}
    name = stacks.create(template("AWS::SecretsManager::Secret", both), until="ROLLBACK_COMPLETE")
    reasons = " ".join(reason for _, _, reason in stacks.events(name))
    assert "You can't specify both SecretString and GenerateSecretString" in reasons


def test_a_topic_its_policy_and_its_alarm(
    stacks: Stacks, client: ClientOf, unique: str, aws_env: dict[str, str]
) -> None:
    sns, cloudwatch = client("sns"), client("cloudwatch")

    def alerts(display: str, threshold: float, *, policy: bool = True, **more: Any) -> str:
        publish = {
            "Sid": "alarms", "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish", "Resource": ref("R"),
        }  # fmt: skip
        document = {"Version": "2012-10-17", "Statement": [publish]}
        alarm = {
            "AlarmName": f"alarm-{unique}", "Namespace": "Glue", "MetricName": "m", "Statistic": "Sum", "Period": 60,
            "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": threshold,
            "TreatMissingData": "notBreaching", "AlarmActions": [ref("R")],
            "Dimensions": [{"Name": "JobName", "Value": "j"}],
        }  # fmt: skip
        resources: dict[str, Any] = {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}
        if policy:
            properties = {"PolicyDocument": document, "Topics": [ref("R")]}
            resources["Policy"] = {"Type": "AWS::SNS::TopicPolicy", "Properties": properties}
        body = json.loads(template("AWS::SNS::Topic", {"DisplayName": display, **more}, **resources, **KEY))
        body["Outputs"] = {
            "Topic": {"Value": ref("R")},
            "TopicArn": {"Value": {"Fn::GetAtt": ["R", "TopicArn"]}},
            "Alarm": {"Value": ref("Alarm")},
            "AlarmArn": {"Value": arn("Alarm")},
        }
        return json.dumps(body)

    stack = stacks.create(alerts("first", 0, KmsMasterKeyId=ref("Key")))
    topic = stacks.physical(stack, "R")
    # documented(.../aws-resource-sns-topic.html, -cloudwatch-alarm.html): what Ref and Fn::GetAtt give
    assert topic.startswith(f"arn:aws:sns:us-east-1:000000000000:{stack}-R-")
    assert stacks.outputs(stack) == {
        "Topic": topic, "TopicArn": topic, "Alarm": f"alarm-{unique}",
        "AlarmArn": f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:alarm-{unique}",
    }  # fmt: skip

    def attributes() -> dict[str, str]:
        found: dict[str, str] = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        return found

    found = attributes()
    assert (found["DisplayName"], found["KmsMasterKeyId"]) == ("first", stacks.physical(stack, "Key"))
    (statement,) = json.loads(found["Policy"])["Statement"]
    assert (statement["Sid"], statement["Resource"]) == ("alarms", topic)
    # client(aws cli)
    told = subprocess.run(
        [program("aws"), "cloudwatch", "describe-alarms", "--alarm-names", f"alarm-{unique}", "--output", "json"],
        env=aws_env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    (alarm,) = json.loads(told.stdout)["MetricAlarms"]
    assert (alarm["AlarmActions"], alarm["Threshold"], alarm["TreatMissingData"]) == ([topic], 0, "notBreaching")
    assert alarm["Dimensions"] == [{"Name": "JobName", "Value": "j"}]

    stacks.update(stack, alerts("second", 2.5, policy=False))
    assert (stacks.physical(stack, "R"), stacks.physical(stack, "Alarm")) == (topic, f"alarm-{unique}")
    found = attributes()
    assert (found["DisplayName"], found.get("KmsMasterKeyId", "")) == ("second", "")
    # assumed: a topic whose policy goes has a new topic's again
    (statement,) = json.loads(found["Policy"])["Statement"]
    assert statement["Sid"] == "__default_statement_ID"
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"alarm-{unique}"])["MetricAlarms"]
    assert alarm["Threshold"] == 2.5
    stacks.delete(stack)
    assert gone(attributes, "NotFound")
    assert cloudwatch.describe_alarms(AlarmNames=[f"alarm-{unique}"])["MetricAlarms"] == []


def test_a_topic_with_a_name_that_is_taken(stacks: Stacks, client: ClientOf, unique: str) -> None:
    """CreateTopic would give the one that there is, and the stack would delete it with itself."""
    client("sns").create_topic(Name=f"taken-{unique}")
    name = stacks.create(template("AWS::SNS::Topic", {"TopicName": f"taken-{unique}"}), until="ROLLBACK_COMPLETE")
    assert "already exists" in " ".join(reason for _, _, reason in stacks.events(name))
    found = client("sns").get_topic_attributes(TopicArn=f"arn:aws:sns:us-east-1:000000000000:taken-{unique}")
    assert found["Attributes"]["Owner"] == "000000000000"


def test_a_fifo_topic_is_named_as_one(stacks: Stacks) -> None:
    name = stacks.create(template("AWS::SNS::Topic", {"FifoTopic": True}))
    # documented(API_CreateTopic): its name must end with the .fifo suffix
    assert stacks.physical(name, "R").endswith(".fifo")
    assert stacks.physical(name, "R").split(":")[-1].startswith(f"{name}-R-")


def test_a_subscription_changes_in_place(stacks: Stacks, client: ClientOf) -> None:
    sns = client("sns")
    queue = "arn:aws:sqs:us-east-1:000000000000:q"

    def subscription(**settings: Any) -> str:
        properties = {"TopicArn": ref("T"), "Protocol": "sqs", "Endpoint": queue, **settings}
        return template("AWS::SNS::Subscription", properties, T={"Type": "AWS::SNS::Topic"})

    stack = stacks.create(subscription(RawMessageDelivery=True, FilterPolicy={"kind": ["failure"]}))
    made = stacks.physical(stack, "R")

    def attributes() -> dict[str, str]:
        found: dict[str, str] = sns.get_subscription_attributes(SubscriptionArn=made)["Attributes"]
        return found

    found = attributes()
    assert (found["Protocol"], found["Endpoint"], found["RawMessageDelivery"]) == ("sqs", queue, "true")
    assert json.loads(found["FilterPolicy"]) == {"kind": ["failure"]}
    stacks.update(stack, subscription(FilterPolicy={"kind": ["failure", "success"]}))
    assert stacks.physical(stack, "R") == made
    found = attributes()
    assert found["RawMessageDelivery"] == "false"
    assert json.loads(found["FilterPolicy"]) == {"kind": ["failure", "success"]}
    stacks.update(stack, json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}))
    assert gone(attributes, "NotFound")
