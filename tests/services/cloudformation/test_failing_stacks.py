"""Stacks that fail while they are made or updated: rolled back, left as they are, or refused."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.cloudformation.conftest import Stacks
from tests.services.cloudformation.lake_stack import bucket_exists, days

FAILING = """
Parameters: {Taken: {Type: String}}
Resources:
  First: {Type: AWS::S3::Bucket, DeletionPolicy: %s}
  Second: {Type: AWS::S3::Bucket, DependsOn: First, Properties: {BucketName: !Ref Taken}}
  Third: {Type: AWS::S3::Bucket, DependsOn: Second}
"""


@pytest.mark.parametrize(("policy", "stays"), [("Delete", False), ("RetainExceptOnCreate", False), ("Retain", True)])
def test_a_failure_rolls_the_creation_back(
    stacks: Stacks, client: Callable[..., Any], bucket: str, policy: str, stays: bool
) -> None:
    template = FAILING % policy
    name = stacks.create(template, until="ROLLBACK_COMPLETE", Parameters={"Taken": bucket})
    events = stacks.events(name)
    (failed,) = [event for event in events if event[1] == "CREATE_FAILED"]
    # documented(.../UserGuide/troubleshooting.html): the bucket was there before, and stays
    assert failed[0] == "Second"
    assert f"Resource of type 'AWS::S3::Bucket' with identifier '{bucket}' already exists." in failed[2]
    assert bucket_exists(client, bucket)
    reason = "The following resource(s) failed to create: [Second]. Rollback requested by user."
    rolling_back = events.index((name, "ROLLBACK_IN_PROGRESS", reason))
    gone = events.index(("First", "DELETE_SKIPPED" if stays else "DELETE_COMPLETE", ""))
    assert rolling_back < gone < events.index((name, "ROLLBACK_COMPLETE", ""))
    assert "Third" not in {event[0] for event in events}
    first = stacks.physical(name, "First")
    assert bucket_exists(client, first) is stays
    if stays:
        client("s3").delete_bucket(Bucket=first)
    code, message = stacks.refusal("update_stack", StackName=name, TemplateBody=template)
    stack_id = stacks.describe(name)["StackId"]
    assert (code, message) == (
        "ValidationError",
        f"Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated.",
    )


@pytest.mark.parametrize("option", [{"OnFailure": "DO_NOTHING"}, {"DisableRollback": True}])
def test_a_failure_may_be_left_as_it_is(stacks: Stacks, client: Callable[..., Any], bucket: str, option: Any) -> None:
    name = stacks.create(FAILING % "Delete", until="CREATE_FAILED", Parameters={"Taken": bucket}, **option)
    assert bucket_exists(client, stacks.physical(name, "First"))
    stacks.delete(name)


def test_a_failure_may_delete_the_stack(stacks: Stacks, client: Callable[..., Any], bucket: str) -> None:
    name = stacks.name()
    answer = stacks.client.create_stack(
        StackName=name, TemplateBody=FAILING % "Delete", OnFailure="DELETE",
        Parameters=[{"ParameterKey": "Taken", "ParameterValue": bucket}],
    )  # fmt: skip
    stacks.expect(answer["StackId"], "DELETE_COMPLETE")
    assert not bucket_exists(client, stacks.physical(answer["StackId"], "First"))


def test_a_value_that_a_property_does_not_take_fails_its_resource(stacks: Stacks) -> None:
    template = "Resources: {S: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: many}}}"
    name = stacks.create(template, until="ROLLBACK_COMPLETE")
    reasons = [reason for _, status, reason in stacks.events(name) if status == "CREATE_FAILED"]
    # documented(https://repost.aws/knowledge-center/cloudformation-properties-validation-errors)
    assert reasons == [
        "Properties validation failed for resource S with message:\n#/ShardCount: expected type: Integer, found: String"
    ]


def test_a_function_that_fails_on_what_was_made_fails_its_resource(stacks: Stacks) -> None:
    template = """
    Resources:
      A: {Type: AWS::S3::Bucket}
      B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Select [9, !Split ["-", !Ref A]]}}
    """
    name = stacks.create(template, until="ROLLBACK_COMPLETE")
    sentence = "Template error: Fn::Select cannot select nonexistent value at index 9"
    assert ("B", "CREATE_FAILED", sentence) in stacks.events(name)
    of_output = "Resources: {A: {Type: AWS::S3::Bucket}}\nOutputs: {O: {Value: !Select [9, !Split ['-', !Ref A]]}}"
    name = stacks.create(of_output, until="ROLLBACK_COMPLETE")
    assert (name, "ROLLBACK_IN_PROGRESS", f"{sentence} Rollback requested by user.") in stacks.events(name)
    one = "Resources: {A: {Type: AWS::S3::Bucket}, B: {Type: AWS::S3::Bucket}}"
    name = stacks.create(one)
    # By then there is an A, so that it is known before anything is changed.
    assert stacks.refusal("update_stack", StackName=name, TemplateBody=template) == ("ValidationError", sentence)


UPDATED = """
Parameters: {Days: {Type: Number}, More: {Type: String}, Path: {Type: String}}
Conditions: {Failing: !Not [!Equals [!Ref More, ""]]}
Resources:
  Changed:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules: [{Id: old, Status: Enabled, Prefix: raw/, ExpirationInDays: !Ref Days}]
  Replaced:
    Type: AWS::IAM::Role
    Properties: {Path: !Ref Path, AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}
  Failing:
    Type: AWS::S3::Bucket
    Condition: Failing
    DependsOn: [Changed, Replaced]
    Properties: {BucketName: !Ref More}
"""


def test_a_failed_update_is_rolled_back(stacks: Stacks, client: Callable[..., Any], bucket: str) -> None:
    iam: dict[str, Any] = {"Capabilities": ["CAPABILITY_IAM"]}
    name = stacks.create(UPDATED, Parameters={"Days": "1", "More": "", "Path": "/a/"}, **iam)
    changed, role = stacks.physical(name, "Changed"), stacks.physical(name, "Replaced")
    values = {"Days": "2", "More": bucket, "Path": "/b/"}
    stacks.update(name, UPDATED, until="UPDATE_ROLLBACK_COMPLETE", Parameters=values, **iam)
    assert days(client, changed) == 1
    assert stacks.physical(name, "Replaced") == role
    assert client("iam").get_role(RoleName=role)["Role"]["Path"] == "/a/"
    path_b = [each for each in client("iam").list_roles(PathPrefix="/b/")["Roles"] if name in each["RoleName"]]
    assert path_b == []
    assert bucket_exists(client, bucket)
    states = [(status, reason) for who, status, reason in stacks.events(name) if who == name][-4:]
    # documented(.../UserGuide/view-stack-events.html): the states of a rolled back update
    assert states == [
        ("UPDATE_IN_PROGRESS", "User Initiated"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Failing]. "),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
    ]
    listed = stacks.client.describe_stack_resources(StackName=name)["StackResources"]
    assert {each["LogicalResourceId"] for each in listed} == {"Changed", "Replaced"}
    parameters = {entry["ParameterKey"]: entry["ParameterValue"] for entry in stacks.describe(name)["Parameters"]}
    assert parameters == {"Days": "1", "More": "", "Path": "/a/"}
    stacks.update(name, UPDATED, Parameters={"Days": "3", "More": "", "Path": "/a/"}, **iam)
    assert days(client, changed) == 3
