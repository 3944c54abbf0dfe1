"""Stacks through boto3: made, updated, rolled back and deleted for real, with AWS's states, events and sentences."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cloudformation.conftest import Stacks

API = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference"

LAKE = """
Description: A bucket and its key
Parameters:
  Days: {Type: Number, Default: 30}
  Secret: {Type: String, NoEcho: true, Default: hidden}
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: !Sub "${Bucket.Arn}/no/*"}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}
      LifecycleConfiguration:
        Rules: [{Id: old, Status: Enabled, Prefix: raw/, ExpirationInDays: !Ref Days}]
  Key: {Type: AWS::KMS::Key}
Outputs:
  Bucket: {Value: !Ref Bucket, Description: The lake}
  KeyArn: {Value: !GetAtt Key.Arn}
"""


def days(client: Callable[..., Any], bucket: str) -> int:
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    number: int = rules[0]["Expiration"]["Days"]
    return number


def bucket_exists(client: Callable[..., Any], bucket: str) -> bool:
    try:
        client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True


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


# -- deleting


def test_a_bucket_that_is_not_empty_stays_and_says_so(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create(LAKE)
    stack_id, bucket = stacks.describe(name)["StackId"], stacks.outputs(name)["Bucket"]
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="x", Body=b"x")
    stacks.delete(name, until="DELETE_FAILED")
    (reason,) = [reason for who, status, reason in stacks.events(name) if (who, status) == ("Bucket", "DELETE_FAILED")]
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html): BucketNotEmpty's sentence
    assert "The bucket you tried to delete is not empty" in reason
    assert "Error Code: BucketNotEmpty" in reason
    assert stacks.describe(name)["StackStatusReason"] == "The following resource(s) failed to delete: [Bucket]. "
    states = {
        each["LogicalResourceId"]: each["ResourceStatus"]
        for each in stacks.client.describe_stack_resources(StackName=name)["StackResources"]
    }
    # What the bucket needs is still there; what needed it went first.
    assert states == {"Policy": "DELETE_COMPLETE", "Bucket": "DELETE_FAILED", "Key": "CREATE_COMPLETE"}
    s3.delete_object(Bucket=bucket, Key="x")
    stacks.delete(name)
    assert not bucket_exists(client, bucket)
    # documented(API_DescribeStacks): a deleted stack is found by its id only
    gone = stacks.describe(stack_id)
    assert gone["StackStatus"] == "DELETE_COMPLETE"
    assert gone["DeletionTime"] > gone["CreationTime"]
    assert stacks.refusal("describe_stacks", StackName=name) == (
        "ValidationError", f"Stack with id {name} does not exist",
    )  # fmt: skip


def test_a_resource_may_be_retained_after_it_failed(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create(LAKE)
    bucket = stacks.outputs(name)["Bucket"]
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="x", Body=b"x")
    code, message = stacks.refusal("delete_stack", StackName=name, RetainResources=["Bucket"])
    # documented(API_DeleteStack): for stacks in the DELETE_FAILED state; the sentence is assumed
    assert (code, "DELETE_FAILED state" in message) == ("ValidationError", True)
    stacks.delete(name, until="DELETE_FAILED")
    assert stacks.refusal("delete_stack", StackName=name, RetainResources=["Key"])[0] == "ValidationError"
    stacks.delete(name, RetainResources=["Bucket"])
    assert bucket_exists(client, bucket)
    s3.delete_object(Bucket=bucket, Key="x")
    s3.delete_bucket(Bucket=bucket)


def test_a_deletion_policy_keeps_a_resource(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create("Resources: {B: {Type: AWS::S3::Bucket, DeletionPolicy: Retain}}")
    stack_id, bucket = stacks.describe(name)["StackId"], stacks.physical(name, "B")
    stacks.delete(name)
    # documented(.../TemplateReference/aws-attribute-deletionpolicy.html)
    assert ("B", "DELETE_SKIPPED", "") in stacks.events(stack_id)
    assert bucket_exists(client, bucket)
    client("s3").delete_bucket(Bucket=bucket)


def test_to_delete_what_is_not_there_is_no_error(stacks: Stacks) -> None:
    # client(boto3): `delete-stack` of an unknown stack answers 200
    stacks.client.delete_stack(StackName="never-there")


def test_a_key_is_pending_deletion(stacks: Stacks, client: Callable[..., Any]) -> None:
    name = stacks.create("Resources: {K: {Type: AWS::KMS::Key, Properties: {PendingWindowInDays: 7}}}")
    key = stacks.physical(name, "K")
    stacks.delete(name)
    # documented(.../TemplateReference/aws-resource-kms-key.html): PendingWindowInDays, 30 unless told otherwise
    assert client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"


# -- failing

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
