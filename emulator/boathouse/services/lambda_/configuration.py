"""What a function's configuration may be, what it becomes in answers, and what we refuse by name."""

import platform
from collections.abc import Mapping
from typing import Any

from boathouse.errors import AwsError, Unsupported

RUNTIMES = ("python3.11", "python3.12", "python3.13")
MOST_TIMEOUT = 900
MOST_MEMORY = 10_240
MOST_VARIABLE_BYTES = 4_096
REFUSED = (
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "KMSKeyArn",
    "Layers",
    "Publish",
    "PublishTo",
    "TenancyConfig",
)
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
RESERVED = frozenset(
    "_HANDLER _X_AMZN_TRACE_ID AWS_DEFAULT_REGION AWS_REGION AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
    " AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME"
    " AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_LAMBDA_RUNTIME_API LAMBDA_TASK_ROOT"
    " LAMBDA_RUNTIME_DIR".split()
)
KEPT = ("Description", "Handler", "MemorySize", "Role", "Runtime", "Timeout")


def check(request: Mapping[str, Any]) -> None:
    """Refuses what CreateFunction or UpdateFunctionConfiguration ask for and we do not do, or Lambda would not."""
    for member in REFUSED:
        if request.get(member):
            raise Unsupported(f"Lambda {member}")
    if request.get("PackageType", "Zip") != "Zip":
        raise Unsupported("Lambda PackageType Image")
    if any(request.get("VpcConfig", {}).get(member) for member in ("SubnetIds", "SecurityGroupIds")):
        raise Unsupported("Lambda VpcConfig")
    if request.get("DeadLetterConfig", {}).get("TargetArn"):
        raise Unsupported("Lambda DeadLetterConfig")
    if request.get("SnapStart", {}).get("ApplyOn", "None") != "None":
        raise Unsupported("Lambda SnapStart")
    if request.get("TracingConfig", {}).get("Mode", "PassThrough") != "PassThrough":
        raise Unsupported("Lambda TracingConfig Active")
    if request.get("LoggingConfig", {}).get("LogFormat", "Text") != "Text":
        raise Unsupported("Lambda LogFormat JSON")
    if (runtime := request.get("Runtime")) is not None and runtime not in RUNTIMES:
        raise Unsupported(f"Lambda runtime {runtime}", f"{', '.join(RUNTIMES)} are")
    _check_bounds(request)
    _check_variables(request.get("Environment", {}).get("Variables", {}))


def _check_bounds(request: Mapping[str, Any]) -> None:
    """The model allows more, for kinds of functions that we refuse."""
    for member, most in (("Timeout", MOST_TIMEOUT), ("MemorySize", MOST_MEMORY)):
        if (value := request.get(member, 0)) > most:
            raise AwsError(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at '{member[0].lower()}{member[1:]}' failed to satisfy"
                f" constraint: Member must have value less than or equal to {most}",
            )


def _check_variables(variables: Mapping[str, str]) -> None:
    if reserved := sorted(RESERVED & variables.keys()):
        raise AwsError(
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have"
            " provided contains reserved keys that are currently not supported for modification. Reserved keys used in"
            f" this request: {', '.join(reserved)}",
        )
    if sum(len(name.encode()) + len(value.encode()) for name, value in variables.items()) > MOST_VARIABLE_BYTES:
        raise AwsError(
            "InvalidParameterValueException",
            "Lambda was unable to configure your environment variables because the environment variables you have"
            f" provided exceeded the {MOST_VARIABLE_BYTES // 1024}KB limit.",
        )


def initial(request: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """A new function's configuration, without what comes from its package and the time."""
    for member in ("Runtime", "Handler"):
        if member not in request:
            message = f"{member} is mandatory for functions created with deployment packages."
            raise AwsError("InvalidParameterValueException", message)
    host = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
    return {
        "FunctionName": arn.rpartition(":")[2],
        "FunctionArn": arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": request.get("Architectures", [host]),
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{arn.rpartition(':')[2]}"},
    } | changes(request)


def changes(request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a configuration a request sets."""
    found = {member: request[member] for member in (*KEPT, "EphemeralStorage") if member in request}
    if "Environment" in request:
        found["Environment"] = {"Variables": request["Environment"].get("Variables", {})}
    if group := request.get("LoggingConfig", {}).get("LogGroup"):
        found["LoggingConfig"] = {"LogFormat": "Text", "LogGroup": group}
    return found


def answer(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """As Lambda gives it back: no Environment where there are no variables."""
    found = dict(configuration)
    if not found.get("Environment", {}).get("Variables"):
        found.pop("Environment", None)
    return found
