"""AWS as a transport: what botocore would send to AWS's host names is written down, then answered on this machine.

The answers are a running platform's, over TLS, which is as much of a model of AWS as there is offline; the requests
are what is tested. ``only_loopback`` makes sure that nothing else is reached, and that no name is looked up. Works in
Airflow's environment, too (tests/dags/aws_shell/sitecustomize.py), where it finds neither pytest nor us.
"""

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit, urlunsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<date>\d{8})/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request,"
    r" SignedHeaders=(?P<signed>[\w;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
HOST = re.compile(r"(?:(?P<bucket>[a-z0-9-]+)\.)?(?P<service>[a-z0-9]+)\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
LOCAL = re.compile(rb"127\.0\.0\.1|localhost|:4566|000000000000|boathouse", re.IGNORECASE)
IAM_PREFIXES = {"monitoring": "cloudwatch"}
S3_ACTIONS = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")


@dataclass(frozen=True)
class Sent:
    """A request as botocore handed it to its transport; ``body`` is None for a stream."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None

    @property
    def scheme(self) -> str:
        return urlsplit(self.url).scheme

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def service(self) -> str:
        """As AWS's host name has it; empty where it is none."""
        found = HOST.fullmatch(self.host)
        return "" if found is None else found["service"]

    @property
    def scope(self) -> dict[str, str]:
        """Who signed it, for which region and service; nothing where there is no such signature."""
        found = CREDENTIAL.fullmatch(self.headers.get("authorization", ""))
        return {} if found is None else found.groupdict()

    @property
    def operation(self) -> str:
        """By the target header, or the form's Action; empty where path and method say it, as S3's do."""
        if "x-amz-target" in self.headers:
            return self.headers["x-amz-target"].rpartition(".")[2]
        smithy = re.fullmatch(r"/service/\w+/operation/(\w+)", urlsplit(self.url).path)
        return smithy[1] if smithy else parse_qs((self.body or b"").decode(errors="replace")).get("Action", [""])[0]

    @property
    def action(self) -> str:
        """As IAM calls it: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""
        if self.service != "s3":
            return f"{IAM_PREFIXES.get(self.service, self.service)}:{self.operation}"
        query = parse_qs(urlsplit(self.url).query, keep_blank_values=True)
        if "list-type" in query:
            return "s3:ListBucket"
        if "delete" in query:
            return "s3:DeleteObject"
        return f"s3:{S3_ACTIONS[self.method]}"

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
        return "host" in signed and bool(auth.signature(text, request) == scope["signature"])

    def faults(self, credentials: Credentials, region: str) -> list[str]:
        """What would not be so if it went to AWS in ``region`` with ``credentials``."""
        host, scope = HOST.fullmatch(self.host), self.scope
        faults = {
            "not over HTTPS": self.scheme != "https",
            "no host of AWS's in the region": host is None or host["region"] != region,
            "a bucket in the host of another service": host is not None
            and host["bucket"] is not None
            and host["service"] != "s3",
            "not signed with the shell's key": scope.get("key") != credentials.access_key,
            "signed for elsewhere": scope.get("region") != region
            or scope["service"] not in (self.service, "monitoring"),
            "another signature": not scope or not self.is_signed_by(credentials),
            "something local in it": LOCAL.search(self.text) is not None,
        }
        return [f"{self.method} {self.url}: {fault}" for fault, holds in faults.items() if holds]

    @property
    def text(self) -> bytes:
        lines = [self.url, *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\n".join(lines).encode() + b"\n" + (self.body or b"")


@dataclass
class Record:
    """Everything that was sent, in order."""

    requests: list[Sent] = field(default_factory=list)

    def add(self, request: AWSPreparedRequest) -> None:
        headers = {str(name).lower(): _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        body = bytes(body) if isinstance(body, bytes | bytearray) else None
        self.requests.append(Sent(request.method, request.url, headers, body))


def faults(sent: Sequence[Sent], credentials: Credentials, region: str) -> list[str]:
    return [fault for request in sent for fault in request.faults(credentials, region)]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def recorded(answering: str | None = None) -> Iterator[Record]:
    """Records what every botocore client sends. ``answering``, an https:// endpoint, gets what is for AWS instead,
    under AWS's host name; None lets each request go where it is for."""
    record, send = Record(), URLLib3Session.send

    def noted(session: URLLib3Session, request: AWSPreparedRequest) -> Any:
        record.add(request)
        redirect(request, answering)
        return send(session, request)

    with mock.patch.object(URLLib3Session, "send", noted):
        yield record


def redirect(request: AWSPreparedRequest, answering: str | None) -> None:
    if answering is not None:
        parts, here = urlsplit(request.url), urlsplit(answering)
        request.headers["Host"] = parts.netloc
        request.url = urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))


@contextmanager
def only_loopback(escaped: list[str] | None = None) -> Iterator[list[str]]:
    """A connection to elsewhere, and a look-up of a name that is not this machine's, fails and is listed."""
    escaped = [] if escaped is None else escaped

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

    with ExitStack() as patches:
        for method in ("connect", "connect_ex"):
            patches.enter_context(mock.patch.object(socket.socket, method, connect(method)))
        for function in LOOK_UPS:
            patches.enter_context(mock.patch.object(socket, function, look_up(function)))
        yield escaped


def _is_here(host: str | None) -> bool:
    try:
        return host in (None, "", "localhost", socket.gethostname()) or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False
