"""What a worker is told of a function, of one invocation of it, and what it answers."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from boathouse.context import Principal, Scope

NOWHERE = "/dev/null"


@dataclass(frozen=True, slots=True)
class Function:
    """``revision`` changes with code and configuration; ``code`` is the unpacked package; ``timeout`` in seconds.

    ``principal`` is who it acts as: its role's session. ``endpoint`` is where its AWS calls go.
    """

    name: str
    arn: str
    revision: str
    runtime: str
    handler: str
    code: Path
    timeout: int
    memory: int
    log_group: str
    principal: Principal
    endpoint: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Scope, str]:
        return self.principal.scope, self.name

    def environment(self, log_stream: str) -> dict[str, str]:
        """Lambda's variables, without credentials; the function's own come first, so none of them can lead AWS calls
        past our endpoint. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
        own = {name: value for name, value in self.variables.items() if not _misleads(name)}
        return own | {
            "AWS_CONFIG_FILE": NOWHERE,
            "AWS_DEFAULT_REGION": self.principal.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.runtime}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": self.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "AWS_REGION": self.principal.region,
            "AWS_SHARED_CREDENTIALS_FILE": NOWHERE,
            "LAMBDA_RUNTIME_DIR": sys.prefix,
            "LAMBDA_TASK_ROOT": str(self.code),
            "_HANDLER": self.handler,
        }


def _misleads(name: str) -> bool:
    return name.startswith("AWS_ENDPOINT_URL") or name in ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_PROFILE")


@dataclass(frozen=True, slots=True)
class Invocation:
    """``payload`` is JSON; ``client_context`` is the client's, still base64."""

    request_id: str
    payload: bytes
    client_context: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``failed``: the payload is an error object. ``log``: the invocation's last lines."""

    payload: bytes
    failed: bool = False
    log: str = ""


def failure(error_type: str, message: str) -> Answer:
    """An error that Lambda itself reports about a function."""
    return Answer(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), failed=True)


class Keys(Protocol):
    """Gives workers credentials, as environment variables, and takes them back when the worker has ended."""

    def issue(self, principal: Principal) -> Mapping[str, str]: ...

    def withdraw(self, variables: Mapping[str, str]) -> None: ...
