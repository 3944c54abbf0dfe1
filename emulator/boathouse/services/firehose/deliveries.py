"""All delivery streams at work, from start to stop of the platform."""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.delivery import DELIVERY, LONGEST_RETRY_SECONDS, RETRY_SECONDS, Delivery
from boathouse.services.firehose.ledger import Ledger
from boathouse.services.firehose.sources import KinesisSource, PutSource, Source
from boathouse.services.firehose.store import DeliveryStream, Store
from boathouse.tasks import Tasks


class Deliveries:
    def __init__(self, store: Store, buffer: PutBuffer, call: Call, clock: Clock) -> None:
        self._store = store
        self._buffer = buffer
        self._call = call
        self._clock = clock
        self._running: dict[int, Delivery] = {}
        self._waits: dict[int, float] = {}
        self._tasks = Tasks()

    async def start(self) -> None:
        for stream in self._store.all():
            self.begin(stream)

    async def stop(self) -> None:
        await self._tasks.cancel()
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
        self._begin(stream, {})

    def _begin(self, stream: DeliveryStream, troubles: dict[str, str]) -> None:
        ledger = Ledger()
        source = self._source(stream, ledger)
        delivery = Delivery(stream, source, ledger, self._call, self._clock, self._broken)
        delivery.problems.current |= troubles
        self._running[stream.id] = delivery
        delivery.start()

    def _broken(self, delivery: Delivery, error: BaseException) -> None:
        self._tasks.spawn(self._begin_again(delivery, error), f"restart of {delivery.stream.name}")

    async def _begin_again(self, delivery: Delivery, error: BaseException) -> None:
        """A fault of ours must not leave a stream standing: what is not delivered comes from its source once more."""
        stream_id = delivery.stream.id
        delivery.problems.report(f"{DELIVERY}.{type(error).__name__}", f"emulator: {error}; the log has more")
        await delivery.stop()
        before = 0.0 if delivery.has_delivered else self._waits.get(stream_id, 0.0)
        wait = self._waits[stream_id] = min(max(2 * before, RETRY_SECONDS), LONGEST_RETRY_SECONDS)
        await self._clock.sleep(self._clock.hurried(wait))
        if self._running.get(stream_id) is delivery:
            self._begin(delivery.stream, delivery.problems.current)

    def update(self, stream: DeliveryStream) -> None:
        self._running[stream.id].follow(stream)

    async def end(self, stream: DeliveryStream) -> None:
        """What is not delivered yet goes with it, as on AWS."""
        delivery = self._running.pop(stream.id, None)
        self._waits.pop(stream.id, None)
        if delivery is not None:
            await delivery.stop()
        self._buffer.forget(stream.id)

    def _source(self, stream: DeliveryStream, ledger: Ledger) -> Source:
        if stream.kinesis is None:
            return PutSource(stream, self._buffer, ledger, self._clock)
        return KinesisSource(stream, stream.kinesis, self._store, self._call, ledger, self._clock)
