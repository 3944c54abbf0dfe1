"""Which service and operation a request is for. Knows the models and no service's work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from boathouse.context import DEFAULT_REGION
from boathouse.errors import AwsError
from boathouse.wire import routes
from boathouse.wire.credentials import Scope, read_scope
from boathouse.wire.faults import conflicting_query, unknown_operation, unreadable_path
from boathouse.wire.hosts import HostName, read_host
from boathouse.wire.messages import Head
from boathouse.wire.models import Metadata, metadata, operation_names
from boathouse.wire.names import by_scope, names, sharing

FORM = "application/x-www-form-urlencoded"
S3_CONTROL = "/v20180820/"
UNSIGNED_QUERY = "sts"
"""The one service of the query protocol that answers anonymous requests (AssumeRoleWithWebIdentity, WithSAML)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for. ``path`` is the head's, with the bucket put in front where the host named it, and
    ``labels`` what the operation's path template takes from it, decoded.

    ``protocol`` is json, rest-json, rest-xml, query, ec2, smithy-rpc-v2-cbor, or cbor (JSON operations in CBOR).
    ``operation`` is None where only the body names it (``resolve`` reads it), and where there is none such:
    ``refusal`` then says so in AWS's words.
    """

    service: str
    operation: str | None
    protocol: str
    region: str = DEFAULT_REGION
    access_key: str | None = None
    path: str = "/"
    labels: Mapping[str, str] = field(default_factory=dict)
    refusal: AwsError | None = None


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
    forms = [known for known in candidates if _speaks_query(known)]
    routed = [known for known in candidates if known.protocol.startswith("rest-")]
    if forms and ("Action" in query or head.headers.get("content-type").startswith(FORM) or not routed):
        return _by_action(base, query, forms)
    if base.service == "s3":
        return _by_s3_route(base, head, query, host)
    return _by_route(base, head, query, routed)


def names_operation_in_body(target: Target) -> bool:
    return target.operation is None and target.refusal is None


def resolve(target: Target, head: Head, body: bytes) -> Target:
    """The target with its operation, which a request of the query protocol names in its body.

    Raises AwsError, in AWS's words, for an operation that the service does not have.
    """
    if names_operation_in_body(target):
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        query = {**routes.query_parameters(head.query), **dict(reversed(form))}
        target = _by_action(target, query, [known for known in sharing(target.service) if _speaks_query(known)])
        if names_operation_in_body(target):
            raise AwsError("MissingAction", "Missing Action", status=400)
    if target.refusal is not None:
        raise target.refusal
    return target


def _candidates(head: Head, scope: Scope | None, host: HostName) -> list[Metadata]:
    if scope and scope.signing_name:
        return by_scope(scope.signing_name)
    if scope:  # Signature Version 2, which only S3 still takes
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
    return (parts[2], parts[4]) if len(parts) == 5 and (parts[1], parts[3]) == ("service", "operation") else None


def _by_smithy(base: Target, head: Head, candidates: list[Metadata]) -> Target:
    prefix, name = _smithy_parts(head.path) or ("", head.path)
    return _by_name(replace(base, protocol=f"smithy-{head.headers['smithy-protocol']}"), prefix, name, candidates)


def _by_target(base: Target, head: Head, candidates: list[Metadata]) -> Target:
    prefix, _, name = head.headers["x-amz-target"].rpartition(".")
    protocol = "cbor" if "cbor" in head.headers.get("content-type") else "json"
    return _by_name(replace(base, protocol=protocol), prefix, name, candidates)


def _by_name(base: Target, prefix: str, name: str, candidates: list[Metadata]) -> Target:
    for known in candidates:
        if known.target_prefix == prefix and name in operation_names(known.service):
            return replace(base, service=known.service, operation=name)
    return replace(base, refusal=unknown_operation(base.protocol, f"{prefix}.{name}"))


def _by_action(base: Target, query: Mapping[str, str], candidates: list[Metadata]) -> Target:
    """Services that share a signing name (elb and elbv2) are told apart by their version, then by what they have."""
    action, version = query.get("Action", ""), query.get("Version", "")
    base = replace(base, protocol="ec2" if base.protocol == "ec2" else "query")
    if not action:
        return base
    for known in sorted(candidates, key=lambda known: known.api_version != version):
        if action in operation_names(known.service):
            return replace(base, service=known.service, operation=action)
    return replace(base, refusal=unknown_operation(base.protocol, f"{action} for version {version}"))


def _by_s3_route(base: Target, head: Head, query: Mapping[str, str], host: HostName) -> Target:
    """S3 and its control plane share a scope, and S3's paths begin with a bucket: any path would be S3's."""
    if head.path.startswith(S3_CONTROL) and "x-amz-account-id" in head.headers:
        return _by_route(base, head, query, [metadata()["s3control"]])
    if host.bucket:
        base = replace(base, path=f"/{host.bucket}{head.path}")
    return _by_route(base, head, query, [metadata()["s3"]])


def _by_route(base: Target, head: Head, query: Mapping[str, str], candidates: list[Metadata]) -> Target:
    for known in candidates:
        base = replace(base, service=known.service, protocol=known.protocol)
        try:
            found = routes.match(known.service, head.method, base.path, query, head.headers)
        except UnicodeDecodeError:
            return replace(base, refusal=unreadable_path(known.service))
        if found and found.conflicting and known.service == "s3":
            return replace(base, refusal=conflicting_query(found.conflicting))
        if found:
            return replace(base, operation=found.operation, labels=found.labels)
    service = candidates[0].service if candidates else base.service
    refusal = unknown_operation(base.protocol, f"{head.method} {head.path}", service)
    return replace(base, service=service, refusal=refusal)
