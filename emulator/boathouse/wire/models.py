"""botocore's service models, loaded when first asked for: the specification of everything in wire/."""

import json
import os
import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, StructureShape

DATA = Path(botocore.__file__).parent / "data"
HEAD_SIZE = 2048
_METADATA = re.compile(r'"metadata"\s*:\s*(?={)')
Operation = OperationModel


@cache
def loader() -> Loader:
    """botocore's own models only: what lies in a user's ~/.aws/models must not change what we speak."""
    return Loader([str(DATA)], include_default_search_paths=False)


@cache
def service_model(service: str) -> ServiceModel:
    """Raises KeyError for a service that botocore does not know. Takes 5 to 80 ms the first time."""
    if service not in metadata():
        raise KeyError(service)
    return ServiceModel(loader().load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> OperationModel:
    """Raises KeyError for an operation that the service does not have."""
    model = service_model(service)
    if operation not in model.operation_names:
        raise KeyError(f"{service}.{operation}")
    found: OperationModel = model.operation_model(operation)
    return found


@cache
def operation_names(service: str) -> frozenset[str]:
    return frozenset(service_model(service).operation_names)


def services() -> list[str]:
    return sorted(metadata())


def signing_name(service: str) -> str:
    """What a signature's scope calls the service: ``monitoring`` for cloudwatch."""
    return metadata()[service].signing_name


@cache
def error_shapes(service: str) -> dict[str, StructureShape]:
    """The service's error shapes by the code that goes over the wire, and by their own names."""
    shapes: dict[str, StructureShape] = {}
    for shape in service_model(service).error_shapes:
        shapes[shape.name] = shape
        shapes.setdefault(shape.error_code, shape)
    return shapes


@dataclass(frozen=True, slots=True)
class Metadata:
    """What must be known of every service to find out which one a request is for."""

    service: str
    signing_name: str
    endpoint_prefix: str
    target_prefix: str
    api_version: str
    protocols: tuple[str, ...]
    query_compatible: bool

    @property
    def protocol(self) -> str:
        return self.protocols[0]


@cache
def metadata() -> dict[str, Metadata]:
    """Every service's metadata, read from the first bytes of its model: loading them all would take seconds."""
    found = {}
    for service in (entry for entry in os.scandir(DATA) if entry.is_dir()):
        for version in sorted((entry.name for entry in os.scandir(service)), reverse=True):
            if (read := _read_metadata(service.name, f"{service.path}/{version}/service-2.json.gz")) is not None:
                found[service.name] = _metadata(service.name, read)
                break
    return found


def _metadata(service: str, read: dict[str, Any]) -> Metadata:
    return Metadata(
        service=service,
        signing_name=read.get("signingName", read["endpointPrefix"]),
        endpoint_prefix=read["endpointPrefix"],
        target_prefix=read.get("targetPrefix", ""),
        api_version=read["apiVersion"],
        protocols=tuple(dict.fromkeys([read["protocol"], *read.get("protocols", ())])),
        query_compatible="awsQueryCompatible" in read,
    )


def _read_metadata(service: str, path: str) -> dict[str, Any] | None:
    """The ``metadata`` object of a model: its JSON begins with it, so that its first bytes say enough."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    packed = os.read(descriptor, HEAD_SIZE)
    os.close(descriptor)
    text = zlib.decompressobj(wbits=31).decompress(packed, HEAD_SIZE).decode("utf-8", "ignore")
    if (start := _METADATA.search(text)) is None:
        return dict(loader().load_service_model(service, "service-2")["metadata"])
    read: dict[str, Any] = json.JSONDecoder().raw_decode(text, start.end())[0]
    return read
