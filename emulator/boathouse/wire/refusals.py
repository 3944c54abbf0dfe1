"""An error to an HTTP answer, in each protocol's own form."""

from typing import Any

from botocore.model import StructureShape

from boathouse.errors import AwsError
from boathouse.wire.answers import request_id_headers
from boathouse.wire.json_writing import dump_json, json_writer
from boathouse.wire.messages import Answer
from boathouse.wire.models import error_shapes, metadata, operation_model, service_model
from boathouse.wire.s3 import STATUS
from boathouse.wire.scalars import write_text
from boathouse.wire.xml_writing import DECLARATION, XmlWriter, element, namespace, xml_text

Pairs = list[tuple[str, str]]


def refuse(
    service: str, operation: str | None, error: AwsError, request_id: str, protocol: str | None = None
) -> Answer:
    """The status is the error's own, else the model's for its code, else 400."""
    spoken = protocol or metadata()[service].protocol
    shape = _shape(service, operation, error.code)
    status = error.status or _status(service, shape, error.code)
    headers = request_id_headers(service, request_id)
    if service == "s3":
        return _refuse_s3(operation, error, request_id, status, headers)
    if spoken in ("query", "ec2", "rest-xml"):
        body = _xml(service, error, request_id, status, shape, spoken)
        return Answer(status, [*headers, ("content-type", "text/xml")], body)
    code, query_header = _json_code(service, error.code, shape, status)
    content_type = "application/json"
    if spoken == "json":
        version = operation_model(service, operation).metadata.get("jsonVersion", "1.0") if operation else "1.1"
        content_type = f"application/x-amz-json-{version}"
    headers += [("content-type", content_type), ("x-amzn-errortype", code), *query_header]
    return Answer(status, [*headers, *_header_members(shape, error)], _json(error, code, shape, spoken))


def _shape(service: str, operation: str | None, code: str) -> StructureShape | None:
    """The operation's own error shapes first: a service may have two of one code."""
    if operation is not None:
        for shape in operation_model(service, operation).error_shapes:
            if code in (shape.name, shape.error_code):
                return shape
    return error_shapes(service).get(code)


def _status(service: str, shape: StructureShape | None, code: str) -> int:
    if service == "s3" and code in STATUS:
        return STATUS[code]
    if shape is None:
        return 400
    modelled = shape.metadata.get("error", {}).get("httpStatusCode")
    return int(modelled or (500 if shape.metadata.get("fault") else 400))


def _refuse_s3(operation: str | None, error: AwsError, request_id: str, status: int, headers: Pairs) -> Answer:
    """An answer to HEAD has no body: its client sees the status alone."""
    if status == 304 or (operation or "").startswith("Head"):
        return Answer(status, headers)
    parts = {"Code": error.code, "Message": error.message} | error.members
    parts |= {"RequestId": request_id, "HostId": dict(headers)["x-amz-id-2"]}
    content = "".join(element(name, xml_text(str(value))) for name, value in parts.items())
    body = DECLARATION + element("Error", content)
    return Answer(status, [*headers, ("content-type", "application/xml")], body.encode())


def _xml(
    service: str, error: AwsError, request_id: str, status: int, shape: StructureShape | None, protocol: str
) -> bytes:
    code = shape.error_code if shape is not None else error.code
    parts = element("Code", xml_text(code)) + element("Message", xml_text(error.message))
    if shape is not None:
        known = {name: value for name, value in error.members.items() if name in shape.members}
        parts += XmlWriter().members(shape, known)
    if protocol == "ec2":
        content = element("Errors", element("Error", parts)) + element("RequestID", xml_text(request_id))
        return (DECLARATION + element("Response", content)).encode()
    kind = element("Type", "Receiver" if status >= 500 else "Sender")
    content = element("Error", kind + parts) + element("RequestId", xml_text(request_id))
    return (DECLARATION + element("ErrorResponse", content, namespace(_xml_namespace(service)))).encode()


def _xml_namespace(service: str) -> str | None:
    uri: str | None = service_model(service).metadata.get("xmlNamespace")
    return uri


def _json_code(service: str, code: str, shape: StructureShape | None, status: int) -> tuple[str, Pairs]:
    """JSON services name the shape. Those that once spoke the query protocol add the code of that time."""
    if shape is None:
        return code, []
    if not metadata()[service].query_compatible:
        return shape.name if code == shape.name else code, []
    fault = "Receiver" if status >= 500 else "Sender"
    return shape.name, [("x-amzn-query-error", f"{shape.error_code};{fault}")]


def _json(error: AwsError, code: str, shape: StructureShape | None, protocol: str) -> bytes:
    body: dict[str, Any] = {"__type": code} if protocol == "json" else {}
    body["message"] = error.message
    if shape is not None:
        in_body = {
            name: value
            for name, value in error.members.items()
            if name in shape.members and not shape.members[name].serialization.get("location")
        }
        body |= json_writer(shape)(in_body)
        if any(name == "Message" for name in shape.members):
            body["Message"] = body.pop("message")
    return dump_json(body)


def _header_members(shape: StructureShape | None, error: AwsError) -> Pairs:
    if shape is None:
        return []
    found = []
    for name, value in error.members.items():
        member = shape.members.get(name)
        if member is not None and member.serialization.get("location") == "header":
            key = member.serialization.get("name", name)
            if key.lower() not in ("x-amzn-errortype", "x-amzn-requestid"):
                found.append((key, write_text(member, value, "rfc822")))
    return found
