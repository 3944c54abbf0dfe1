"""botocore's service models, loaded when first asked for: the specification of everything in wire/."""

import json
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, StructureShape

DATA = Path(botocore.__file__).parent / "data"
HEAD_SIZE = 4096
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
    for folder in DATA.iterdir():
        versions = sorted(path for path in folder.glob("*/service-2.json*")) if folder.is_dir() else []
        if versions:
            found[folder.name] = _metadata(folder.name, _read_metadata(versions[-1]))
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


def _read_metadata(path: Path) -> dict[str, Any]:
    """The ``metadata`` object of a model file; models are compact JSON that begins with it."""
    with path.open("rb") as file:
        head = file.read(HEAD_SIZE)
        if path.suffix == ".gz":
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD_SIZE)
    text = head.decode("utf-8", "ignore")
    start = text.find('"metadata":')
    try:
        read: dict[str, Any] = json.JSONDecoder().raw_decode(text, text.index("{", start))[0]
    except ValueError:
        read = loader().load_service_model(path.parent.parent.name, "service-2")["metadata"]
    return read
