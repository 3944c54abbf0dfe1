"""AWS as a transport: what botocore would send to AWS's host names is written down, then answered on this machine.

The answers are a running platform's, over TLS, which is as much of a model of AWS as there is offline; the requests
are what is tested. ``only_loopback`` makes sure that nothing else is reached, and that no name is looked up.
"""

import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<date>\d{8})/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request,"
    r" SignedHeaders=(?P<signed>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo", "gethostbyaddr")


@dataclass(frozen=True)
class Sent:
    """A request as botocore handed it to its transport."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    """None for a stream."""

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def scope(self) -> dict[str, str]:
        """Who signed it, for which region and service; nothing where there is no such signature."""
        found = CREDENTIAL.fullmatch(self.headers.get("authorization", ""))
        return {} if found is None else found.groupdict()

    def is_signed_by(self, credentials: Credentials) -> bool:
        """Whether the signature is what SigV4 gives for this request, host included, and these credentials."""
        scope = self.scope
        signed = scope["signed"].split(";")
        headers = {name: value for name, value in self.headers.items() if name in signed and name != "host"}
        request = AWSRequest(self.method, self.url, headers, self.body)
        request.context |= {"timestamp": self.headers["x-amz-date"], "payload_signing_enabled": True}
        signer = S3SigV4Auth if scope["service"] == "s3" else SigV4Auth
        auth = signer(credentials, scope["service"], scope["region"])
        text = auth.string_to_sign(request, auth.canonical_request(request))
        return "host" in signed and auth.signature(text, request) == scope["signature"]


@dataclass
class Record:
    """Everything that was sent, in order."""

    requests: list[Sent] = field(default_factory=list)

    def add(self, request: AWSPreparedRequest) -> None:
        headers = {str(name).lower(): _text(value) for name, value in request.headers.items()}
        body = request.body if isinstance(request.body, bytes) or request.body is None else None
        body = request.body.encode() if isinstance(request.body, str) else body
        self.requests.append(Sent(request.method, request.url, headers, body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def recorded(answering: str | None = None) -> Iterator[Record]:
    """Records what every botocore client sends. ``answering``, an https:// endpoint, gets what is for AWS instead,
    under AWS's host name; None lets each request go where it is for."""
    record, send = Record(), URLLib3Session.send

    def noted(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        record.add(request)
        if answering is None:
            return send(session, request)
        parts, here = urlsplit(request.url), urlsplit(answering)
        request.headers["Host"] = parts.netloc
        request.url = urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", noted)
        yield record


@contextmanager
def only_loopback() -> Iterator[list[str]]:
    """A connection to elsewhere, and a look-up of a name that is not this machine's, fails and is listed."""
    escaped: list[str] = []

    def guarded(name: str, target: Any) -> None:
        host = target[0] if isinstance(target, tuple) else target
        if isinstance(host, bytes):
            host = host.decode()
        if not _is_here(host):
            escaped.append(f"{name} {host}")
            raise PermissionError(f"this test reaches nothing but this machine: {name} {host}")

    def connect(method: str) -> Any:
        original = getattr(socket.socket, method)

        def to(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                guarded(method, address)
            return original(self, address)

        return to

    def look_up(function: str) -> Any:
        original = getattr(socket, function)

        def of(host: Any, *others: Any, **more: Any) -> Any:
            guarded(function, host)
            return original(host, *others, **more)

        return of

    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex"):
            patch.setattr(socket.socket, method, connect(method))
        for function in LOOK_UPS:
            patch.setattr(socket, function, look_up(function))
        yield escaped


def _is_here(host: str | None) -> bool:
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
