"""The streams of an account and region, found by name or ARN, and Kinesis's sentences for those that are not there."""

import secrets
from collections.abc import Mapping
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context, Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services.kinesis.streams import Stream, from_document, to_document


class Store:
    def __init__(self, state: State, clock: Clock) -> None:
        self._streams = state.collection("kinesis_streams")
        self._clock = clock

    def new_id(self) -> int:
        """Grows with time, so that a stream's numbers are above those of an earlier stream of its name."""
        return self._clock.millis() << 16 | secrets.randbits(16)

    def get(self, scope: Scope, name: str) -> Stream | None:
        document = self._streams.get(scope, name)
        return None if document is None else from_document(document)

    def put(self, scope: Scope, stream: Stream) -> None:
        self._streams.put(scope, stream.name, to_document(stream))

    def delete(self, scope: Scope, name: str) -> None:
        self._streams.delete(scope, name)

    def all(self, scope: Scope) -> list[Stream]:
        return [from_document(document) for _, document in self._streams.items(scope)]

    def ids(self) -> set[int]:
        """Of every stream in every account and region."""
        return {document["id"] for _, _, document in self._streams.all()}

    def find(self, context: Context, request: Mapping[str, Any]) -> Stream:
        """The stream that a request names by StreamName, StreamARN or both; raises ResourceNotFoundException."""
        name = named(request)
        stream = self.get(context.scope, name)
        arn = request.get("StreamARN")
        if stream is None or (arn is not None and arn != stream.arn):
            raise not_found(context.account, name)
        return stream

    def find_active(self, context: Context, request: Mapping[str, Any]) -> Stream:
        """As ``find``; while it is CREATING, a stream is not there yet for records."""
        stream = self.find(context, request)
        if self.is_creating(stream):
            raise not_found(context.account, stream.name)
        return stream

    def is_creating(self, stream: Stream) -> bool:
        return self._clock.time() < stream.ready

    def status(self, stream: Stream) -> str:
        return "CREATING" if self.is_creating(stream) else "ACTIVE"


def named(request: Mapping[str, Any]) -> str:
    """The stream's name out of StreamName or StreamARN."""
    name, arn = request.get("StreamName"), request.get("StreamARN") or request.get("ResourceARN")
    of_arn = arn and arn.rpartition(":stream/")[2]
    if not (name or of_arn):
        raise AwsError("InvalidArgumentException", "Either StreamName or StreamARN must be specified.")
    if name and of_arn and name != of_arn:
        raise AwsError("InvalidArgumentException", f"StreamName {name} does not match StreamARN {arn}.")
    return str(name or of_arn)


def not_found(account: str, name: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"Stream {name} under account {account} not found.")
