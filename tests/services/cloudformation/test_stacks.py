"""Stacks through boto3: made, updated and refused for real, with AWS's states, events and sentences."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cloudformation.conftest import Stacks
from tests.services.cloudformation.lake_stack import LAKE, bucket_exists, days

API = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference"


def test_a_stack_makes_what_its_template_says(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create(LAKE, Parameters={"Days": "7"})
    stack = stacks.describe(name)
    outputs = stacks.outputs(name)
    assert stack["StackId"].startswith(f"arn:aws:cloudformation:us-east-1:000000000000:stack/{name}/")
    assert stack["Description"] == "A bucket and its key"
    assert {"OutputKey": "Bucket", "OutputValue": outputs["Bucket"], "Description": "The lake"} in stack["Outputs"]
    # documented(API_Parameter): a NoEcho parameter's value is masked with asterisks
    assert {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack["Parameters"]} == {
        "Days": "7", "Secret": "****",
    }  # fmt: skip
    # documented(.../TemplateReference/aws-properties-name.html): buckets' names are made in lower case
    assert outputs["Bucket"].startswith(f"{name}-bucket-")
    assert days(client, outputs["Bucket"]) == 7
    encryption = client("s3").get_bucket_encryption(Bucket=outputs["Bucket"])["ServerSideEncryptionConfiguration"]
    default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": outputs["KeyArn"]}
    with pytest.raises(ClientError, match="AccessDenied"):
        client("s3").put_object(Bucket=outputs["Bucket"], Key="no/x", Body=b"")


def test_events_tell_the_story_in_order(stacks: Stacks) -> None:
    name = stacks.create(LAKE)
    events = stacks.events(name)
    # documented(.../UserGuide/view-stack-events.html): a resource begins, is initiated with its id, and completes
    assert events[0] == (name, "CREATE_IN_PROGRESS", "User Initiated")
    assert events[-1] == (name, "CREATE_COMPLETE", "")
    for logical_id in ("Key", "Bucket", "Policy"):
        assert [event[1:] for event in events if event[0] == logical_id] == [
            ("CREATE_IN_PROGRESS", ""),
            ("CREATE_IN_PROGRESS", "Resource creation Initiated"),
            ("CREATE_COMPLETE", ""),
        ]
    began = [event[0] for event in events if event[1:] == ("CREATE_IN_PROGRESS", "")]
    assert began == ["Key", "Bucket", "Policy"]
    newest = stacks.client.describe_stack_events(StackName=name)["StackEvents"][0]
    # documented(API_DescribeStackEvents): reverse chronological order; a stack's own events carry its id
    assert (newest["ResourceType"], newest["PhysicalResourceId"]) == ("AWS::CloudFormation::Stack", newest["StackId"])


def test_resources_are_listed_with_their_ids(stacks: Stacks) -> None:
    name = stacks.create(LAKE)
    described = stacks.client.describe_stack_resources(StackName=name)["StackResources"]
    listed = stacks.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
    found = {each["LogicalResourceId"]: (each["ResourceType"], each["ResourceStatus"]) for each in described}
    assert found == {each["LogicalResourceId"]: (each["ResourceType"], each["ResourceStatus"]) for each in listed}
    assert found["Bucket"] == ("AWS::S3::Bucket", "CREATE_COMPLETE")
    bucket = stacks.outputs(name)["Bucket"]
    by_id = stacks.client.describe_stack_resources(PhysicalResourceId=bucket)["StackResources"]
    assert {each["StackName"] for each in by_id} == {name}
    assert stacks.refusal("describe_stack_resource", StackName=name, LogicalResourceId="X") == (
        "ValidationError", f"Resource X does not exist for stack {name}",
    )  # fmt: skip


def test_an_update_in_place_and_one_of_nothing(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create(LAKE)
    bucket = stacks.outputs(name)["Bucket"]
    # client(aws cli): `deploy` and every other tool know it by this sentence
    nothing = ("ValidationError", "No updates are to be performed.")
    assert stacks.refusal("update_stack", StackName=name, TemplateBody=LAKE) == nothing
    assert stacks.refusal("update_stack", StackName=name, UsePreviousTemplate=True) == nothing
    stacks.update(name, LAKE, Parameters={"Days": "9"})
    assert stacks.outputs(name)["Bucket"] == bucket
    assert days(client, bucket) == 9
    assert [event for event in stacks.events(name) if event[1].startswith("UPDATE")] == [
        (name, "UPDATE_IN_PROGRESS", "User Initiated"),
        ("Bucket", "UPDATE_IN_PROGRESS", ""),
        ("Bucket", "UPDATE_COMPLETE", ""),
        (name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        (name, "UPDATE_COMPLETE", ""),
    ]
    previous = [{"ParameterKey": "Days", "UsePreviousValue": True}]
    code, message = stacks.refusal("update_stack", StackName=name, UsePreviousTemplate=True, Parameters=previous)
    assert (code, message) == nothing
    assert "LastUpdatedTime" in stacks.describe(name)


def test_an_update_of_outputs_alone_is_one(stacks: Stacks) -> None:
    # assumed: seen on AWS; no page says it
    name = stacks.create(LAKE)
    stacks.update(name, LAKE + "  More: {Value: !Sub '${Bucket}-more'}\n")
    outputs = stacks.outputs(name)
    assert outputs["More"] == f"{outputs['Bucket']}-more"


NAMED = """
Parameters: {Name: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, UpdateReplacePolicy: %s, Properties: {BucketName: !Ref Name}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: !Sub "${Bucket.Arn}/no/*"}
"""


@pytest.mark.parametrize(("policy", "stays"), [("Delete", False), ("Retain", True)])
def test_what_cannot_be_changed_is_replaced_and_then_deleted(
    stacks: Stacks, client: Callable[..., Any], unique: str, policy: str, stays: bool
) -> None:
    first, second = f"one-{unique}-{policy.lower()}", f"two-{unique}-{policy.lower()}"
    name = stacks.create(NAMED % policy, Parameters={"Name": first})
    stacks.update(name, NAMED % policy, Parameters={"Name": second})
    assert stacks.physical(name, "Bucket") == second
    # What refers to it is replaced in its turn: a policy belongs to its bucket.
    assert stacks.physical(name, "Policy") == second
    assert bucket_exists(client, second)
    # documented(.../TemplateReference/aws-attribute-updatereplacepolicy.html)
    assert bucket_exists(client, first) is stays
    events = stacks.events(name)
    replacing = "Requested update requires the creation of a new physical resource; hence creating one."
    assert events.index(("Bucket", "UPDATE_IN_PROGRESS", replacing)) < events.index(("Bucket", "UPDATE_COMPLETE", ""))
    if stays:
        client("s3").delete_bucket(Bucket=first)
    else:
        cleaning = events.index((name, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""))
        assert cleaning < events.index(("Bucket", "DELETE_COMPLETE", "")) < events.index((name, "UPDATE_COMPLETE", ""))


def test_a_custom_name_that_would_be_there_twice_is_refused(stacks: Stacks, unique: str) -> None:
    template = """
    Resources:
      Security:
        Type: AWS::IAM::Role
        Properties: {RoleName: role-%s, Path: %s, AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}
    """
    name = stacks.create(template % (unique, "/a/"), Capabilities=["CAPABILITY_NAMED_IAM"])
    elsewhere, named = template % (unique, "/b/"), ["CAPABILITY_NAMED_IAM"]
    stacks.update(name, elsewhere, until="UPDATE_ROLLBACK_COMPLETE", Capabilities=named)
    reasons = [reason for _, status, reason in stacks.events(name) if status == "UPDATE_FAILED"]
    # documented(.../UserGuide/troubleshooting.html)
    sentence = (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename role-%s and"
    )
    assert reasons == [f"{sentence % unique} update the stack again."]


def test_resources_come_and_go_with_the_template(stacks: Stacks, client: Callable[..., Any]) -> None:
    one = "Resources:\n  A: {Type: AWS::S3::Bucket}\n"
    two = one + "  B: {Type: AWS::S3::Bucket}\n"
    name = stacks.create(one)
    stacks.update(name, two)
    added = stacks.physical(name, "B")
    assert bucket_exists(client, added)
    stacks.update(name, one)
    assert not bucket_exists(client, added)
    listed = stacks.client.describe_stack_resources(StackName=name)["StackResources"]
    assert [each["LogicalResourceId"] for each in listed] == ["A"]


def test_a_resource_keeps_its_type(stacks: Stacks) -> None:
    name = stacks.create("Resources: {A: {Type: AWS::S3::Bucket}}")
    # documented(https://repost.aws/knowledge-center/cloudformation-update-resource-type)
    other = stacks.refusal("update_stack", StackName=name, TemplateBody="Resources: {A: {Type: AWS::KMS::Key}}")
    sentence = "Update of resource type is not permitted. The new template modifies resource type of the following"
    assert other == ("ValidationError", f"{sentence} resources: [A]")


# -- refusing


def test_a_gap_is_refused_before_anything_is_made(stacks: Stacks) -> None:
    name = stacks.name()
    template = "Resources: {B: {Type: AWS::S3::Bucket}, V: {Type: AWS::EC2::VPC}}"
    code, message = stacks.refusal("create_stack", StackName=name, TemplateBody=template)
    assert (code, message.split(";")[0]) == (
        "ValidationError", "emulator: the resource type AWS::EC2::VPC (V) is not supported",
    )  # fmt: skip
    assert stacks.refusal("describe_stacks", StackName=name)[0] == "ValidationError"


def test_a_missing_capability_is_refused(stacks: Stacks) -> None:
    template = "Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}}"
    assert stacks.refusal("create_stack", StackName=stacks.name(), TemplateBody=template) == (
        "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ({"RoleARN": "arn:aws:iam::000000000000:role/some-role"}, "RoleARN"),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "Tags"),
        ({"EnableTerminationProtection": True}, "EnableTerminationProtection"),
        ({"TimeoutInMinutes": 5}, "TimeoutInMinutes"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(stacks: Stacks, option: dict[str, Any], named: str) -> None:
    params = {"StackName": stacks.name(), "TemplateBody": "Resources: {B: {Type: AWS::S3::Bucket}}"}
    code, message = stacks.refusal("create_stack", **params, **option)
    assert (code, message) == ("ValidationError", f"emulator: {named} of CreateStack is not supported; leave it out")


def test_names_and_tokens(stacks: Stacks) -> None:
    template = "Resources: {B: {Type: AWS::S3::Bucket}}"
    name = stacks.create(template, ClientRequestToken="once")
    again = stacks.client.create_stack(StackName=name, TemplateBody=template, ClientRequestToken="once")
    # documented(API_CreateStack): the token tells a retry from another request
    assert again["StackId"] == stacks.describe(name)["StackId"]
    assert stacks.refusal("create_stack", StackName=name, TemplateBody=template) == (
        "AlreadyExistsException", f"Stack [{name}] already exists",
    )  # fmt: skip
    assert stacks.refusal("update_stack", StackName="never-there", TemplateBody=template) == (
        "ValidationError", "Stack [never-there] does not exist",
    )  # fmt: skip
    code, message = stacks.refusal("create_stack", StackName="under_score", TemplateBody=template)
    assert (code, "[a-zA-Z][-a-zA-Z0-9]*" in message) == ("ValidationError", True)
    events = stacks.client.describe_stack_events(StackName=name)["StackEvents"]
    assert {event["ClientRequestToken"] for event in events} == {"once"}


def test_an_export_is_there_once(stacks: Stacks, unique: str) -> None:
    template = (
        f"Resources: {{B: {{Type: AWS::S3::Bucket}}}}\nOutputs: {{O: {{Value: !Ref B, Export: {{Name: e-{unique}}}}}}}"
    )
    name = stacks.create(template)
    pages = stacks.client.get_paginator("list_exports").paginate()
    exported = {each["Name"]: each["Value"] for page in pages for each in page["Exports"]}
    assert exported[f"e-{unique}"] == stacks.physical(name, "B")
    second = stacks.create(template, until="ROLLBACK_COMPLETE")
    reason = f"Export with name e-{unique} is already exported by stack {name}. Rollback requested by user."
    # documented(https://repost.aws/knowledge-center/cloudformation-stack-export-name-error)
    assert (second, "ROLLBACK_IN_PROGRESS", reason) in stacks.events(second)


def test_a_template_comes_from_s3_in_either_style(stacks: Stacks, client: Callable[..., Any], bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="a folder/t.yaml", Body=b"Resources: {B: {Type: AWS::S3::Bucket}}")
    for url in (
        f"https://s3.amazonaws.com/{bucket}/a%20folder/t.yaml",
        f"https://{bucket}.s3.us-east-1.amazonaws.com/a%20folder/t.yaml",
        f"{s3.meta.endpoint_url}/{bucket}/a%20folder/t.yaml",
    ):
        name = stacks.name()
        stacks.client.create_stack(StackName=name, TemplateURL=url)
        stacks.expect(name, "CREATE_COMPLETE")
    missing = f"https://s3.amazonaws.com/{bucket}/none"
    code, message = stacks.refusal("create_stack", StackName=stacks.name(), TemplateURL=missing)
    assert (code, message.startswith("S3 error: ")) == ("ValidationError", True)
    assert stacks.refusal("create_stack", StackName=stacks.name(), TemplateURL="s3://b/k") == (
        "ValidationError", "TemplateURL must be a supported URL.",
    )  # fmt: skip
    assert stacks.refusal("create_stack", StackName=stacks.name()) == (
        "ValidationError", "Either Template URL or Template Body must be specified.",
    )  # fmt: skip


def test_a_template_that_is_too_long_is_refused(stacks: Stacks) -> None:
    template = "Resources: {B: {Type: AWS::S3::Bucket}}\n" + "#" * 51_200
    code, message = stacks.refusal("create_stack", StackName=stacks.name(), TemplateBody=template)
    # documented(.../UserGuide/cloudformation-limits.html): 51,200 bytes
    assert (code, "less than or equal to 51200" in message) == ("ValidationError", True)


def test_accounts_and_regions_do_not_see_each_other(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create("Resources: {K: {Type: AWS::KMS::Key}}\nOutputs: {A: {Value: !GetAtt K.Arn}}")
    for elsewhere in ({"account": "111111111111"}, {"region": "eu-west-1"}):
        with pytest.raises(ClientError, match=f"Stack with id {name} does not exist"):
            client("cloudformation", **elsewhere).describe_stacks(StackName=name)
    other = Stacks(client("cloudformation", account="111111111111", region="eu-west-1"))
    other.create("Resources: {K: {Type: AWS::KMS::Key}}\nOutputs: {A: {Value: !GetAtt K.Arn}}", StackName=name)
    assert other.outputs(name)["A"].startswith("arn:aws:kms:eu-west-1:111111111111:key/")
    other.delete(name)
    assert stacks.describe(name)["StackStatus"] == "CREATE_COMPLETE"


def test_lists_are_filtered_by_state_and_know_the_deleted(stacks: Stacks) -> None:
    name = stacks.create("Resources: {B: {Type: AWS::S3::Bucket}}")
    stack_id = stacks.describe(name)["StackId"]
    stacks.delete(name)
    listed = {
        status: {
            summary["StackId"]
            for page in stacks.client.get_paginator("list_stacks").paginate(StackStatusFilter=[status])
            for summary in page["StackSummaries"]
        }
        for status in ("CREATE_COMPLETE", "DELETE_COMPLETE")
    }
    assert stack_id in listed["DELETE_COMPLETE"]
    assert stack_id not in listed["CREATE_COMPLETE"]
    described = {
        stack["StackId"]
        for page in stacks.client.get_paginator("describe_stacks").paginate()
        for stack in page["Stacks"]
    }
    assert stack_id not in described
