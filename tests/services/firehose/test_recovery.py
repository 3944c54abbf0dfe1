"""A delivery that fails in a way that nobody foresaw: it is told, and goes on with all that is not in S3 yet."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.lake.state import State
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.configuration import complete
from boathouse.services.firehose.deliveries import Deliveries
from boathouse.services.firehose.store import DeliveryStream, Store

HURRY = 6000


class Faulty:
    """An S3 that fails ``times`` with what no AWS would answer, then takes every object."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.bodies: list[bytes] = []
        self.arrived = asyncio.Event()

    async def __call__(self, service: str, operation: str, params: Mapping[str, Any], _: Principal) -> dict[str, Any]:
        assert (service, operation) == ("s3", "PutObject")
        if self.left:
            self.left -= 1
            raise ZeroDivisionError("nobody foresaw this")
        self.bodies.append(params["Body"])
        self.arrived.set()
        return {}


def stream(store: Store) -> DeliveryStream:
    hints = {"SizeInMBs": 1, "IntervalInSeconds": 60}
    settings = {
        "BucketARN": "arn:aws:s3:::lake", "RoleARN": "arn:aws:iam::000000000000:role/delivery", "BufferingHints": hints
    }  # fmt: skip
    return DeliveryStream(
        id=store.new_id(), account="000000000000", region="us-east-1", name="raw", arn="arn:raw",
        destination=complete(settings), kinesis=None, created=datetime.now(UTC), ready=0,
    )  # fmt: skip


@pytest.mark.parametrize("times", [1, 3])
def test_a_delivery_goes_on_after_a_fault_of_ours(times: int) -> None:
    async def scenario() -> None:
        state, clock, call = State(), Clock(HURRY), Call()
        s3 = Faulty(times)
        call.bind(s3)
        store, buffer = Store(state, clock), PutBuffer(state)
        deliveries, raw = Deliveries(store, buffer, call, clock), stream(store)
        deliveries.begin(raw)
        buffer.append(raw.id, clock.millis(), [b"one\n", b"two\n"])
        while not deliveries.troubles():  # noqa: ASYNC110 - the only sign of it
            await asyncio.sleep(0)
        assert deliveries.troubles() == {
            "raw": "Delivery.ZeroDivisionError: emulator: nobody foresaw this; the log has more"
        }
        await asyncio.wait_for(s3.arrived.wait(), 10)
        while deliveries.troubles():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        assert s3.bodies == [b"one\ntwo\n"]
        assert buffer.read(raw.id, 0, 1000) == []
        await deliveries.stop()

    asyncio.run(scenario())


def test_a_stream_that_is_deleted_meanwhile_stays_so() -> None:
    async def scenario() -> None:
        state, clock, call = State(), Clock(HURRY), Call()
        s3 = Faulty(1)
        call.bind(s3)
        store, buffer = Store(state, clock), PutBuffer(state)
        deliveries, raw = Deliveries(store, buffer, call, clock), stream(store)
        deliveries.begin(raw)
        buffer.append(raw.id, clock.millis(), [b"one\n"])
        while not deliveries.troubles():  # noqa: ASYNC110 - the only sign of it
            await asyncio.sleep(0)
        await deliveries.end(raw)
        await clock.sleep(clock.hurried(200))
        assert deliveries.troubles() == {}
        assert s3.bodies == []
        await deliveries.stop()

    asyncio.run(scenario())
