"""Delivery streams by account and region, and how far each has delivered its source."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context, Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State

Document = dict[str, Any]


@dataclass(slots=True)
class DeliveryStream:
    """``destination`` is the model's ExtendedS3DestinationConfiguration, ``kinesis`` its
    KinesisStreamSourceConfiguration or None for DirectPut. ``id`` tells apart streams that had the same name.
    """

    id: int
    account: str
    region: str
    name: str
    arn: str
    destination: Document
    kinesis: Document | None
    created: datetime
    ready: float
    version: int = 1
    updated: datetime | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return self.account, self.region

    @property
    def type(self) -> str:
        return "DirectPut" if self.kinesis is None else "KinesisStreamAsSource"

    @property
    def bucket(self) -> str:
        return str(self.destination["BucketARN"].rpartition(":")[2])

    @property
    def processors(self) -> list[Document]:
        processing = self.destination.get("ProcessingConfiguration", {})
        return list(processing.get("Processors", [])) if processing.get("Enabled") else []

    @property
    def is_partitioned(self) -> bool:
        return bool(self.destination.get("DynamicPartitioningConfiguration", {}).get("Enabled"))


class Store:
    def __init__(self, state: State, clock: Clock) -> None:
        self._streams = state.collection("firehose_streams")
        self._positions = state.collection("firehose_positions")
        self._clock = clock

    def new_id(self) -> int:
        return self._clock.millis() << 16 | secrets.randbits(16)

    def get(self, scope: Scope, name: str) -> DeliveryStream | None:
        document = self._streams.get(scope, name)
        return None if document is None else DeliveryStream(**document)

    def put(self, stream: DeliveryStream) -> None:
        self._streams.put(stream.scope, stream.name, asdict(stream))

    def delete(self, stream: DeliveryStream) -> None:
        self._streams.delete(stream.scope, stream.name)
        self._positions.delete(stream.scope, str(stream.id))

    def in_scope(self, scope: Scope) -> list[DeliveryStream]:
        return [DeliveryStream(**document) for _, document in self._streams.items(scope)]

    def all(self) -> list[DeliveryStream]:
        return [DeliveryStream(**document) for _, _, document in self._streams.all()]

    def find(self, context: Context, name: str) -> DeliveryStream:
        found = self.get(context.scope, name)
        if found is None:
            raise not_found(context.account, name)
        return found

    def is_creating(self, stream: DeliveryStream) -> bool:
        return self._clock.time() < stream.ready

    def positions(self, stream: DeliveryStream) -> dict[str, str]:
        """By shard, the sequence number up to which everything is delivered."""
        return self._positions.get(stream.scope, str(stream.id)) or {}

    def put_positions(self, stream: DeliveryStream, positions: dict[str, str]) -> None:
        self._positions.put(stream.scope, str(stream.id), positions)


def not_found(account: str, name: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Firehose {name} under account {account} not found.")
