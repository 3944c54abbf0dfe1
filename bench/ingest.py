"""Events a second from PutRecords through Lambda and Firehose into S3, on the stack that `pipelines deploy` makes.

The clock runs from the first PutRecords until every event was found in an object; the events are made before.
"""

import gzip
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import places, processes, sample
from bench.figures import Figure
from bench.places import Place
from pipelines.sources import producer
from pipelines.stack import Stack, find

EVENTS = 80_000
PATIENCE = 120.0
LOOK = 0.1


def measure() -> Iterator[Figure]:
    batches = list(producer.batches(events(EVENTS)))
    with places.boathouse() as place:
        places.run([sys.executable, "-m", "pipelines", "deploy"], place)
        stack = find(place.client("cloudformation"))
        send(place, stack, [batches[0][:1]])  # the function's process starts, as it has in a stream that is in use
        await_arrival(place, stack, 1)
        before = processes.processor_time(processes.tree(place.pid))
        own, began = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send, place, stack, batches)
            await_arrival(place, stack, EVENTS + 1)
            sending.result()
        taken = time.perf_counter() - began
        yield Figure("events through Lambda into S3", EVENTS / taken, "events/s")
        if processes.can_be_seen():
            yield from processor_time(place, before, time.process_time() - own)


def processor_time(place: Place, before: processes.Seconds, own: float) -> Iterator[Figure]:
    after = processes.processor_time(processes.tree(place.pid))
    spent = {role: seconds - before.get(role, 0.0) for role, seconds in after.items()} | {"client": own}
    for role, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield Figure(f"  processor time an event, {role}", seconds / EVENTS * 1e6, "µs")


def events(count: int) -> Iterator[tuple[int, producer.Entry]]:
    for ordinal, sealed in enumerate(sample.envelopes_of(count)):
        yield ordinal, producer.Entry(Data=sealed, PartitionKey=f"bench-{ordinal}")


def send(place: Place, stack: Stack, batches: list[list[tuple[int, producer.Entry]]]) -> None:
    """As the pipeline's producer does: 500 a call, four calls at a time."""
    kinesis = place.client("kinesis")

    def put(batch: list[tuple[int, producer.Entry]]) -> None:
        answer = kinesis.put_records(StreamName=stack.stream_name, Records=[entry for _, entry in batch])
        if answer["FailedRecordCount"]:
            raise RuntimeError(f"{answer['FailedRecordCount']} records were refused")

    with ThreadPoolExecutor(producer.CALLS_AT_ONCE) as pool:
        for done in [pool.submit(put, batch) for batch in batches]:
            done.result()


def await_arrival(place: Place, stack: Stack, count: int) -> None:
    s3 = place.client("s3")
    seen, arrived, until = set[str](), 0, time.monotonic() + PATIENCE
    while arrived < count:
        keys = [key for key in keys_under(s3, stack.bucket, "raw/") if key not in seen]
        arrived += sum(lines_of(s3, stack.bucket, key) for key in keys)
        seen.update(keys)
        if time.monotonic() > until:
            raise TimeoutError(f"{arrived} of {count} events arrived within {PATIENCE:.0f} s")
        if not keys:
            time.sleep(LOOK)


def keys_under(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (found["Key"] for found in page.get("Contents", ()))


def lines_of(s3: Any, bucket: str, key: str) -> int:
    return gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).count(b"\n")
