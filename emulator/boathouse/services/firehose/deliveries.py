"""All delivery streams at work, from start to stop of the platform."""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.delivery import Delivery
from boathouse.services.firehose.ledger import Ledger
from boathouse.services.firehose.sources import KinesisSource, PutSource, Source
from boathouse.services.firehose.store import DeliveryStream, Store


class Deliveries:
    def __init__(self, store: Store, buffer: PutBuffer, call: Call, clock: Clock) -> None:
        self._store = store
        self._buffer = buffer
        self._call = call
        self._clock = clock
        self._running: dict[int, Delivery] = {}

    async def start(self) -> None:
        for stream in self._store.all():
            self.begin(stream)

    async def stop(self) -> None:
        running, self._running = self._running, {}
        for delivery in running.values():
            await delivery.stop()

    async def reset(self) -> None:
        await self.stop()
        self._buffer.reset()

    def troubles(self) -> dict[str, str]:
        """What keeps which delivery stream from delivering."""
        problems = [delivery.problems for delivery in self._running.values()]
        return {found.stream.name: "; ".join(found.current.values()) for found in problems if found.current}

    def begin(self, stream: DeliveryStream) -> None:
        ledger = Ledger()
        delivery = Delivery(stream, self._source(stream, ledger), ledger, self._call, self._clock)
        self._running[stream.id] = delivery
        delivery.start()

    def update(self, stream: DeliveryStream) -> None:
        self._running[stream.id].follow(stream)

    async def end(self, stream: DeliveryStream) -> None:
        """What is not delivered yet goes with it, as on AWS."""
        delivery = self._running.pop(stream.id, None)
        if delivery is not None:
            await delivery.stop()
        self._buffer.forget(stream.id)

    def _source(self, stream: DeliveryStream, ledger: Ledger) -> Source:
        if stream.kinesis is None:
            return PutSource(stream, self._buffer, ledger, self._clock)
        return KinesisSource(stream, stream.kinesis, self._store, self._call, ledger, self._clock)
