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
    def keys(self) -> frozenset[str]:
        return frozenset(key for key, _ in self.literals).union(self.query)

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


@dataclass(frozen=True, slots=True)
class Match:
    """``labels`` are what the path template takes from the path, decoded. ``conflicting`` are query parameters that
    ask for another operation at the same time."""

    operation: str
    labels: dict[str, str]
    conflicting: tuple[str, ...] = ()


def match(service: str, method: str, path: str, query: Mapping[str, str], headers: Container[str]) -> Match | None:
    """``path`` is raw: an encoded slash does not end a segment. Raises UnicodeDecodeError where it is no UTF-8."""
    root = routes(service).get(method)
    found = root and _walk(root, path.split("/")[1:], 0)
    if not found:
        return None
    candidates, captured = found
    takers = [route for route in candidates if route.takes(query)]
    if not takers:
        return None
    complete = [route for route in takers if route.is_complete(query, headers)]
    route = complete[0] if complete else takers[-1]
    labels = {name: unquote(text, errors="strict") for name, text in zip(route.labels, captured, strict=True)}
    return Match(route.operation, labels, _conflicting(route, complete) if len(complete) > 1 else ())


def _conflicting(route: Route, complete: list[Route]) -> tuple[str, ...]:
    """Of operations that the query asks for all at once, one must be the refinement of the others."""
    others = {key for other in complete for key in other.keys} - route.keys
    return (*sorted(route.keys), *sorted(others)) if others else ()


def query_parameters(query: str) -> dict[str, str]:
    """Of a repeated parameter the first."""
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
    """The longest that leaves a known end, else all."""
    if node.literal:
        for end in range(len(segments) - 1, at, -1):
            if (child := node.literal.get(segments[end])) and (found := _walk(child, segments, end + 1)):
                return found[0], ["/".join(segments[at:end]), *found[1]]
    return (node.routes, ["/".join(segments[at:])]) if node.routes else None
