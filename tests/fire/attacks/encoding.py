"""Parameters as a request's bytes, whatever they are: botocore's own serialisers refuse what is not of the model."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

ACCOUNT = "000000000000"
LOCATED = ("uri", "querystring", "header", "headers")


@dataclass(frozen=True)
class Request:
    """As it goes over the wire. Without a Content-Length of its own it is sent with the right one."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    def without(self, name: bytes) -> "Request":
        return replace(self, headers=tuple(header for header in self.headers if header[0].lower() != name.lower()))

    def having(self, name: bytes, value: bytes) -> "Request":
        return replace(self, headers=(*self.without(name).headers, (name, value)))

    def wire(self, version: bytes = b"HTTP/1.1") -> bytes:
        headers = list(self.headers)
        if not any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in headers):
            headers.append((b"Content-Length", str(len(self.body)).encode()))
        lines = [b"%s %s %s" % (self.method, self.target, version), *(b"%s: %s" % header for header in headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


def encoded(operation: OperationModel, params: Mapping[str, Any], protocol: str) -> Request:
    service = operation.service_model
    headers = {
        "Host": "127.0.0.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/{service.signing_name}"
        "/aws4_request, SignedHeaders=host, Signature=0",
    }
    match protocol:
        case "json":
            prefix = service.metadata["targetPrefix"]
            headers |= {"X-Amz-Target": f"{prefix}.{operation.name}", "Content-Type": "application/x-amz-json-1.1"}
            return _request("POST", "/", headers, _json(operation.input_shape, params))
        case "query":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
            named = {"Action": operation.name, "Version": service.api_version}
            pairs = [*named.items(), *_flat(operation.input_shape, params, "")]
            return _request("POST", "/", headers, "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in pairs).encode())
        case "rest-json" | "rest-xml":
            return _rest(operation, params, headers, protocol)
    raise ValueError(f"attacks do not speak {protocol}")


def _request(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request:
    pairs = [(_header(name), _header(value)) for name, value in headers.items()]
    return Request(method.encode(), target.encode(), tuple(pairs), body)


def _header(text: str) -> bytes:
    """No control characters, which no client lets into one: see wires.py for what none would send."""
    return text.encode("utf-8", "surrogatepass").translate(None, bytes([*range(32), 127]))


def _quoted(value: Any, safe: str = "") -> str:
    return quote(_text(value), safe=safe, errors="surrogatepass")


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes():
            return base64.b64encode(value).decode()
        case bool() | None:
            return json.dumps(value)
        case list() | dict():
            return json.dumps(value, default=_text)
    return str(value)


def _json(shape: Shape | None, params: Any) -> bytes:
    return json.dumps(params, default=_text).encode()


def _flat(shape: Shape | None, value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """A form's pairs by the shape where the value is of its type, else as the value itself suggests."""
    match shape, value:
        case StructureShape(), dict():
            for name, item in value.items():
                member = shape.members.get(name)
                shown = member.serialization.get("name", name) if member is not None else name
                if isinstance(member, ListShape) and member.serialization.get("flattened"):
                    shown = member.member.serialization.get("name", shown)
                yield from _flat(member, item, f"{prefix}.{shown}" if prefix else shown)
        case MapShape(), dict():
            entry = "" if shape.serialization.get("flattened") else ".entry"
            for number, (key, item) in enumerate(value.items(), 1):
                at = f"{prefix}{entry}.{number}"
                yield f"{at}.{shape.key.serialization.get('name', 'key')}", key
                yield from _flat(shape.value, item, f"{at}.{shape.value.serialization.get('name', 'value')}")
        case ListShape(), list():
            wrapper = (
                "" if shape.serialization.get("flattened") else "." + shape.member.serialization.get("name", "member")
            )
            for number, item in enumerate(value, 1):
                yield from _flat(shape.member, item, f"{prefix}{wrapper}.{number}")
        case _:
            yield prefix, value


def _rest(operation: OperationModel, params: Mapping[str, Any], headers: dict[str, str], protocol: str) -> Request:
    shape = operation.input_shape
    members: Mapping[str, Shape] = shape.members if shape is not None else {}
    path, _, fixed = operation.http["requestUri"].partition("?")
    query = [fixed] if fixed else []
    in_body = {}
    for name, value in params.items():
        member = members.get(name)
        place = member.serialization.get("location") if member is not None else None
        shown = member.serialization.get("name", name) if member is not None else name
        if place == "uri":
            path = path.replace(f"{{{shown}}}", _quoted(value)).replace(f"{{{shown}+}}", _quoted(value, safe="/"))
        elif place == "querystring":
            items = value if isinstance(value, list) and value else [value]
            query += [f"{_quoted(shown)}={_quoted(item)}" for item in items]
        elif place == "header":
            headers[shown] = _text(value)
        elif place == "headers":
            headers |= {f"{shown}{key}": _text(item) for key, item in value.items()} if isinstance(value, dict) else {}
        else:
            in_body[name] = value
    body = _body(shape, in_body, protocol, headers)
    target = path + ("?" + "&".join(query) if query else "")
    return _request(operation.http["method"], target, {k: v for k, v in headers.items() if _is_token(k)}, body)


def _is_token(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalnum()


def _body(shape: Shape | None, params: Mapping[str, Any], protocol: str, headers: dict[str, str]) -> bytes:
    payload = shape.serialization.get("payload") if shape is not None else None
    if payload is not None and shape is not None:
        if payload not in params:
            return b""
        value, member = params[payload], shape.members[payload]
        if member.type_name in ("blob", "string"):
            return value if isinstance(value, bytes) else _text(value).encode("utf-8", "surrogatepass")
        return _document(member, member.serialization.get("name", payload), value, protocol)
    if not params:
        return b""
    headers.setdefault("Content-Type", "application/json" if protocol == "rest-json" else "application/xml")
    return _document(shape, shape.name if shape is not None else "x", params, protocol)


def _document(shape: Shape | None, name: str, value: Any, protocol: str) -> bytes:
    if protocol == "rest-json":
        return _json(shape, value)
    return "".join(_xml(shape, name, value)).encode("utf-8", "surrogatepass")


def _xml(shape: Shape | None, name: str, value: Any) -> Iterator[str]:
    tag = name if name.isalnum() else "Odd"
    match shape, value:
        case StructureShape(), dict():
            inner = [
                piece
                for key, item in value.items()
                for piece in _xml(shape.members.get(key), _xml_name(shape.members.get(key), key), item)
            ]
            yield f"<{tag}>{''.join(inner)}</{tag}>"
        case ListShape(), list():
            if shape.serialization.get("flattened"):
                for item in value:
                    yield from _xml(shape.member, name, item)
            else:
                inner_name = shape.member.serialization.get("name", "member")
                items = [piece for item in value for piece in _xml(shape.member, inner_name, item)]
                yield f"<{tag}>{''.join(items)}</{tag}>"
        case _:
            yield f"<{tag}>{escape(_text(value))}</{tag}>"


def _xml_name(member: Shape | None, name: str) -> str:
    return str(member.serialization.get("name", name)) if member is not None else name
