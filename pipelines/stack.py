"""The names and ARNs that the code needs, read from the outputs of the one stack that infra/platform.yaml makes."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from pipelines.errors import Refused

STACK_NAME = "github-analytics"
DEPLOY = "deploy it with `python -m pipelines deploy`"


@dataclass(frozen=True, slots=True)
class Stack:
    bucket: str
    key_arn: str
    stream_name: str
    silver_job: str
    database: str
    work_group: str
    """The workgroup ``pipeline``, in which each statement says where it writes and with which key."""
    alert_topic: str

    @classmethod
    def of(cls, outputs: dict[str, str]) -> "Stack":
        try:
            return cls(
                bucket=outputs["DataBucket"],
                key_arn=outputs["KeyArn"],
                stream_name=outputs["StreamName"],
                silver_job=outputs["SilverJob"],
                database=outputs["Database"],
                work_group=outputs["PipelineWorkGroup"],
                alert_topic=outputs["AlertTopicArn"],
            )
        except KeyError as error:
            raise Refused(f"the stack {STACK_NAME} has no output {error}: {DEPLOY}") from error


def describe(cloudformation: Any, name: str = STACK_NAME) -> dict[str, Any] | None:
    """The stack as CloudFormation describes it; None where there is none."""
    try:
        stacks: list[dict[str, Any]] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        # documented(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html)
        if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
            return None
        raise
    return stacks[0]


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def find(cloudformation: Any) -> Stack:
    """The deployed stack; raises Refused where it is missing or not whole."""
    found = describe(cloudformation)
    if found is None:
        raise Refused(f"there is no stack {STACK_NAME} yet: {DEPLOY}")
    if not found["StackStatus"].endswith("_COMPLETE") or found["StackStatus"] == "ROLLBACK_COMPLETE":
        raise Refused(f"the stack {STACK_NAME} is in {found['StackStatus']}: {DEPLOY}")
    return Stack.of(outputs(found))
