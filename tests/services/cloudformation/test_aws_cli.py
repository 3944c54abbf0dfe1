"""The unmodified AWS CLI: ``aws cloudformation deploy`` creates, reports no changes, updates; without waiting long."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients import program
from tests.services.cloudformation.conftest import Stacks

TEMPLATE = """
Parameters: {Days: {Type: Number}, Kept: {Type: String, Default: kept}}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      LifecycleConfiguration:
        Rules: [{Id: old, Status: Enabled, Prefix: !Ref Kept, ExpirationInDays: !Ref Days}]
"""


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def aws(aws_env: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program("aws"), *arguments],
            env=aws_env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def test_deploy_creates_finds_nothing_to_do_and_updates(stacks: Stacks, aws: Run, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    name = stacks.name()
    deploy = ("cloudformation", "deploy", "--template-file", "t.yaml", "--stack-name", name, "--parameter-overrides")
    began = time.monotonic()
    created = aws(*deploy, "Days=3", "Kept=a/")
    assert (created.returncode, created.stderr) == (0, "")
    assert f"Successfully created/updated stack - {name}" in created.stdout
    # client(aws cli): it looks at a change set each 5 s and at a stack each 30 s; the first look must be enough
    assert time.monotonic() - began < 30
    assert stacks.describe(name)["StackStatus"] == "CREATE_COMPLETE"
    nothing = aws(*deploy, "Days=3", "--no-fail-on-empty-changeset")
    assert (nothing.returncode, nothing.stdout.strip().splitlines()[-1]) == (
        0, f"No changes to deploy. Stack {name} is up to date",
    )  # fmt: skip
    assert aws(*deploy, "Days=3").returncode != 0
    updated = aws(*deploy, "Days=4")
    assert updated.returncode == 0
    parameters = {entry["ParameterKey"]: entry["ParameterValue"] for entry in stacks.describe(name)["Parameters"]}
    # What is not given keeps its value: the CLI asks for the previous one.
    assert parameters == {"Days": "4", "Kept": "a/"}


def test_a_failed_deploy_says_so(stacks: Stacks, aws: Run, tmp_path: Path, bucket: str) -> None:
    (tmp_path / "t.yaml").write_text(
        f"Resources: {{B: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {bucket}}}}}}}"
    )
    name = stacks.name()
    failed = aws("cloudformation", "deploy", "--template-file", "t.yaml", "--stack-name", name)
    assert failed.returncode != 0
    assert "Failed to create/update the stack" in failed.stderr
    assert stacks.describe(name)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_stack_is_created_and_deleted_with_the_clis_waiters(stacks: Stacks, aws: Run, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('[{"ParameterKey": "Days", "ParameterValue": "5"}]')
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    name = stacks.name()
    asked = ("--stack-name", name, "--template-body", "file://t.yaml", "--parameters", "file://p.json")
    for arguments in (
        ("create-stack", *asked),
        ("wait", "stack-create-complete", "--stack-name", name),
        ("delete-stack", "--stack-name", name),
        ("wait", "stack-delete-complete", "--stack-name", name),
    ):
        done = aws("cloudformation", *arguments)
        assert done.returncode == 0, done.stderr
    assert stacks.refusal("describe_stacks", StackName=name)[0] == "ValidationError"
