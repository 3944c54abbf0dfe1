"""An account that stands for one of AWS's: a user with keys, a shell that has them, what the template's role may do."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from botocore.credentials import Credentials

from boathouse import launch
from pipelines.deploy import TEMPLATE
from tests.sql.template import Template


def of_a_user(iam: Any) -> Credentials:
    """A new user's, in the account of the client."""
    name = f"ann-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def variables(platform: launch.Platform, credentials: Credentials, region: str) -> dict[str, str]:
    """What a shell for AWS has; beside it who signed the certificate of the platform that answers in AWS's place."""
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_REGION": region,
        "AWS_CA_BUNDLE": str(Path(platform.health["state_dir"]) / "tls" / "ca.pem"),
    }


def allowed_to(role: str) -> set[str]:
    """The actions that the template gives a role, and what needs no leave."""
    resources = yaml.load(TEMPLATE.read_text(), Template)["Resources"]
    policies = resources[role]["Properties"]["Policies"]
    return {"sts:GetCallerIdentity", *(action for policy in policies for action in _actions(policy))}


def _actions(policy: dict[str, Any]) -> Iterator[str]:
    for statement in policy["PolicyDocument"]["Statement"]:
        yield from [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
