"""The names that requests call services by: in their signature's scope, in their host, in X-Amz-Target."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from boathouse.wire.models import Metadata, metadata

SCOPE_NAMES = {
    "s3express": "s3",
    "s3-object-lambda": "s3",
    "email": "ses",
}
"""Signing names that no model has: older clients', and endpoints of a service with a scope of their own."""


@dataclass(frozen=True, slots=True)
class Names:
    """Services by each kind of name. Those that share one come in order of preference: the one so called first."""

    signing: Mapping[str, list[Metadata]]
    endpoint: Mapping[str, list[Metadata]]
    target: Mapping[str, list[Metadata]]


@cache
def names() -> Names:
    signing: dict[str, list[Metadata]] = {}
    endpoint: dict[str, list[Metadata]] = {}
    target: dict[str, list[Metadata]] = {}
    for known in sorted(metadata().values(), key=lambda known: known.service):
        _add(signing, known.signing_name, known)
        _add(endpoint, known.endpoint_prefix, known)
        _add(target, known.target_prefix, known)
    return Names(signing, endpoint, target)


def by_scope(name: str) -> list[Metadata]:
    """The services that a signature for ``name`` may be meant for."""
    name = SCOPE_NAMES.get(name, name)
    itself = metadata().get(name)
    return names().signing.get(name) or names().endpoint.get(name) or ([itself] if itself else [])


def sharing(service: str) -> list[Metadata]:
    """The services that share this one's signing name."""
    return names().signing[metadata()[service].signing_name]


def _add(index: dict[str, list[Metadata]], name: str, known: Metadata) -> None:
    same = index.setdefault(name, [])
    same.insert(0 if known.service == name else len(same), known)
