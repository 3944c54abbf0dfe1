"""Puts the platform there: the code under content-hash keys into the artifact bucket, then the one stack.

The artifact bucket is all that code creates; everything else is infra/platform.yaml's.
"""

import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from pipelines import stack as stacks
from pipelines.errors import Incomplete, Refused
from pipelines.settings import ROOT, Profile

TEMPLATE = ROOT / "infra" / "platform.yaml"
HANDLERS = {
    "PreprocessKey": ROOT / "pipelines" / "lambdas" / "preprocess" / "handler.py",
    "AlertKey": ROOT / "pipelines" / "lambdas" / "alert" / "handler.py",
}
"""The Lambda functions' code, each the whole of its function's zip, by the parameter that gets the zip's key."""
SILVER_SCRIPT = ROOT / "pipelines" / "glue" / "bronze_to_silver.py"
SECRETS = {"SLACK_WEBHOOK_URL": "SlackWebhookUrl"}
"""Parameters that no file gives, by their environment variables. A stack keeps those that are not given again."""
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
REVIEW = "REVIEW_IN_PROGRESS"
"""A change set that nobody has executed made the stack: nothing is under way."""
NEVER_MADE = "ROLLBACK_COMPLETE"
"""Its creation failed or was cut off, and all of it was taken away again: only the name stands in the way."""
BEYOND_UPDATE = (
    REVIEW,
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Artifact:
    key: str
    body: bytes


def function_zip(handler: Path) -> Artifact:
    """A Lambda function's zip. Stored, with a fixed date: the same code is the same bytes on every machine."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo(handler.name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, handler.read_bytes())
    return Artifact(f"lambda/{handler.parent.name}-{_hash(packed.getvalue())}.zip", packed.getvalue())


def silver_script() -> Artifact:
    body = SILVER_SCRIPT.read_bytes()
    return Artifact(f"glue/{SILVER_SCRIPT.stem}-{_hash(body)}.py", body)


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def deploy(profile: Profile, say: Say, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes or updates everything; returns the stack's outputs. Changes nothing where nothing has changed."""
    bucket = _artifact_bucket(profile)
    artifacts = {name: function_zip(handler) for name, handler in HANDLERS.items()} | {
        "SilverScriptKey": silver_script()
    }
    for artifact in artifacts.values():
        _upload(profile.client("s3"), bucket, artifact)
    parameters = given_parameters(profile.name) | {"ArtifactBucket": bucket}
    parameters |= {name: artifact.key for name, artifact in artifacts.items()}
    parameters |= given_secrets(os.environ if environ is None else environ)
    cloudformation = profile.client("cloudformation")
    if not _apply(cloudformation, parameters, say):
        say("the stack is as it should be already")
    return _settled(cloudformation, say)


def given_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """A variable that is empty says nothing: compose passes on what .env does not have as such."""
    return {name: environ[variable] for variable, name in SECRETS.items() if environ.get(variable)}


def given_parameters(profile_name: str, folder: Path = TEMPLATE.parent) -> dict[str, str]:
    """The template's parameters that differ between profiles, from ``infra/<profile>.json``."""
    path = folder / f"{profile_name}.json"
    return {entry["ParameterKey"]: entry["ParameterValue"] for entry in json.loads(path.read_text())}


def artifact_bucket_name(profile: Profile, account: str) -> str:
    return f"{stacks.STACK_NAME}-artifacts-{account}-{profile.region}"


def _artifact_bucket(profile: Profile) -> str:
    bucket = artifact_bucket_name(profile, profile.client("sts").get_caller_identity()["Account"])
    s3 = profile.client("s3")
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        place = {} if profile.region == "us-east-1" else {"LocationConstraint": profile.region}
        s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": place} if place else {}))
    return bucket


def _upload(s3: Any, bucket: str, artifact: Artifact) -> None:
    try:
        s3.head_object(Bucket=bucket, Key=artifact.key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        s3.put_object(Bucket=bucket, Key=artifact.key, Body=artifact.body)


def _apply(cloudformation: Any, parameters: dict[str, str], say: Say) -> bool:
    """Starts to create or to update the stack, after whoever else does; False where there is nothing to do."""
    while True:
        found = _at_rest(cloudformation, say)
        if found is not None and found["StackStatus"] == NEVER_MADE:
            say(f"{stacks.STACK_NAME}: an earlier creation was rolled back; its name is freed")
            cloudformation.delete_stack(StackName=found["StackId"])
            found = _at_rest(cloudformation, say)
        try:
            return _ask(cloudformation, found, parameters)
        except ClientError as error:
            if not _is_under_way(error):
                raise


def _is_under_way(error: ClientError) -> bool:
    """Somebody else, such as the container that deploys, has begun since we looked."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    return code == "AlreadyExistsException" or (code == "ValidationError" and "_IN_PROGRESS state" in message)


def _ask(cloudformation: Any, found: dict[str, Any] | None, parameters: dict[str, str]) -> bool:
    """``found`` is the stack as it is now; None: there is none."""
    request: dict[str, Any] = {
        "StackName": stacks.STACK_NAME,
        "TemplateBody": TEMPLATE.read_text(),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())],
        "Capabilities": CAPABILITIES,
    }
    if found is None:
        cloudformation.create_stack(**request)
        return True
    if found["StackStatus"] in BEYOND_UPDATE:
        raise Refused(
            f"the stack {stacks.STACK_NAME} is in {found['StackStatus']} and cannot be updated. Empty its bucket,"
            f" delete it (aws cloudformation delete-stack --stack-name {stacks.STACK_NAME}), and deploy again"
        )
    there = {entry["ParameterKey"] for entry in found.get("Parameters", [])}
    kept = sorted((there & set(SECRETS.values())) - parameters.keys())
    request["Parameters"] += [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        # client(aws cli): it, too, knows this answer by its sentence alone
        if "No updates are to be performed" not in str(error):
            raise
        return False
    return True


def _settled(cloudformation: Any, say: Say) -> dict[str, str]:
    """The outputs, when the stack is at rest. Raises Incomplete where it did not come to what was asked for."""
    found = _at_rest(cloudformation, say)
    if found is None:
        raise Incomplete(f"the stack {stacks.STACK_NAME} was deleted while it was deployed")
    status = found["StackStatus"]
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Incomplete(f"the stack {stacks.STACK_NAME} is in {status}:{_failures(cloudformation)}")
    return stacks.outputs(found)


def _at_rest(cloudformation: Any, say: Say) -> dict[str, Any] | None:
    """Waits until nothing is under way, with a delay of its own: boto3's waiter looks every 30 s."""
    wait, told = FIRST_WAIT, ""
    while True:
        found = stacks.describe(cloudformation)
        status = "" if found is None else found["StackStatus"]
        if status == REVIEW or not status.endswith("_IN_PROGRESS"):
            return found
        if status != told:
            say(f"{stacks.STACK_NAME}: {status}")
            told = status
        time.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 1.3)


def _failures(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=stacks.STACK_NAME)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return "".join(
        f"\n  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed[:10]
    )
