"""Which code a service's front answers a request that it cannot read or will not take. The one place that chooses.

Not in the models. Most services of AWS share a front, whose codes are the protocol's; the tables name the rest.
"""

from collections.abc import Sequence

from boathouse.errors import AwsError

UNREADABLE = {
    "json": "SerializationException",
    "rest-json": "SerializationException",
    "rest-xml": "MalformedXML",
    "query": "MalformedInput",
    "ec2": "MalformedInput",
}
UNREADABLE_IN_S3 = {
    "body": (
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    ),
    "header": ("InvalidArgument", "{reason}"),
    "query": ("InvalidArgument", "{reason}"),
}
INVALID = {
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "rest-xml": "InvalidRequest",
    "query": "ValidationError",
    "ec2": "InvalidParameterValue",
    "smithy-rpc-v2-cbor": "ValidationException",
}
INVALID_BY_SERVICE = {
    "athena": "InvalidRequestException",
    "logs": "InvalidParameterException",
    "sns": "InvalidParameter",
}
"""Services whose models have no ValidationException and that answer a code of their own."""


def unreadable(service: str, protocol: str, reason: str, part: str = "body") -> AwsError:
    """For what is not of the protocol or of a member's type; ``part`` of the request: body, header or query."""
    if service == "s3":
        code, message = UNREADABLE_IN_S3[part]
        return AwsError(code, message.format(reason=reason), status=400)
    return AwsError(UNREADABLE[protocol], reason, status=400)


def invalid(service: str, protocol: str, failures: Sequence[str]) -> AwsError:
    """For values that do not satisfy the model's constraints, a sentence for each of them."""
    errors = "error" if len(failures) == 1 else "errors"
    message = f"{len(failures)} validation {errors} detected: {'; '.join(failures)}"
    return AwsError(INVALID_BY_SERVICE.get(service, INVALID[protocol]), message, status=400)


def wrongly_typed(service: str, protocol: str, report: str) -> AwsError:
    """For parameters that did not come over the wire: ``report`` is in botocore's words, as a user of boto3 reads."""
    return AwsError(INVALID_BY_SERVICE.get(service, INVALID[protocol]), report, status=400)


def unknown_operation(protocol: str, asked: str, service: str = "") -> AwsError:
    """For what is not in the service's model."""
    if protocol in ("query", "ec2"):
        return AwsError("InvalidAction", f"Could not find operation {asked}", status=400)
    if service == "s3":
        return AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", status=405)
    status = 400 if protocol == "json" else 404
    return AwsError("UnknownOperationException", f"Unknown operation {asked}", status=status)


def unreadable_path(service: str) -> AwsError:
    code = "InvalidURI" if service == "s3" else "SerializationException"
    return AwsError(code, "Couldn't parse the specified URI.", status=400)


def conflicting_query(parameters: Sequence[str]) -> AwsError:
    """S3's answer where a query asks for several things at once."""
    message = f"Conflicting query string parameters: {', '.join(parameters)}"
    return AwsError("InvalidArgument", message, status=400)


def missing_body() -> AwsError:
    """S3's answer to a request that must have a body and has none."""
    return AwsError("MissingRequestBodyError", "Request Body is empty", status=400)
