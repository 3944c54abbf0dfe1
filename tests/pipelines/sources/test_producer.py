"""The producer: envelopes, batches, partial failures, lines too large for a record."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import Incomplete
from pipelines.sources import envelopes, files
from pipelines.sources.producer import MOST_BYTES, TRIES, Producer


class Stream:
    """Kinesis as far as PutRecords goes; ``refuses(call, position)`` says which records it does not take."""

    def __init__(self, refuses: Callable[[int, int], bool] = lambda _call, _position: False) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.taken: list[dict[str, Any]] = []
        self._refuses = refuses

    # documented(https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html): one result a record, in
    # order, an ErrorCode where it was not taken.
    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert StreamName == "events"
        call = len(self.calls)
        self.calls.append(Records)
        results: list[dict[str, str]] = []
        for position, record in enumerate(Records):
            if self._refuses(call, position):
                results.append({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"})
            else:
                self.taken.append(json.loads(record["Data"]))
                results.append({"SequenceNumber": "1", "ShardId": "shardId-000000000000"})
        return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}


def source_of(tmp_path: Path, *lines: bytes) -> files.Source:
    path = tmp_path / "a.json"
    path.write_bytes(b"\n".join(lines))
    return files.inspect(path)


class Bench:
    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.sent: list[int] = []
        self.waits: list[float] = []
        self.objects: dict[str, dict[str, Any]] = {}

    def put(self, source: files.Source) -> int:
        producer = Producer(self.stream, "events", self._put_oversize, self.waits.append)
        return producer.put(source, self.sent.extend)

    def _put_oversize(self, key: str, body: bytes) -> None:
        self.objects[key] = json.loads(body)


def test_puts_every_line_in_its_envelope(tmp_path: Path) -> None:
    source = source_of(tmp_path, "é \u2028".encode(), b"", b"\xff")
    bench = Bench(Stream())
    assert bench.put(source) == 0
    assert bench.stream.taken == [
        {"source": source.id, "ordinal": 1, "line": "é \u2028"},
        {"source": source.id, "ordinal": 3, "line": base64.b64encode(b"\xff").decode(), "encoding": "base64"},
    ]
    assert bench.sent == [1, 3]
    assert len({entry["PartitionKey"] for entry in bench.stream.calls[0]}) == 2


def test_a_call_has_at_most_500_records_and_5_mib(tmp_path: Path) -> None:
    source = source_of(tmp_path, *[b"x" * 300_000] * 20, *[b"y"] * 1200)
    bench = Bench(Stream())
    bench.put(source)
    sizes = [sum(len(r["Data"]) + len(r["PartitionKey"]) for r in call) for call in bench.stream.calls]
    assert max(sizes) <= MOST_BYTES
    assert max(len(call) for call in bench.stream.calls) == 500
    assert sorted(record["ordinal"] for record in bench.stream.taken) == list(range(1, 1221))


def test_puts_again_what_the_stream_did_not_take_and_only_that(tmp_path: Path) -> None:
    bench = Bench(Stream(refuses=lambda call, position: call == 0 and position % 2 == 1))
    bench.put(source_of(tmp_path, *[b"x"] * 10))
    assert [len(call) for call in bench.stream.calls] == [10, 5]
    assert sorted(record["ordinal"] for record in bench.stream.taken) == list(range(1, 11))
    assert len(bench.waits) == 1


def test_gives_up_by_name_when_the_stream_keeps_refusing(tmp_path: Path) -> None:
    bench = Bench(Stream(refuses=lambda _call, position: position == 0))
    with pytest.raises(Incomplete, match=r"events still refused 1 records .*ProvisionedThroughputExceeded"):
        bench.put(source_of(tmp_path, b"x", b"y"))
    assert len(bench.stream.calls) == TRIES
    assert bench.waits[-1] > bench.waits[0]


def test_a_line_too_large_for_a_record_goes_to_the_bucket_whole(tmp_path: Path) -> None:
    overhead = len(envelopes.seal("0" * 64, 2, b""))
    fits, too_large = b"x" * (envelopes.LIMIT - overhead), b'"' * (envelopes.LIMIT // 2)
    source = source_of(tmp_path, b"before", fits, too_large, b"after")
    bench = Bench(Stream())
    assert bench.put(source) == 1
    assert sorted(record["ordinal"] for record in bench.stream.taken) == [1, 2, 4]
    (key, body), = bench.objects.items()  # fmt: skip
    assert key == f"raw-errors/oversize/{source.id}/3.json"
    assert body["line"].encode() == too_large
    assert str(envelopes.LIMIT) in body["reason"]
