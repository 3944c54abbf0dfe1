"""infra/platform.yaml deployed by the unmodified AWS CLI: created, found unchanged, updated, deleted once empty."""

import json
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.clients import program

ROOT = Path(__file__).parents[2]
FUNCTIONS = ROOT / "pipelines" / "lambdas"
SCRIPT = ROOT / "pipelines" / "glue" / "bronze_to_silver.py"
Run = Callable[..., str]


@pytest.fixture
def aws(aws_env: dict[str, str], tmp_path: Path) -> Run:
    """Runs the CLI; what it says, or why it failed."""

    def run(*arguments: str, fails: bool = False) -> str:
        done = subprocess.run(
            [program("aws"), *arguments],
            env=aws_env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_the_platforms_life(aws: Run, client: Callable[..., Any], tmp_path: Path) -> None:
    for function in ("preprocess", "alert"):
        with zipfile.ZipFile(tmp_path / f"{function}.zip", "w") as archive:
            archive.write(FUNCTIONS / function / "handler.py", "handler.py")
    unique = uuid4().hex[:8]
    stack, artifacts, lake = f"platform-{unique}", f"artifacts-{unique}", f"lake-{unique}"
    aws("s3", "mb", f"s3://{artifacts}")
    for name in ("preprocess.zip", "alert.zip"):
        aws("s3", "cp", name, f"s3://{artifacts}/{name}")
    aws("s3", "cp", str(SCRIPT), f"s3://{artifacts}/silver.py")
    local = {
        entry["ParameterKey"]: entry["ParameterValue"] for entry in json.loads((ROOT / "infra/local.json").read_text())
    }
    names = {
        "ArtifactBucket": artifacts, "PreprocessKey": "preprocess.zip", "AlertKey": "alert.zip",
        "SilverScriptKey": "silver.py", "SlackWebhookSecretName": f"slack/{unique}",
        "AirflowSecretsPrefix": f"airflow-{unique}", "DataBucketName": lake, "DatabaseName": f"d_{unique}",
        "PipelineWorkGroupName": f"pipeline-{unique}",
        "AnalyticsWorkGroupName": f"analytics-{unique}",
    }  # fmt: skip

    def deploy(**more: str) -> str:
        values = [f"{name}={value}" for name, value in {**local, **names, **more}.items()]
        return aws(
            "cloudformation", "deploy", "--stack-name", stack, "--template-file", str(ROOT / "infra" / "platform.yaml"),
            "--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset", "--parameter-overrides", *values,
        )  # fmt: skip

    cloudformation, s3, firehose = client("cloudformation"), client("s3"), client("firehose")
    began = time.monotonic()
    assert f"Successfully created/updated stack - {stack}" in deploy()
    created_in = time.monotonic() - began
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    assert (outputs["DataBucket"], outputs["Database"]) == (lake, f"d_{unique}")
    # client(aws cli): it looks at a stack each 30 s; the first look must be enough
    assert created_in < 30
    assert f"No changes to deploy. Stack {stack} is up to date" in deploy()

    def buffer() -> int:
        stream = firehose.describe_delivery_stream(DeliveryStreamName=outputs["DeliveryStreamName"])
        destination = stream["DeliveryStreamDescription"]["Destinations"][0]["ExtendedS3DestinationDescription"]
        seconds: int = destination["BufferingHints"]["IntervalInSeconds"]
        return seconds

    assert buffer() == 60
    assert f"Successfully created/updated stack - {stack}" in deploy(BufferSeconds="120")
    assert buffer() == 120
    assert cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=lake, Key="x", Body=b"x")
    s3.put_object(Bucket=lake, Key="x", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=outputs["KeyArn"])
    assert s3.head_object(Bucket=lake, Key="x")["SSEKMSKeyId"] == outputs["KeyArn"]

    aws("cloudformation", "delete-stack", "--stack-name", stack)
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack, fails=True)
    failed = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    assert failed["StackStatus"] == "DELETE_FAILED"
    assert failed["StackStatusReason"] == "The following resource(s) failed to delete: [DataBucket]. "
    aws("s3", "rm", f"s3://{lake}", "--recursive")
    aws("cloudformation", "delete-stack", "--stack-name", stack)
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)
    with pytest.raises(ClientError, match=f"Stack with id {stack} does not exist"):
        cloudformation.describe_stacks(StackName=stack)
    gone = cloudformation.describe_stacks(StackName=described["StackId"])["Stacks"][0]
    assert gone["StackStatus"] == "DELETE_COMPLETE"
    aws("s3", "rb", f"s3://{artifacts}", "--force")
