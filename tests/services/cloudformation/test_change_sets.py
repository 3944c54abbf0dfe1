"""Change sets through boto3: what would be done is said first, and then done."""

from typing import Any

import pytest

from tests.services.cloudformation.conftest import Stacks

ONE = """
Parameters: {Days: {Type: Number, Default: 1}, Path: {Type: String, Default: /a/}}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules: [{Id: old, Status: Enabled, Prefix: raw/, ExpirationInDays: !Ref Days}]
  Role:
    Type: AWS::IAM::Role
    Properties: {Path: !Ref Path, AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: "def handler(event, context): return event"}
"""
IAM: dict[str, Any] = {"Capabilities": ["CAPABILITY_IAM"]}


def propose(stacks: Stacks, name: str, template: str, kind: str, change_set: str = "change", **values: str) -> Any:
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    answer = stacks.client.create_change_set(
        StackName=name,
        ChangeSetName=change_set,
        ChangeSetType=kind,
        TemplateBody=template,
        Parameters=parameters,
        **IAM,
    )
    return stacks.client.describe_change_set(ChangeSetName=answer["Id"])


def actions(change_set: Any) -> dict[str, tuple[str, str | None]]:
    changes = [change["ResourceChange"] for change in change_set["Changes"]]
    return {change["LogicalResourceId"]: (change["Action"], change.get("Replacement")) for change in changes}


def test_a_change_set_makes_a_stack(stacks: Stacks) -> None:
    name = stacks.name()
    proposed = propose(stacks, name, ONE, "CREATE")
    assert (proposed["Status"], proposed["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert actions(proposed) == {"Bucket": ("Add", None), "Role": ("Add", None), "Function": ("Add", None)}
    # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html)
    assert stacks.describe(name)["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert stacks.client.describe_stack_resources(StackName=name)["StackResources"] == []
    stacks.client.execute_change_set(ChangeSetName="change", StackName=name)
    stacks.expect(name, "CREATE_COMPLETE")
    assert stacks.events(name)[:2] == [
        (name, "REVIEW_IN_PROGRESS", "User Initiated"),
        (name, "CREATE_IN_PROGRESS", "User Initiated"),
    ]
    executed = stacks.client.describe_change_set(ChangeSetName="change", StackName=name)
    assert executed["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert stacks.describe(name)["ChangeSetId"] == executed["ChangeSetId"]


def test_a_change_set_says_what_an_update_does(stacks: Stacks) -> None:
    name = stacks.create(ONE, **IAM)
    in_place = propose(stacks, name, ONE, "UPDATE", "in-place", Days="2")
    assert actions(in_place) == {"Bucket": ("Modify", "False")}
    (change,) = in_place["Changes"]
    # documented(.../APIReference/API_ResourceChange.html)
    assert change["ResourceChange"]["Scope"] == ["Properties"]
    assert change["ResourceChange"]["PhysicalResourceId"] == stacks.physical(name, "Bucket")
    assert change["ResourceChange"]["Details"] == [
        {
            "Target": {"Attribute": "Properties", "Name": "LifecycleConfiguration", "RequiresRecreation": "Never"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
    ]
    # The function's role is known only once there is another one: that changes the function, in place.
    replacing = propose(stacks, name, ONE, "UPDATE", "replacing", Path="/b/")
    assert actions(replacing) == {"Role": ("Modify", "True"), "Function": ("Modify", "False")}
    listed = stacks.client.list_change_sets(StackName=name)["Summaries"]
    assert [each["ChangeSetName"] for each in listed] == ["in-place", "replacing"]
    stacks.client.execute_change_set(ChangeSetName=in_place["ChangeSetId"])
    stacks.expect(name, "UPDATE_COMPLETE")
    # documented(.../UserGuide/using-cfn-updating-stacks-changesets-execute.html): the others are deleted
    listed = stacks.client.list_change_sets(StackName=name)["Summaries"]
    assert [(each["ChangeSetName"], each["ExecutionStatus"]) for each in listed] == [("in-place", "EXECUTE_COMPLETE")]


def test_a_change_set_without_changes_fails(stacks: Stacks) -> None:
    name = stacks.create(ONE, **IAM)
    empty = propose(stacks, name, ONE, "UPDATE")
    # client(aws cli): `deploy` knows it by this sentence
    assert empty["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create a change set."
    )
    assert (empty["Status"], empty["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    code, message = stacks.refusal("execute_change_set", ChangeSetName="change", StackName=name)
    assert code == "InvalidChangeSetStatus"
    assert message == (
        f"ChangeSet [{empty['ChangeSetId']}] cannot be executed in its current execution status of [UNAVAILABLE]"
    )


def test_policies_and_metadata_are_changes_too(stacks: Stacks) -> None:
    template = "Resources: {B: {Type: AWS::S3::Bucket, DeletionPolicy: %s, Metadata: {why: %s}}}"
    name = stacks.create(template % ("Delete", "first"))
    proposed = propose(stacks, name, template % ("RetainExceptOnCreate", "second"), "UPDATE")
    assert [change["ResourceChange"]["Scope"] for change in proposed["Changes"]] == [["DeletionPolicy", "Metadata"]]
    stacks.client.execute_change_set(ChangeSetName="change", StackName=name)
    stacks.expect(name, "UPDATE_COMPLETE")
    bucket, stack_id = stacks.physical(name, "B"), stacks.describe(name)["StackId"]
    stacks.delete(name)
    assert ("B", "DELETE_SKIPPED", "") in stacks.events(stack_id)
    stacks.create(f"Resources: {{B: {{Type: AWS::S3::Bucket}}}}\nDescription: {bucket}")


def test_a_change_set_may_be_thrown_away(stacks: Stacks) -> None:
    name = stacks.create(ONE, **IAM)
    propose(stacks, name, ONE, "UPDATE", Days="2")
    assert stacks.client.get_template(ChangeSetName="change", StackName=name)["TemplateBody"] == ONE
    stacks.client.delete_change_set(ChangeSetName="change", StackName=name)
    assert stacks.refusal("describe_change_set", ChangeSetName="change", StackName=name) == (
        "ChangeSetNotFound", "ChangeSet [change] does not exist",
    )  # fmt: skip
    # client(boto3): to delete it again is no error
    stacks.client.delete_change_set(ChangeSetName="change", StackName=name)


@pytest.mark.parametrize(
    ("kind", "exists", "code", "sentence"),
    [
        ("UPDATE", False, "ValidationError", "Stack [{name}] does not exist"),
        (
            "CREATE", True, "ValidationError",
            "Stack [{name}] already exists and cannot be created again with the changeSet [change].",
        ),
        ("IMPORT", True, "ValidationError", "emulator: ChangeSetType IMPORT is not supported; use CREATE or UPDATE"),
    ],
)  # fmt: skip
def test_a_change_set_fits_its_stack(stacks: Stacks, kind: str, exists: bool, code: str, sentence: str) -> None:
    name = stacks.create("Resources: {B: {Type: AWS::S3::Bucket}}") if exists else stacks.name()
    refused = stacks.refusal(
        "create_change_set", StackName=name, ChangeSetName="change", ChangeSetType=kind, TemplateBody=ONE, **IAM
    )
    assert refused == (code, sentence.format(name=name))


def test_a_name_is_taken_once(stacks: Stacks) -> None:
    name = stacks.create(ONE, **IAM)
    propose(stacks, name, ONE, "UPDATE", Days="2")
    code, _ = stacks.refusal(
        "create_change_set", StackName=name, ChangeSetName="change", TemplateBody=ONE, ChangeSetType="UPDATE", **IAM
    )
    # documented(API_CreateChangeSet): AlreadyExistsException
    assert code == "AlreadyExistsException"


def test_a_failed_creation_by_change_set_may_be_left(stacks: Stacks, bucket: str) -> None:
    name = stacks.name()
    template = f"Resources: {{B: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {bucket}}}}}}}"
    propose(stacks, name, template, "CREATE")
    stacks.client.execute_change_set(ChangeSetName="change", StackName=name, DisableRollback=True)
    stacks.expect(name, "CREATE_FAILED")
    executed = stacks.client.describe_change_set(ChangeSetName="change", StackName=name)
    assert executed["ExecutionStatus"] == "EXECUTE_FAILED"
