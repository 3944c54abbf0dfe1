"""A result in boto3's shapes to an HTTP answer."""

import base64
import json
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from boathouse.errors import Unsupported
from boathouse.wire.json_writing import dump_json, json_writer
from boathouse.wire.messages import Answer
from boathouse.wire.models import Operation, metadata, operation_model
from boathouse.wire.s3 import NAMESPACE, ROOTS, UNWRAPPED
from boathouse.wire.scalars import write_text
from boathouse.wire.xml_writing import DECLARATION, XmlWriter, element, namespace, xml_text

Result = dict[str, Any]
Pairs = list[tuple[str, str]]


def answer(service: str, operation: str, result: Result | None, request_id: str, protocol: str | None = None) -> Answer:
    """``result`` has the shapes of boto3's responses, streaming bodies as bytes; members that are None are left out.

    ``protocol`` is the request's, where it may differ from the service's own. Raises Unsupported for protocols that
    are not written, TypeError for a result that is not of the model: a mistake of ours.
    """
    model = operation_model(service, operation)
    if model.has_event_stream_output:
        raise Unsupported(f"the event stream of {operation}")
    match protocol or metadata()[service].protocol:
        case "json":
            version = model.metadata.get("jsonVersion", "1.0")
            body = dump_json(_json_body(model.output_shape, result or {}))
            return Answer(200, _headers(f"application/x-amz-json-{version}", request_id), body)
        case "query" | "ec2" as spoken:
            return Answer(200, _headers("text/xml", request_id), _query_body(model, result or {}, request_id, spoken))
        case "rest-json" | "rest-xml" as spoken:
            return _rest(service, model, result or {}, request_id, spoken)
        case unknown:
            raise Unsupported(f"the protocol {unknown} of {service}")


def request_id_headers(service: str, request_id: str) -> Pairs:
    if service == "s3":
        return [("x-amz-request-id", request_id), ("x-amz-id-2", base64.b64encode(request_id.encode()).decode())]
    return [("x-amzn-requestid", request_id)]


def _headers(content_type: str, request_id: str) -> Pairs:
    return [("content-type", content_type), ("x-amzn-requestid", request_id)]


def _json_body(shape: StructureShape | None, result: Result) -> Any:
    return {} if shape is None else json_writer(shape)(result)


def _query_body(model: Operation, result: Result, request_id: str, protocol: str) -> bytes:
    shape, xmlns = model.output_shape, namespace(model.metadata.get("xmlNamespace"))
    if protocol == "ec2":
        members = XmlWriter(ec2=True).members(shape, result) if shape else ""
        content = element("requestId", xml_text(request_id)) + members
    else:
        content = ""
        if shape is not None:
            wrapper = shape.serialization.get("resultWrapper", f"{model.name}Result")
            content = element(wrapper, XmlWriter().members(shape, result))
        content += element("ResponseMetadata", element("RequestId", xml_text(request_id)))
    return (DECLARATION + element(f"{model.name}Response", content, xmlns)).encode()


def _rest(service: str, model: Operation, result: Result, request_id: str, protocol: str) -> Answer:
    shape = model.output_shape
    status = int(model.http.get("responseCode", 200))
    headers = request_id_headers(service, request_id)
    if shape is None:
        return Answer(status, headers)
    located, rest = _split(shape, result)
    for name, value in located.items():
        member = shape.members[name]
        if member.serialization["location"] == "statusCode":
            status = value
        else:
            headers += _located(member, name, value)
    content_type, body = _payload(service, model.name, shape, rest, protocol)
    if content_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", content_type))
    return Answer(status, headers, body)


def _split(shape: StructureShape, result: Result) -> tuple[Result, Result]:
    """Members that have a place outside the body, and those in it."""
    located: Result = {}
    rest: Result = {}
    for name, value in result.items():
        if name not in shape.members:
            raise TypeError(f"{shape.name} has no member {name}")
        if value is not None:
            (located if shape.members[name].serialization.get("location") else rest)[name] = value
    return located, rest


def _located(member: Shape, name: str, value: Any) -> Pairs:
    key = member.serialization.get("name", name)
    if member.serialization["location"] == "headers":
        return [(key + suffix, text) for suffix, text in value.items()]
    if member.serialization.get("jsonvalue"):
        return [(key, base64.b64encode(json.dumps(value).encode()).decode())]
    if isinstance(member, ListShape):
        return [(key, ",".join(write_text(member.member, item, "rfc822") for item in value))]
    return [(key, write_text(member, value, "rfc822"))]


def _payload(service: str, operation: str, shape: StructureShape, rest: Result, protocol: str) -> tuple[str, bytes]:
    """Content type and body."""
    name = shape.serialization.get("payload")
    if name is not None:
        member, value = shape.members[name], rest.get(name)
        if value is None:
            return "", b""
        if member.type_name in ("blob", "string"):
            return "", value.encode() if isinstance(value, str) else value
        if protocol == "rest-json":
            return "application/json", dump_json(json_writer(member)(value))
        root = member.serialization.get("name", name)
        return "application/xml", _xml_document(service, member, root, value)
    if protocol == "rest-json":
        return "application/json", dump_json(_json_body(shape, rest))
    if not any(member.serialization.get("location") is None for member in shape.members.values()):
        return "", b""
    root = shape.serialization.get("name", shape.name)
    if service == "s3":
        root = ROOTS.get(operation, root)
        if operation == UNWRAPPED:
            (root, member), *_ = shape.members.items()
            return "application/xml", _xml_document(service, member, root, rest.get(root, ""))
    return "application/xml", _xml_document(service, shape, root, rest)


def _xml_document(service: str, shape: Shape, name: str, value: Any) -> bytes:
    is_s3 = service == "s3"
    declared = shape.serialization.get("xmlNamespace")
    xmlns = namespace(NAMESPACE) if is_s3 and not declared else ""
    writer = XmlWriter(milliseconds=is_s3)
    text = writer.write(shape, name, value)
    return (DECLARATION + text.replace(f"<{name}", f"<{name}{xmlns}", 1)).encode()
