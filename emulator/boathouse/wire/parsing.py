"""A request to the parameters that boto3's user would have given, whatever protocol carried them."""

from typing import Any
from urllib.parse import parse_qsl

from botocore.model import Shape, StructureShape

from boathouse.errors import Unsupported
from boathouse.wire.constraints import failures
from boathouse.wire.faults import invalid, missing_body, unreadable
from boathouse.wire.form_reading import FormReader, grow, load_form
from boathouse.wire.json_reading import json_reader, load_json
from boathouse.wire.locations import MalformedPart, read_located
from boathouse.wire.messages import Head
from boathouse.wire.models import Operation, operation_model
from boathouse.wire.scalars import Malformed
from boathouse.wire.targets import Target, resolve
from boathouse.wire.xml_reading import load_xml, local_name, read_structure

Params = dict[str, Any]
SPEAK_JSON = "where the AWS SDK for Java speaks CBOR, CBOR_ENABLED=false or AWS_CBOR_DISABLE=1 lets it speak JSON"


def parse(target: Target, head: Head, body: bytes) -> Params:
    """The operation's parameters in boto3's shapes: blobs as bytes, timestamps as aware datetimes.

    Raises AwsError: in AWS's words for a request that cannot be read or does not satisfy the model (faults.py has
    the codes), Unsupported for a protocol that is recognised and not spoken. S3 requests may be given without their
    body (``b""``): what head and path say is then parsed.
    """
    target = resolve(target, head, body)
    operation = operation_model(target.service, target.operation or "")
    if operation.has_event_stream_input:
        raise Unsupported(f"an event stream into {operation.name}")
    shape = operation.input_shape
    if shape is None:
        return {}
    try:
        params = _read(target, head, operation, shape, body)
    except MalformedPart as error:
        raise unreadable(target.service, target.protocol, str(error), error.part) from error
    except Malformed as error:
        raise unreadable(target.service, target.protocol, str(error)) from error
    if target.service != "s3" and (found := failures(shape, params)):
        raise invalid(target.service, target.protocol, found)
    return params


def _read(target: Target, head: Head, operation: Operation, shape: StructureShape, body: bytes) -> Params:
    match target.protocol:
        case "json":
            return _read_json(shape, body) if body.strip() else {}
        case "query" | "ec2":
            pairs = [*parse_qsl(head.query, keep_blank_values=True), *load_form(body)]
            return FormReader(ec2=target.protocol == "ec2").structure(shape, grow(pairs))
        case "rest-json" | "rest-xml":
            is_s3 = target.service == "s3"
            located = read_located(shape, head, operation.http["requestUri"], target.labels, http_dates=is_s3)
            if is_s3 and not body:
                _require_body(head, shape)
                return located
            return located | _read_payload(target, shape, body)
    raise Unsupported(f"the protocol {target.protocol} of {target.service}", SPEAK_JSON)


def _read_payload(target: Target, shape: StructureShape, body: bytes) -> Params:
    name = shape.serialization.get("payload")
    if name is not None and shape.members[name].type_name in ("blob", "string"):
        return {name: _read_raw(shape.members[name], body)} if body else {}
    if name is not None:
        return {name: _read_document(target, shape.members[name], body)} if body.strip() else {}
    in_body = {key for key, member in shape.members.items() if member.serialization.get("location") is None}
    if not in_body or not body.strip():
        return {}
    return {key: value for key, value in _read_document(target, shape, body).items() if key in in_body}


def _read_raw(shape: Shape, body: bytes) -> bytes | str:
    try:
        return body if shape.type_name == "blob" else body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("The request body is not valid UTF-8") from error


def _read_document(target: Target, shape: Shape, body: bytes) -> Any:
    if target.protocol == "rest-json":
        return _read_json(shape, body)
    root = load_xml(body)
    wanted = shape.serialization.get("name", shape.name)
    if local_name(root.tag) != wanted:
        raise Malformed(f"The root element is {local_name(root.tag)}, not {wanted}")
    document = read_structure(shape, root)
    if target.service == "s3" and (found := failures(shape, document)):  # S3 holds documents to its schema
        raise Malformed("; ".join(found))
    return document


def _read_json(shape: Shape, body: bytes) -> Any:
    value = load_json(body)
    return json_reader(shape)({} if value is None else value)


def _require_body(head: Head, shape: StructureShape) -> None:
    """Nothing was sent where the operation needs a document."""
    sent = head.headers.get("content-length", "0") != "0" or "transfer-encoding" in head.headers
    if not sent and shape.serialization.get("payload") in shape.required_members:
        raise missing_body()
