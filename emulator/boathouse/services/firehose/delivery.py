"""One delivery stream at work: records are gathered into batches, processed, sorted into objects, and put into S3.

Nothing is forgotten by its source before the object that holds it lies in S3; memory is bounded by ``MOST_HELD``.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.lake.sessions import assumed_role
from boathouse.services.firehose.configuration import parameters
from boathouse.services.firehose.ledger import Ledger, Receipt, Record
from boathouse.services.firehose.objects import (
    NO_KEYS,
    PROCESSING_FAILED,
    OpenObject,
    error_record,
    partition,
    wanted_keys,
)
from boathouse.services.firehose.problems import Problems
from boathouse.services.firehose.processing import Failure, Processed, Processor
from boathouse.services.firehose.sources import Source
from boathouse.services.firehose.store import DeliveryStream
from boathouse.tasks import Tasks

MIB = 1024 * 1024
MOST_HELD = 128 * MIB
MOST_PARTITIONS = 500  # https://docs.aws.amazon.com/firehose/latest/dev/limits.html
BATCHES_AT_ONCE = 3  # two with the function, and one that is packed or unpacked meanwhile
PUTS_AT_ONCE = 4
LAST_PUT_SECONDS = 2.0
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 15.0, 120.0
DELIVERY = "Delivery"
Key = tuple[str, ...]
# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
OF_S3 = {
    "AccessDenied": "Access was denied. Ensure that the trust policy for the provided IAM role allows Firehose to"
    " assume the role, and the access policy allows access to the S3 bucket.",
    "NoSuchBucket": "The specified bucket does not exist. Use a different bucket that does exist.",
}


@dataclass(slots=True)
class Batch:
    """Records for one call of the processor. ``due``: when it goes there, full or not."""

    due: float = 0.0
    size: int = 0
    records: list[Record] = field(default_factory=list)

    def add(self, record: Record) -> None:
        self.size += len(record.data)
        self.records.append(record)


class Delivery:
    """``stream`` may be replaced while it works: what is processed or put afterwards follows the new one.

    ``broken`` hears, once, of an error that nobody foresaw: this delivery then does not go on by itself.
    ``has_delivered``: something of what it read is in S3 for good.
    """

    def __init__(
        self, stream: DeliveryStream, source: Source, ledger: Ledger, call: Call, clock: Clock,
        broken: Callable[["Delivery", BaseException], None],
    ) -> None:  # fmt: skip
        self.has_delivered = False
        self._broken = broken
        self._is_broken = False
        self._stream = stream
        self._source = source
        self._ledger = ledger
        self._call = call
        self._clock = clock
        self._tasks = Tasks(self._break)
        self._puts = Tasks(self._break)
        self.problems = Problems(stream, call, clock, self._tasks)
        self._processor = Processor(call, clock, self.problems)
        self._processing = asyncio.Semaphore(BATCHES_AT_ONCE)
        self._putting = asyncio.Semaphore(PUTS_AT_ONCE)
        self._objects: dict[Key, OpenObject] = {}
        self._held = 0
        self._freed = asyncio.Event()

    @property
    def stream(self) -> DeliveryStream:
        return self._stream

    def start(self) -> None:
        self._tasks.spawn(self._gather(), f"delivery stream {self._stream.name}")

    async def stop(self) -> None:
        """What is on its way stays with its source and comes again after a start, but a put that has begun may end."""
        await self._tasks.cancel()
        await self._puts.cancel(grace=LAST_PUT_SECONDS)

    def follow(self, stream: DeliveryStream) -> None:
        self._stream = self.problems.stream = stream

    def _break(self, error: BaseException) -> None:
        if not self._is_broken:
            self._is_broken = True
            self._broken(self, error)

    async def _gather(self) -> None:
        batch = Batch()
        while True:
            await self._room()
            most, seconds = self._batching()
            try:
                records = await self._source.read(max(0.0, batch.due - self._clock.time()) if batch.records else None)
            except AwsError as error:
                self.problems.report(f"DataSource.{error.code}", error.message)
                await self._clock.sleep(self._clock.hurried(RETRY_SECONDS))
                continue
            self.problems.over("DataSource")
            for record in records:
                if batch.records and batch.size + len(record.data) > most:
                    await self._submit(batch)
                    batch = Batch()
                if not batch.records:
                    batch.due = self._clock.time() + self._clock.hurried(seconds)
                batch.add(record)
            if batch.records and self._clock.time() >= batch.due:
                await self._submit(batch)
                batch = Batch()

    def _batching(self) -> tuple[int, float]:
        """How many bytes, and for how long, a batch gathers before it is processed."""
        for processor in self._stream.processors:
            if processor["Type"] == "Lambda":
                given = parameters(processor)
                size, seconds = given.get("BufferSizeInMBs", "1"), given.get("BufferIntervalInSeconds", "60")
                return int(float(size) * MIB), float(seconds)
        return MIB, 0.0

    async def _room(self) -> None:
        """Holds no more than it may: when too much is waiting for its time to be put, its time has come."""
        while self._held > MOST_HELD:
            self._flush_all()
            self._freed.clear()
            await self._freed.wait()

    def _free(self, size: int) -> None:
        self._held -= size
        self._freed.set()

    async def _submit(self, batch: Batch) -> None:
        await self._processing.acquire()
        self._held += batch.size
        self._tasks.spawn(self._process(batch), f"batch of {self._stream.name}")

    async def _process(self, batch: Batch) -> None:
        try:
            processed = await self._processor.run(self._stream, batch.records)
        finally:
            self._processing.release()
        self._free(batch.size)
        dropped = [done.record.receipt for done in processed if done.data is None and done.failure is None]
        self._settle(dropped)
        wanted = wanted_keys(self._stream)
        for done in processed:
            self._sort(done, wanted)
        most = int(self._stream.destination["BufferingHints"]["SizeInMBs"]) * MIB
        for key in [key for key, filling in self._objects.items() if filling.size >= most]:
            self._flush(key)
        if len(self._objects) > MOST_PARTITIONS:
            self._flush_all()

    def _sort(self, done: Processed, wanted: list[str]) -> None:
        """Puts a processed record into the object where it belongs."""
        failure, keys = done.failure, None
        if failure is None and done.data is not None:
            keys = partition(wanted, done.keys)
            if keys is None:
                failure = Failure(*NO_KEYS, ended=self._clock.millis())
        if failure is not None:
            self._add((PROCESSING_FAILED,), done.record, error_record(done.record, failure), None)
        elif done.data is not None:
            self._add(("", *(keys or {}).values()), done.record, done.data, keys)

    def _add(self, key: Key, record: Record, data: bytes, keys: dict[str, str] | None) -> None:
        filling = self._objects.get(key)
        if filling is None:
            filling = self._objects[key] = OpenObject(keys or {}, key[0] or None)
            self._tasks.spawn(self._flush_in_time(key, filling), f"object of {self._stream.name}")
        filling.add(record, data)
        self._held += len(data)

    async def _flush_in_time(self, key: Key, filling: OpenObject) -> None:
        interval = self._stream.destination["BufferingHints"]["IntervalInSeconds"]
        await self._clock.sleep(self._clock.hurried(interval))
        if self._objects.get(key) is filling:
            self._flush(key)

    def _flush(self, key: Key) -> None:
        filled = self._objects.pop(key)
        self._puts.spawn(self._put(filled), f"put of {self._stream.name}")

    def _flush_all(self) -> None:
        for key in list(self._objects):
            self._flush(key)

    async def _put(self, filled: OpenObject) -> None:
        """Tries until S3 has it; each time as the destination is now, since that may be what was wrong."""
        wait = RETRY_SECONDS
        while not await self._try_to_put(filled):
            await self._clock.sleep(self._clock.hurried(wait))
            wait = min(2 * wait, LONGEST_RETRY_SECONDS)
        self._free(filled.size)
        self._settle(filled.receipts)

    async def _try_to_put(self, filled: OpenObject) -> bool:
        async with self._putting:
            stream = self._stream
            params = await asyncio.to_thread(filled.close, stream)
            role = assumed_role(stream.destination["RoleARN"], stream.name, stream.region)
            try:
                await self._call("s3", "PutObject", params, as_=role)
            except AwsError as error:
                self.problems.report(f"S3.{error.code}", OF_S3.get(error.code, error.message))
                return False
        self.problems.over("S3")
        return True

    def _settle(self, receipts: list[Receipt]) -> None:
        if further := self._ledger.settle(receipts):
            self._source.commit(further)
            self.has_delivered = True
            self.problems.over(DELIVERY)
