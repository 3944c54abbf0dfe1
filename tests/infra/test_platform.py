"""infra/platform.yaml by itself: passes cfn-lint, stays small, keeps to least privilege; every profile fits it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "platform.yaml"
PROFILES = ("local", "compose", "aws")
LIMIT = 51_200
"""documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html)"""

# Where IAM has no narrower resource.
EVERYWHERE = {"glue:GetSecurityConfiguration", "cloudwatch:PutMetricData"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, kept as (tag, argument)."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return (suffix, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return (suffix, loader.construct_sequence(node, deep=True))
    raise TypeError(f"!{suffix} of a map")


Loader.add_multi_constructor("!", _short_form)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader)
    return content


def of_type(template: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    return {name: body["Properties"] for name, body in template["Resources"].items() if body["Type"] == type_}


def test_it_passes_cfn_lint() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), TEMPLATE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (lint.returncode, lint.stdout, lint.stderr) == (0, "", "")


def test_it_stays_small_enough_to_be_sent_as_it_is() -> None:
    assert len(TEMPLATE.read_bytes()) < LIMIT


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_values_for_its_parameters(template: dict[str, Any], profile: str) -> None:
    entries = json.loads((ROOT / "infra" / f"{profile}.json").read_text())
    # client(aws cli): the form of `--parameters file://`, and of `deploy`'s overrides in its version 2
    assert all(entry.keys() == {"ParameterKey", "ParameterValue"} for entry in entries)
    values = {entry["ParameterKey"]: entry["ParameterValue"] for entry in entries}
    assert len(values) == len(entries)
    assert set(values) <= set(template["Parameters"])
    for name, value in values.items():
        assert value in template["Parameters"][name].get("AllowedValues", [value])
    left = {name for name, rules in template["Parameters"].items() if "Default" not in rules} - set(values)
    # What every deployment finds out anew: where the code lies.
    assert left == {"ArtifactBucket", "PreprocessKey", "AlertKey", "SilverScriptKey"}


def test_the_bucket_refuses_what_is_not_encrypted(template: dict[str, Any]) -> None:
    (policy,) = of_type(template, "AWS::S3::BucketPolicy").values()
    deny, tls = policy["PolicyDocument"]["Statement"]
    assert deny == {
        "Sid": "DenyUnEncryptedObjectUploads",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": ("Sub", "${DataBucket.Arn}/*"),
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
    }
    assert (tls[0], tls[1][0]) == ("If", "TlsOnly")


def test_everything_is_encrypted_with_the_stacks_key(template: dict[str, Any]) -> None:
    key = ("GetAtt", "Key.Arn")
    (bucket,) = of_type(template, "AWS::S3::Bucket").values()
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    (stream,) = of_type(template, "AWS::Kinesis::Stream").values()
    assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": key}
    (delivery,) = of_type(template, "AWS::KinesisFirehose::DeliveryStream").values()
    destination = delivery["ExtendedS3DestinationConfiguration"]
    assert destination["EncryptionConfiguration"] == {"KMSEncryptionConfig": {"AWSKMSKeyARN": key}}
    (security,) = of_type(template, "AWS::Glue::SecurityConfiguration").values()
    assert security["EncryptionConfiguration"]["S3Encryptions"] == [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": key}]
    (topic,) = of_type(template, "AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == ("Ref", "Key")
    assert {secret["KmsKeyId"] for secret in of_type(template, "AWS::SecretsManager::Secret").values()} == {key}
    groups = of_type(template, "AWS::Athena::WorkGroup")
    pipeline = groups["PipelineWorkGroup"]["WorkGroupConfiguration"]
    analytics = groups["AnalyticsWorkGroup"]["WorkGroupConfiguration"]
    assert pipeline == {"EnforceWorkGroupConfiguration": False}
    assert analytics["EnforceWorkGroupConfiguration"] is True
    assert analytics["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_KMS", "KmsKey": key}


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def test_no_role_may_do_more_than_it_names(template: dict[str, Any]) -> None:
    found = list(statements(template))
    assert {name for name, _ in found} == {"PreprocessRole", "DeliveryRole", "JobRole", "AlertRole", "PipelineRole"}
    for name, statement in found:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action], name
        if statement["Resource"] == "*":
            assert set(actions) <= EVERYWHERE, name


def test_every_role_is_one_service_s_or_the_account_s(template: dict[str, Any]) -> None:
    trusted = {
        name: role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        for name, role in of_type(template, "AWS::IAM::Role").items()
    }
    assert trusted == {
        "PreprocessRole": {"Service": "lambda.amazonaws.com"},
        "DeliveryRole": {"Service": "firehose.amazonaws.com"},
        "JobRole": {"Service": "glue.amazonaws.com"},
        "AlertRole": {"Service": "lambda.amazonaws.com"},
        "PipelineRole": {"AWS": ("Sub", "arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
    }


def test_an_alarm_hears_what_glue_counts_of_the_job(template: dict[str, Any]) -> None:
    (job,) = of_type(template, "AWS::Glue::Job").values()
    # documented(https://docs.aws.amazon.com/glue/latest/dg/monitor-observability.html)
    assert job["DefaultArguments"]["--enable-observability-metrics"] == "true"
    (alarm,) = of_type(template, "AWS::CloudWatch::Alarm").values()
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("Glue", "glue.error.ALL", "Sum")
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
    assert dimensions == {
        "JobName": ("Ref", "SilverJob"), "JobRunId": "ALL", "Type": "count", "ObservabilityGroup": "error",
    }  # fmt: skip
    assert alarm["AlarmActions"] == [("Ref", "AlertTopic")]


def test_alarms_may_use_the_topic_and_its_key(template: dict[str, Any]) -> None:
    (policy,) = of_type(template, "AWS::SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    alarms = {"Service": "cloudwatch.amazonaws.com"}
    assert (statement["Principal"], statement["Action"]) == (alarms, "sns:Publish")
    # documented(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html): an
    # encrypted topic takes an alarm's message only where the key's policy lets CloudWatch use it
    (key,) = of_type(template, "AWS::KMS::Key").values()
    (shared,) = [entry for entry in key["KeyPolicy"]["Statement"] if entry["Principal"] == alarms]
    assert shared["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_the_webhook_is_not_shown(template: dict[str, Any]) -> None:
    assert template["Parameters"]["SlackWebhookUrl"]["NoEcho"] is True
    assert "SlackWebhookUrl" not in json.dumps(template["Outputs"])
