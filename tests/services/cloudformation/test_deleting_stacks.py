"""Stacks that are deleted, and what is left of them."""

from collections.abc import Callable
from typing import Any

from tests.services.cloudformation.conftest import Stacks
from tests.services.cloudformation.lake_stack import LAKE, bucket_exists


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
