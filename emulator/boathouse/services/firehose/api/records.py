"""PutRecord and PutRecordBatch."""

import secrets
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.store import DeliveryStream, Store, not_found

BYTES_A_BATCH = 4 * 1024 * 1024  # https://docs.aws.amazon.com/firehose/latest/dev/limits.html
RECORD_ID_BYTES = 168


class Records:
    def __init__(self, store: Store, buffer: PutBuffer, clock: Clock) -> None:
        self._store = store
        self._buffer = buffer
        self._clock = clock

    @operation("PutRecord")
    async def put_record(self, context: Context, request: Request) -> Response:
        stream = self._find(context, request)
        self._buffer.append(stream.id, self._clock.millis(), [request["Record"]["Data"]])
        return {"RecordId": _record_id(), "Encrypted": False}

    @operation("PutRecordBatch")
    async def put_record_batch(self, context: Context, request: Request) -> Response:
        stream = self._find(context, request)
        records: list[dict[str, Any]] = request["Records"]
        data = [record["Data"] for record in records]
        if sum(map(len, data)) > BYTES_A_BATCH:
            raise AwsError("InvalidArgumentException", f"Records size exceeds {BYTES_A_BATCH >> 20} MB limit")
        self._buffer.append(stream.id, self._clock.millis(), data)
        return {
            "FailedPutCount": 0,
            "Encrypted": False,
            "RequestResponses": [{"RecordId": _record_id()} for _ in records],
        }

    def _find(self, context: Context, request: Request) -> DeliveryStream:
        stream = self._store.find(context, request["DeliveryStreamName"])
        if self._store.is_creating(stream):
            raise not_found(context.account, stream.name)
        if stream.kinesis is not None:
            raise AwsError(
                "InvalidSourceException",
                "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
            )
        return stream


def _record_id() -> str:
    return secrets.token_urlsafe(RECORD_ID_BYTES)
