"""Which service and operation a request is for. Knows the models and no service's work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import parse_qsl

from boathouse.context import DEFAULT_REGION
from boathouse.errors import AwsError
from boathouse.wire import routes
from boathouse.wire.credentials import Scope, read_scope
from boathouse.wire.hosts import HostName, read_host
from boathouse.wire.messages import Head
from boathouse.wire.models import Metadata, metadata, operation_names

FORM = "application/x-www-form-urlencoded"
SCOPE_NAMES = {
    "s3express": "s3",
    "s3-object-lambda": "s3",
    "email": "ses",
}
"""Signing names that no model has: older clients', and endpoints of a service with a scope of their own."""
S3_CONTROL = "/v20180820/"
UNSIGNED_QUERY = "sts"
"""The one service of the query protocol that answers anonymous requests (AssumeRoleWithWebIdentity, WithSAML)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for. ``path`` is the head's, with the bucket put in front where the host named it, and
    ``labels`` what the operation's path template takes from it, decoded.

    ``protocol`` is json, rest-json, rest-xml, query, ec2, smithy-rpc-v2-cbor, or cbor (JSON operations in CBOR).
    ``operation`` is None where it is in the body (``resolve`` it), and where the service has no such operation;
    ``asked`` then names what was asked for.
    """

    service: str
    operation: str | None
    protocol: str
    region: str = DEFAULT_REGION
    access_key: str | None = None
    path: str = "/"
    labels: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Services by the names that requests call them by; those that share a name in order of preference."""

    signing: Mapping[str, list[Metadata]]
    endpoint: Mapping[str, list[Metadata]]
    target: Mapping[str, list[Metadata]]

    def scoped(self, name: str) -> list[Metadata]:
        name = SCOPE_NAMES.get(name, name)
        by_service = metadata().get(name)
        return self.signing.get(name) or self.endpoint.get(name) or ([by_service] if by_service else [])


@cache
def names() -> Names:
    found = Names({}, {}, {})
    for known in sorted(metadata().values(), key=lambda known: known.service):
        for index, name in (
            (found.signing, known.signing_name),
            (found.endpoint, known.endpoint_prefix),
            (found.target, known.target_prefix),
        ):
            same = index.setdefault(name, [])  # type: ignore[attr-defined]
            same.insert(0 if known.service == name else len(same), known)
    return found


def identify(head: Head) -> Target | None:
    """The service and, but for the query protocol with a form body, the operation; None for no service we know."""
    query = routes.query_parameters(head.query)
    scope = read_scope(head.headers, query)
    host = read_host(head.host)
    candidates = _candidates(head, scope, host)
    if not candidates:
        return None
    base = Target(
        service=candidates[0].service,
        operation=None,
        protocol=candidates[0].protocol,
        region=(scope.region if scope else "") or host.region or DEFAULT_REGION,
        access_key=scope.access_key if scope else None,
        path=head.path,
    )
    if "smithy-protocol" in head.headers:
        return _by_smithy(base, head, candidates)
    if head.method == "POST" and "x-amz-target" in head.headers and base.service != "s3":
        return _by_target(base, head, candidates)
    if forms := [known for known in candidates if _speaks_query(known)]:
        is_form = head.headers.get("content-type").startswith(FORM)
        if is_form or "Action" in query or base.protocol in ("query", "ec2"):
            return _by_action(base, query, forms)
    return _by_route(base, head, query, candidates, host)


def names_operation_in_body(target: Target) -> bool:
    return target.operation is None and target.protocol in ("query", "ec2") and not target.asked


def resolve(target: Target, head: Head, body: bytes) -> Target:
    """The target with its operation: for the query protocol it is in the body.

    Raises AwsError, in AWS's words, for an operation that the service does not have.
    """
    if names_operation_in_body(target):
        form = dict(reversed(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))
        query = {**routes.query_parameters(head.query), **form}
        target = _by_action(target, query, [known for known in _sharing(target.service) if _speaks_query(known)])
    if target.operation is None:
        raise _unknown(target)
    return target


def _sharing(service: str) -> list[Metadata]:
    """The services that share this one's signing name, itself first where it gave the name."""
    return names().signing[metadata()[service].signing_name]


def _candidates(head: Head, scope: Scope | None, host: HostName) -> list[Metadata]:
    if scope and scope.signing_name:
        return names().scoped(scope.signing_name)
    if scope:  # Signature Version 2: only S3 still takes it
        return [metadata()["s3"]]
    if target := head.headers.get("x-amz-target"):
        return names().target.get(target.rpartition(".")[0], [])
    if smithy := _smithy_parts(head.path):
        return names().target.get(smithy[0], [])
    for prefix in host.prefixes:
        if prefix in names().endpoint:
            return names().endpoint[prefix]
    if head.method == "POST" and head.path == "/" and head.headers.get("content-type").startswith(FORM):
        return [metadata()[UNSIGNED_QUERY]]
    return [metadata()["s3"]]


def _speaks_query(known: Metadata) -> bool:
    """SQS and CloudWatch still answer clients of the time when they spoke it alone."""
    return known.query_compatible or "query" in known.protocols or "ec2" in known.protocols


def _smithy_parts(path: str) -> tuple[str, str] | None:
    parts = path.split("/")
    if len(parts) == 5 and parts[1] == "service" and parts[3] == "operation":
        return parts[2], parts[4]
    return None


def _by_smithy(base: Target, head: Head, candidates: list[Metadata]) -> Target:
    protocol = "smithy-" + head.headers["smithy-protocol"]
    parts = _smithy_parts(head.path)
    prefix, name = parts or ("", "")
    for known in candidates:
        if known.target_prefix == prefix and name in operation_names(known.service):
            return replace(base, service=known.service, protocol=protocol, operation=name)
    return replace(base, protocol=protocol, asked=f"{prefix}.{name}" if parts else head.path)


def _by_target(base: Target, head: Head, candidates: list[Metadata]) -> Target:
    asked = head.headers["x-amz-target"]
    prefix, _, name = asked.rpartition(".")
    protocol = "cbor" if "cbor" in head.headers.get("content-type") else "json"
    for known in candidates:
        if known.target_prefix == prefix and name in operation_names(known.service):
            return replace(base, service=known.service, protocol=protocol, operation=name)
    return replace(base, protocol=protocol, asked=asked)


def _by_action(base: Target, query: Mapping[str, str], candidates: list[Metadata]) -> Target:
    """Services that share a signing name (elb and elbv2) are told apart by their version, then by what they have."""
    action, version = query.get("Action", ""), query.get("Version", "")
    protocol = "ec2" if base.protocol == "ec2" else "query"
    if not action:
        return replace(base, protocol=protocol)
    for known in sorted(candidates, key=lambda known: known.api_version != version):
        if action in operation_names(known.service):
            return replace(base, service=known.service, protocol=protocol, operation=action)
    return replace(base, protocol=protocol, asked=f"{action} for version {version}")


def _by_route(base: Target, head: Head, query: Mapping[str, str], candidates: list[Metadata], host: HostName) -> Target:
    if base.service == "s3":
        if head.path.startswith(S3_CONTROL) and "x-amz-account-id" in head.headers:
            candidates = [metadata()["s3control"]]
        else:
            candidates = [metadata()["s3"]]
            if host.bucket:
                base = replace(base, path=f"/{host.bucket}{head.path}")
    for known in candidates:
        if known.protocol.startswith("rest-"):
            found = routes.match(known.service, head.method, base.path, query, head.headers)
            if found:
                return replace(
                    base, service=known.service, protocol=known.protocol, operation=found[0], labels=found[1]
                )
    return replace(base, service=candidates[0].service, asked=f"{head.method} {head.path}")


def _unknown(target: Target) -> AwsError:
    """AWS's answer to an operation that is not in its model."""
    if target.protocol in ("query", "ec2"):
        if not target.asked:
            return AwsError("MissingAction", "The request must contain the parameter Action", status=400)
        return AwsError("InvalidAction", f"Could not find operation {target.asked}", status=400)
    if target.service == "s3":
        message = "The specified method is not allowed against this resource."
        return AwsError("MethodNotAllowed", message, status=405)
    return AwsError("UnknownOperationException", f"Unknown operation {target.asked}", status=404)
