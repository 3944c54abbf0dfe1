"""The types that alerts are made of, through boto3: secrets, topics with policies and subscriptions, alarms."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.services.cloudformation.conftest import Stacks
from tests.services.cloudformation.test_types import KEY, arn, gone, ref, template

ClientOf = Callable[..., Any]
AWS = Path(sys.executable).with_name("aws")


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
        [AWS, "secretsmanager", "get-secret-value", "--secret-id", name, "--query", "SecretString", "--output", "text"],
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
