"""Templates through boto3: given back as they were given, summed up, validated."""

import json

from tests.services.cloudformation.conftest import Stacks

COMMENTED = """# kept, comments and all
Description: Two of a kind
Parameters:
  Size: {Type: String, AllowedValues: [small, big], Default: small, Description: How big}
  Word: {Type: String, NoEcho: true}
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}}
  Bucket: {Type: AWS::S3::Bucket}
"""


def test_a_template_comes_back_as_it_was_given(stacks: Stacks) -> None:
    name = stacks.create(COMMENTED, Capabilities=["CAPABILITY_IAM"], Parameters={"Word": "w"})
    answer = stacks.client.get_template(StackName=name)
    assert answer["TemplateBody"] == COMMENTED
    as_json = json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}})
    name = stacks.create(as_json)
    # client(boto3): it parses a JSON template itself
    assert stacks.client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"] == json.loads(as_json)
    assert stacks.refusal("get_template", StackName="never-there") == (
        "ValidationError", "Stack with id never-there does not exist",
    )  # fmt: skip


def test_a_summary_says_what_a_template_asks_for(stacks: Stacks) -> None:
    summary = stacks.client.get_template_summary(TemplateBody=COMMENTED)
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html)
    assert summary["Parameters"] == [
        {
            "ParameterKey": "Size", "ParameterType": "String", "DefaultValue": "small", "NoEcho": False,
            "Description": "How big", "ParameterConstraints": {"AllowedValues": ["small", "big"]},
        },
        {"ParameterKey": "Word", "ParameterType": "String", "NoEcho": True, "ParameterConstraints": {}},
    ]  # fmt: skip
    assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::S3::Bucket"]
    assert (summary["Description"], summary["Version"]) == ("Two of a kind", "2010-09-09")
    assert summary["Capabilities"] == ["CAPABILITY_IAM"]
    # client(aws cli): shown like this by `aws cloudformation validate-template`
    assert summary["CapabilitiesReason"] == "The following resource(s) require capabilities: [AWS::IAM::Role]"
    name = stacks.create("Parameters: {A: {Type: String, Default: a}}\nResources: {B: {Type: AWS::S3::Bucket}}")
    of_stack = stacks.client.get_template_summary(StackName=name)
    assert [parameter["ParameterKey"] for parameter in of_stack["Parameters"]] == ["A"]


def test_a_template_is_validated_without_values(stacks: Stacks) -> None:
    answer = stacks.client.validate_template(TemplateBody=COMMENTED)
    assert [parameter["ParameterKey"] for parameter in answer["Parameters"]] == ["Size", "Word"]
    assert answer["Capabilities"] == ["CAPABILITY_IAM"]
    code, message = stacks.refusal("validate_template", TemplateBody="Resources: {")
    assert (code, message.startswith("Template format error: YAML not well-formed.")) == ("ValidationError", True)
    code, message = stacks.refusal("validate_template", TemplateBody="Resources: {V: {Type: AWS::EC2::VPC}}")
    assert (code, message.startswith("emulator: the resource type AWS::EC2::VPC (V)")) == ("ValidationError", True)
