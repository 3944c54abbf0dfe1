"""One small request for each operation of an API: enough to hear who answers it.

Parameters are made from botocore's model: the required members, each with the smallest value that is valid.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

SERVICES = [
    "athena", "cloudformation", "cloudwatch", "events", "firehose", "glue", "iam", "kinesis", "kms", "lambda", "logs",
    "s3", "secretsmanager", "sns", "sqs", "ssm", "sts",
]  # fmt: skip
"""The APIs that the reference platform uses."""
NOBODYS = {"NotImplemented", "InvalidAction", "UnknownOperationException", "UnknownOperation", "MethodNotAllowed"}


@dataclass(frozen=True)
class Heard:
    """``owner`` is ours, base or 501; ``status`` what HTTP said, ``code`` the error's where there was one."""

    operation: str
    owner: str
    status: int
    code: str


def probe(client: Any, service: str, ours: list[str]) -> Iterator[Heard]:
    """Asks every operation of ``service`` once."""
    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        if operation.has_event_stream_input or operation.has_event_stream_output:
            status, code = 501, "NotImplemented"
        else:
            status, code = _ask(client, operation)
        owner = "ours" if name in ours else "501" if status == 501 or code in NOBODYS else "base"
        yield Heard(name, owner, status, code)


def _ask(client: Any, operation: OperationModel) -> tuple[int, str]:
    try:
        answer = client._make_api_call(operation.name, _smallest(operation.input_shape))
        return int(answer["ResponseMetadata"]["HTTPStatusCode"]), ""
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"]), str(error.response["Error"]["Code"])
    except (HTTPClientError, ParamValidationError) as error:
        raise AssertionError(f"{operation.name} was not answered: {error}") from error


def _smallest(shape: Shape | None, depth: int = 0) -> Any:
    if isinstance(shape, StructureShape):
        return {name: _smallest(shape.members[name], depth + 1) for name in shape.required_members}
    if isinstance(shape, ListShape):
        return [_smallest(shape.member, depth + 1)] * max(1, int(shape.metadata.get("min", 1)))
    if isinstance(shape, MapShape):
        return {_smallest(shape.key, depth + 1): _smallest(shape.value, depth + 1)}
    return {} if shape is None else _scalar(shape)


def _scalar(shape: Shape) -> Any:
    if shape.type_name == "string":
        if enum := shape.metadata.get("enum"):
            return enum[0]
        return "x" * max(3, int(shape.metadata.get("min", 0)))
    return {
        "integer": 1, "long": 1, "float": 1.0, "double": 1.0, "boolean": False, "blob": b"x", "timestamp": 0,
    }[shape.type_name]  # fmt: skip
