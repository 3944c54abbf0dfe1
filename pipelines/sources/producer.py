"""Puts a source's lines into the Kinesis stream; what is too large for a record goes to the bucket, whole.

PutRecords takes 500 records or 5 MiB a call and may take a part of them only
(https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html).
"""

import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypedDict

from pipelines.errors import Incomplete
from pipelines.sources import envelopes, files
from pipelines.sources.files import Source

MOST_RECORDS, MOST_BYTES = 500, 5 * 1024 * 1024
CALLS_AT_ONCE = 4
TRIES = 12
OVERSIZE_PREFIX = "raw-errors/oversize/"
OVERSIZE_REASON = f"larger with its envelope than the {envelopes.LIMIT} bytes that Firehose takes of a record"


class Entry(TypedDict):
    Data: bytes
    PartitionKey: str


class Producer:
    """``put_oversize(key, body)`` writes an object of the lake's bucket."""

    def __init__(
        self, kinesis: Any, stream_name: str, put_oversize: Callable[[str, bytes], object],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._kinesis = kinesis
        self._stream_name = stream_name
        self._put_oversize = put_oversize
        self._sleep = sleep

    def put(self, source: Source, sent: Callable[[list[int]], None]) -> int:
        """Puts every line; ``sent`` hears the ordinals of each batch before it goes. Returns how many were oversize.

        Raises Incomplete where the stream keeps refusing.
        """
        oversize = 0

        def records() -> Iterator[tuple[int, Entry]]:
            nonlocal oversize
            for ordinal, line in files.lines(source):
                data = envelopes.seal(source.id, ordinal, line)
                if len(data) <= envelopes.LIMIT:
                    yield ordinal, Entry(Data=data, PartitionKey=f"{source.id[:16]}-{ordinal}")
                else:
                    self._put_oversize(*oversize_object(source.id, ordinal, line))
                    oversize += 1

        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            under_way: deque[Future[None]] = deque()
            for batch in batches(records()):
                sent([ordinal for ordinal, _ in batch])
                if len(under_way) == CALLS_AT_ONCE:
                    under_way.popleft().result()
                under_way.append(pool.submit(self._put_records, [entry for _, entry in batch]))
            for call in under_way:
                call.result()
        return oversize

    def _put_records(self, entries: list[Entry]) -> None:
        for wait in back_off():
            answer = self._kinesis.put_records(StreamName=self._stream_name, Records=entries)
            if not answer["FailedRecordCount"]:
                return
            results = answer["Records"]
            code = next(result["ErrorCode"] for result in results if "ErrorCode" in result)
            entries = [entry for entry, result in zip(entries, results, strict=True) if "ErrorCode" in result]
            self._sleep(wait)
        raise Incomplete(
            f"the stream {self._stream_name} still refused {len(entries)} records after {TRIES} tries ({code})."
            " Give it more shards, or run again: what is there already is not counted twice"
        )


def batches(records: Iterable[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    """Records together, as many as one call takes."""
    batch, size = list[tuple[int, Entry]](), 0
    for ordinal, entry in records:
        added = len(entry["Data"]) + len(entry["PartitionKey"])
        if batch and (len(batch) == MOST_RECORDS or size + added > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((ordinal, entry))
        size += added
    if batch:
        yield batch


def back_off(tries: int = TRIES, first: float = 0.1, most: float = 5.0) -> Iterable[float]:
    """Seconds to wait after each failed try: doubling, with jitter so that producers do not march in step."""
    return (min(most, first * 2**n) * random.uniform(0.5, 1.0) for n in range(tries))  # noqa: S311 no secret


def oversize_object(source: str, ordinal: int, line: bytes) -> tuple[str, bytes]:
    """Key and body of a line that was not put. The same line gives the same key, so a second run adds nothing."""
    body = envelopes.contents(source, ordinal, line) | {"reason": OVERSIZE_REASON}
    return f"{OVERSIZE_PREFIX}{source}/{ordinal}.json", json.dumps(body, ensure_ascii=False).encode()
