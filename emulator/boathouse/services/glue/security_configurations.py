"""Security configurations: where a job's S3 encryption comes from, and nowhere else."""

from collections.abc import Mapping
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context, Scope
from boathouse.errors import AwsError
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.state import State
from boathouse.service import Request, Response, operation
from boathouse.services.glue.requests import page
from boathouse.workers.spark import Encryption

ALGORITHMS = {"SSE-KMS": "SSE-KMS", "SSE-S3": "AES256"}
MODES = {
    "CloudWatchEncryption": "CloudWatchEncryptionMode",
    "JobBookmarksEncryption": "JobBookmarksEncryptionMode",
    "DataQualityEncryption": "DataQualityEncryptionMode",
}


class SecurityConfigurations:
    def __init__(self, state: State, clock: Clock) -> None:
        self._configurations = state.collection("glue_security_configurations")
        self._clock = clock

    def find(self, scope: Scope, name: str) -> dict[str, Any]:
        found = self._configurations.get(scope, name)
        if found is None:
            raise AwsError("EntityNotFoundException", f"Security configuration {name} not found.")
        return found

    @operation("CreateSecurityConfiguration")
    async def create_security_configuration(self, context: Context, request: Request) -> Response:
        name = request["Name"]
        if self._configurations.get(context.scope, name) is not None:
            raise AwsError("AlreadyExistsException", f"Security configuration {name} already exists.")
        _check(request["EncryptionConfiguration"])
        created = self._clock.now()
        self._configurations.put(
            context.scope,
            name,
            {
                "Name": name,
                "CreatedTimeStamp": created,
                "EncryptionConfiguration": request["EncryptionConfiguration"],
            },
        )
        return {"Name": name, "CreatedTimestamp": created}

    @operation("GetSecurityConfiguration")
    async def get_security_configuration(self, context: Context, request: Request) -> Response:
        return {"SecurityConfiguration": self.find(context.scope, request["Name"])}

    @operation("GetSecurityConfigurations")
    async def get_security_configurations(self, context: Context, request: Request) -> Response:
        found, following = page(self._configurations.items(context.scope), request)
        return {"SecurityConfigurations": found, **following}

    @operation("DeleteSecurityConfiguration")
    async def delete_security_configuration(self, context: Context, request: Request) -> Response:
        self.find(context.scope, request["Name"])
        self._configurations.delete(context.scope, request["Name"])
        return {}


def s3_encryption(configuration: Mapping[str, Any]) -> Encryption | None:
    """What a job under ``configuration`` asks S3 to do with what it writes; None: nothing."""
    for entry in configuration["EncryptionConfiguration"].get("S3Encryption", ()):
        if algorithm := ALGORITHMS.get(entry.get("S3EncryptionMode", "DISABLED")):
            return Encryption(algorithm, entry.get("KmsKeyArn", ""))
    return None


def encrypts_logs(configuration: Mapping[str, Any]) -> bool:
    """Whether the logs of a job under ``configuration`` go to groups of its own."""
    logs = configuration["EncryptionConfiguration"].get("CloudWatchEncryption", {})
    return bool(logs.get("CloudWatchEncryptionMode", "DISABLED") != "DISABLED")


def _check(encryption: Mapping[str, Any]) -> None:
    entries = [(entry, entry.get("S3EncryptionMode")) for entry in encryption.get("S3Encryption", ())]
    entries += [(encryption[part], encryption[part].get(mode)) for part, mode in MODES.items() if part in encryption]
    for entry, mode in entries:
        if mode in ("SSE-KMS", "CSE-KMS") and not entry.get("KmsKeyArn"):
            raise invalid(f"The encryption mode {mode} needs a KmsKeyArn.")
    if len(encryption.get("S3Encryption", ())) > 1:
        raise invalid("A security configuration has at most one S3 encryption.")
