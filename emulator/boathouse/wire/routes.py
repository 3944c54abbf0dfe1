"""Which operation a method, path and query mean, by the http traits of a REST service's model."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, unquote

from boathouse.wire.models import Operation, operation_model, operation_names


@dataclass(frozen=True, slots=True)
class Route:
    """``literals`` are query parameters that the path template itself names (value None: any), ``query`` and
    ``headers`` those that the operation cannot do without: both tell apart operations of one path."""

    operation: str
    labels: tuple[str, ...]
    literals: tuple[tuple[str, str | None], ...]
    query: tuple[str, ...]
    headers: tuple[str, ...]
    deprecated: bool

    def takes(self, query: Mapping[str, str]) -> bool:
        return all(key in query and value in (None, query[key]) for key, value in self.literals)

    def is_complete(self, query: Mapping[str, str], headers: Container[str]) -> bool:
        return all(key in query for key in self.query) and all(name in headers for name in self.headers)

    @property
    def specificity(self) -> tuple[int, int, bool]:
        return len(self.literals), len(self.query) + len(self.headers), not self.deprecated


@dataclass(slots=True)
class Node:
    """One segment of the paths of one method. ``routes`` end here, the most specific first."""

    literal: "dict[str, Node]" = field(default_factory=dict)
    label: "Node | None" = None
    greedy: "Node | None" = None
    routes: list[Route] = field(default_factory=list)


Found = tuple[list[Route], list[str]]


@cache
def routes(service: str) -> dict[str, Node]:
    """The service's operations by HTTP method and path."""
    roots: dict[str, Node] = {}
    for name in sorted(operation_names(service)):
        operation = operation_model(service, name)
        _insert(roots.setdefault(operation.http["method"], Node()), operation)
    return roots


def match(
    service: str, method: str, path: str, query: Mapping[str, str], headers: Container[str]
) -> tuple[str, dict[str, str]] | None:
    """The operation and its path parameters, decoded. ``path`` is raw: an encoded slash does not end a segment."""
    root = routes(service).get(method)
    found = root and _walk(root, path.split("/")[1:], 0)
    if not found:
        return None
    candidates, captured = found
    takers = [route for route in candidates if route.takes(query)]
    if not takers:
        return None
    route = next((route for route in takers if route.is_complete(query, headers)), takers[-1])
    return route.operation, dict(zip(route.labels, map(unquote, captured), strict=True))


@cache
def _parsed_empty() -> dict[str, str]:
    return {}


def query_parameters(query: str) -> dict[str, str]:
    """Of a repeated parameter the first."""
    if not query:
        return _parsed_empty()
    return dict(reversed(parse_qsl(query, keep_blank_values=True)))


def _insert(root: Node, operation: Operation) -> None:
    path, _, query = operation.http["requestUri"].partition("?")
    node, labels = root, []
    for segment in _segments(path):
        if segment.startswith("{") and segment.endswith("+}"):
            labels.append(segment[1:-2])
            node.greedy = node.greedy or Node()
            node = node.greedy
        elif segment.startswith("{"):
            labels.append(segment[1:-1])
            node.label = node.label or Node()
            node = node.label
        else:
            node = node.literal.setdefault(segment, Node())
    node.routes.append(_route(operation, tuple(labels), query))
    node.routes.sort(key=lambda route: route.specificity, reverse=True)


def _route(operation: Operation, labels: tuple[str, ...], query: str) -> Route:
    literals = [(key, value if equals else None) for key, equals, value in (p.partition("=") for p in query.split("&"))]
    required: dict[str, list[str]] = {"querystring": [], "header": []}
    if operation.input_shape is not None:
        for name in operation.input_shape.required_members:
            serialization = operation.input_shape.members[name].serialization
            required.get(serialization.get("location"), []).append(serialization.get("name", name))
    return Route(
        operation=operation.name,
        labels=labels,
        literals=tuple(literals) if query else (),
        query=tuple(required["querystring"]),
        headers=tuple(required["header"]),
        deprecated=operation.deprecated,
    )


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/") if path.strip("/") else []


def _walk(node: Node, segments: Sequence[str], at: int) -> Found | None:
    """Depth first: a literal before a label before a greedy label. A trailing slash means nothing, except in what a
    greedy label takes (S3's keys)."""
    if node.routes and (at == len(segments) or (at == len(segments) - 1 and segments[at] == "")):
        return node.routes, []
    if at >= len(segments):
        return None
    segment = segments[at]
    if (child := node.literal.get(segment)) is not None and (found := _walk(child, segments, at + 1)):
        return found
    if node.label is not None and segment and (found := _walk(node.label, segments, at + 1)):
        return found[0], [segment, *found[1]]
    return _walk_greedy(node.greedy, segments, at) if node.greedy is not None else None


def _walk_greedy(node: Node, segments: Sequence[str], at: int) -> Found | None:
    if node.routes:
        return node.routes, ["/".join(segments[at:])]
    for end in range(len(segments) - 1, at, -1):
        if found := _walk(node, segments, end):
            return found[0], ["/".join(segments[at:end]), *found[1]]
    return None
