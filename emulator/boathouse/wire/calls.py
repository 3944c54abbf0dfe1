"""A call of ours to another AWS service, without network: botocore's own serialisers, parsers and amendments."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from botocore import handlers
from botocore.awsrequest import HeadersDict
from botocore.httpchecksum import apply_request_checksum, resolve_request_checksum_algorithm
from botocore.model import OperationModel
from botocore.parsers import ResponseParser, ResponseParserError, ResponseParserFactory
from botocore.serialize import Serializer, create_serializer
from botocore.utils import parse_timestamp

from boathouse.errors import AwsError
from boathouse.wire.messages import Outgoing
from boathouse.wire.models import error_shapes, operation_model
from boathouse.wire.validation import check_types

Result = dict[str, Any]
LISTS = {
    "ListObjects": handlers.decode_list_object,
    "ListObjectsV2": handlers.decode_list_object_v2,
    "ListObjectVersions": handlers.decode_list_object_versions,
}
"""S3's lists are asked for with their keys percent-encoded, since XML cannot carry every key."""
UNREADABLE = (ResponseParserError, AttributeError, KeyError, TypeError, ValueError)
"""What botocore's parsers raise for answers that are not of AWS's form: most of them do not expect any."""
CHECKSUMS = SimpleNamespace(request_checksum_calculation="when_required", signature_version="v4")


def streams_input(service: str, operation: str) -> bool:
    """Whether the model streams the request's body: an object, not a document."""
    return bool(operation_model(service, operation).has_streaming_input)


def encode(service: str, operation: str, params: Mapping[str, Any]) -> Outgoing:
    """The request that boto3 would send, S3 in path style.

    Raises AwsError for parameters that boto3 would not take: members that are unknown, missing or of another type.
    """
    model = operation_model(service, operation)
    given = _prepared(service, model, dict(params))
    check_types(service, model, given)
    request = _serializer(_protocol(model)).serialize_to_request(given, model)
    request["body"] = _body(request["body"])
    request |= {"url": "http://", "context": {"client_config": CHECKSUMS}}
    resolve_request_checksum_algorithm(request, model, given)
    apply_request_checksum(request)
    path, _, fixed = request["url_path"].partition("?")
    varying = urlencode(request.get("query_string") or {}, doseq=True, safe="-._~", quote_via=quote)
    headers = [(name, str(value)) for name, value in request["headers"].items()]
    return Outgoing(request["method"], path, "&".join(filter(None, (fixed, varying))), headers, request["body"])


def decode(service: str, operation: str, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Result:
    """The result in boto3's shapes, streaming bodies as bytes, without ResponseMetadata.

    Raises AwsError with the answer's code (for HEAD requests the status as text) and the error shape's members.
    """
    model = operation_model(service, operation)
    parser = _parser(_protocol(model))
    status = _true_status(service, model, status, body)
    failed = status >= 300
    streams = model.has_streaming_output and not failed
    response = {
        "status_code": status,
        "headers": HeadersDict(dict(headers)),
        "body": BytesIO(body) if streams else body,
        "context": {"operation_name": operation},
    }
    if service == "s3" and not failed:
        handlers.handle_expires_header(model, response, {})
    try:
        parsed: Result = parser.parse(response, model.output_shape)
    except UNREADABLE as error:
        raise AwsError("InternalFailure", f"the answer to {operation} cannot be read: {error}", status=502) from error
    parsed.pop("ResponseMetadata", None)
    if failed:
        raise _error(service, parser, response, parsed)
    if streams:
        parsed[model.output_shape.serialization["payload"]] = body
    return _finished(service, model, parsed, body)


def _protocol(model: OperationModel) -> str:
    """Of those that the service speaks, the one that boto3 chooses."""
    protocol: str = model.service_model.resolved_protocol
    return protocol


@cache
def _serializer(protocol: str) -> Serializer:
    return create_serializer(protocol, include_validation=False)


@cache
def _parser(protocol: str) -> ResponseParser:
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=_read_timestamp)
    return factory.create_parser(protocol)


def _read_timestamp(value: Any) -> datetime:
    moment: datetime = parse_timestamp(value)
    return moment.astimezone(UTC)


def _prepared(service: str, model: OperationModel, params: dict[str, Any]) -> dict[str, Any]:
    """What botocore's client does to parameters before it serialises them, as far as it changes their meaning."""
    handlers.generate_idempotent_uuid(params, model)
    if service == "s3":
        if "CopySource" in params:
            handlers.handle_copy_source_param(params)
        if model.name in LISTS:
            params.setdefault("EncodingType", "url")
    return params


def _body(body: Any) -> bytes:
    if isinstance(body, dict):
        return urlencode(body, safe="-._~", quote_via=quote).encode()
    return bytes(body.read() if hasattr(body, "read") else body)


def _true_status(service: str, model: OperationModel, status: int, body: bytes) -> int:
    """S3 can begin a copy with 200 and end it with an error."""
    if service == "s3" and status == 200 and body and not model.has_streaming_output:
        start = body.lstrip().removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>').lstrip()
        return 500 if start.startswith(b"<Error>") else status
    return status


def _error(service: str, parser: ResponseParser, response: Any, parsed: Result) -> AwsError:
    error = parsed.get("Error", {})
    code, message = error.get("Code", ""), error.get("Message", "")
    members = {
        name: value for name, value in error.items() if name not in ("Code", "Message", "Type", "QueryErrorCode")
    }
    if (shape := error_shapes(service).get(code)) is not None:
        members |= parser.parse(response, shape)
    members = {name: value for name, value in members.items() if name.lower() not in ("message", "code")}
    return AwsError(code or str(response["status_code"]), message or "", status=response["status_code"], **members)


def _finished(service: str, model: OperationModel, parsed: Result, body: bytes) -> Result:
    """What botocore's client does to results after it has parsed them."""
    match service, model.name:
        case "s3", "GetBucketLocation":
            parsed["LocationConstraint"] = ElementTree.fromstring(body).text  # noqa: S314 - the base's own answer
        case "s3", name if name in LISTS:
            LISTS[name](parsed, {"encoding_type_auto_set": True})
        case "iam", _:
            handlers.json_decode_policies(parsed, model)
        case "cloudformation", "GetTemplate":
            handlers.json_decode_template_body(parsed)
    return parsed
