"""botocore as the oracle: values made up from its models, requests made by its serialisers, read by its parsers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.serialize import create_serializer

from boathouse.wire import Head, Headers
from boathouse.wire.models import metadata, operation_model

Sent = tuple[Head, bytes]
MAX_DEPTH = 5
MOMENT = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)
AWKWARD = "a b+c%2F&=?/é\"'<>;,:~ü雪🏔"
HOST = "127.0.0.1:4566"


class Samples:
    """Values for shapes: one of everything, nested to a depth; text is awkward where nothing forbids it."""

    def of(self, shape: Shape, depth: int = 0) -> Any:
        match shape:
            case StructureShape():
                return self.structure(shape, depth)
            case ListShape():
                return [self.of(shape.member, depth + 1)] * max(1 if depth > 2 else 2, shape.metadata.get("min", 0))
            case MapShape():
                return {self.of(shape.key, depth + 1): self.of(shape.value, depth + 1)}
        return self.scalar(shape)

    def structure(self, shape: StructureShape, depth: int) -> Any:
        if shape.is_document_type:
            return {"free": ["form", 1, None]}
        members = {name: member for name, member in shape.members.items() if not _is_stream(member)}
        if shape.is_tagged_union:
            members = dict(sorted(members.items(), key=lambda item: _least_depth(item[1]))[:1])
        elif depth > MAX_DEPTH:
            members = {name: member for name, member in members.items() if name in shape.required_members}
        return {name: self.of(member, depth + 1) for name, member in members.items()}

    def scalar(self, shape: Shape) -> Any:
        match shape.type_name:
            case "integer" | "long":
                return max(7, shape.metadata.get("min", 7))
            case "float" | "double":
                return max(1.5, shape.metadata.get("min", 1.5))
            case "boolean":
                return True
            case "timestamp":
                return MOMENT
            case "blob":
                return b"\x00\xffbytes" + bytes(shape.metadata.get("min", 0))
        if shape.metadata.get("enum"):
            return shape.metadata["enum"][0]
        text = "plain" if shape.serialization.get("location") in ("header", "headers") else AWKWARD
        return text + "x" * max(0, shape.metadata.get("min", 0) - len(text))


def _is_stream(shape: Shape) -> bool:
    return bool(shape.serialization.get("eventstream"))


def _least_depth(shape: Shape, most: int = 8) -> int:
    """How deep a value of the shape must nest at least."""
    match shape:
        case _ if most == 0:
            return 99
        case StructureShape() if shape.is_tagged_union:
            return 1 + min((_least_depth(member, most - 1) for member in shape.members.values()), default=0)
        case StructureShape():
            return 1 + max((_least_depth(shape.members[name], most - 1) for name in shape.required_members), default=0)
        case ListShape():
            return 1 + _least_depth(shape.member, most - 1)
        case MapShape():
            return 1 + _least_depth(shape.value, most - 1)
    return 0


def authorization(service: str, key: str = "000000000000", region: str = "eu-west-1") -> str:
    scope = f"{key}/20240229/{region}/{metadata()[service].signing_name}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=0"


def send(service: str, operation: str, params: dict[str, Any], protocol: str | None = None) -> Sent:
    """What botocore's client would send, as the gateway hears it; the scope of its signature is right, its value
    is not."""
    serializer = create_serializer(protocol or metadata()[service].protocol, include_validation=False)
    request = serializer.serialize_to_request(params, operation_model(service, operation))
    request["context"] = {}
    prepare_request_dict(request, endpoint_url=f"http://{HOST}", context={})
    prepared = create_request_object(request).prepare()
    url, body = urlsplit(prepared.url), prepared.body or b""
    headers = [(name, value if isinstance(value, str) else value.decode()) for name, value in prepared.headers.items()]
    headers += [("Host", HOST), ("Authorization", authorization(service))]
    head = Head(prepared.method, url.path, url.query, Headers(headers), "http", HOST)
    return head, body if isinstance(body, bytes) else body.encode()


@pytest.fixture(scope="session")
def samples() -> Samples:
    return Samples()


@pytest.fixture(scope="session")
def sent() -> Callable[..., Sent]:
    """``sent("s3", "GetObject", {...})``: head and body as botocore makes them."""
    return send


@pytest.fixture(scope="session")
def signed() -> Callable[..., str]:
    """``signed("s3", key=..., region=...)``: an Authorization header."""
    return authorization
