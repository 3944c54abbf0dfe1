"""Arrivals: a run has ingested when every pair is found, and says what is missing when it is not."""

import base64
import gzip
import json

import pytest

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.lambdas.preprocess import handler
from pipelines.sources import envelopes
from pipelines.sources.arrivals import Arrivals, Outstanding, pairs_of_errors, pairs_of_raw

A, B = "a" * 64, "b" * 64
DAY = "2016-01-01"
LINE = b'{"type":"A","created_at":"2016-01-01T00:00:00Z","payload":{"_source":"x","_ordinal":5}}'


def raw(source: str, *ordinals: int) -> bytes:
    envelope = {"source": source, "line": LINE.decode()}
    return "".join(handler.read(envelope | {"ordinal": ordinal}).text for ordinal in ordinals).encode()


def error(data: bytes) -> bytes:
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html)
    record = {
        "attemptsMade": 1,
        "arrivalTimestamp": 1451606400000,
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "…",
        "attemptEndingTimestamp": 1451606460000,
        "rawData": base64.b64encode(data).decode(),
        "lambdaArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    }
    return json.dumps(record).encode() + b"\n"


def test_finds_the_pairs_that_the_handler_added() -> None:
    assert list(pairs_of_raw(raw(A, 1, 20))) == [(A, 1), (A, 20)]


def test_finds_the_pairs_of_error_records_and_passes_over_what_is_not_ours() -> None:
    content = error(envelopes.seal(A, 3, b"half a l")) + error(b"hello") + error(envelopes.seal(B, 4, b"\xff"))
    assert list(pairs_of_errors(content)) == [(A, 3), (B, 4)]


def test_counts_each_pair_once() -> None:
    outstanding = Outstanding()
    outstanding.put(A, [2, 1, 2, 500])
    assert outstanding.left == 3
    assert [outstanding.found(pair) for pair in [(A, 1), (A, 1), (A, 3), (A, 900), (B, 2)]] == [True, *[False] * 4]
    assert (outstanding.left, outstanding.missing(A), outstanding.missing(B)) == (2, [2, 500], [])


class Delivery:
    """Stands for the wait between two looks: each time, the next object comes."""

    def __init__(self, lake: LakeBucket, *objects: tuple[str, bytes]) -> None:
        self._lake = lake
        self._objects = list(objects)
        self.time = 0.0

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self._objects:
            self._lake.put(*self._objects.pop(0))

    def now(self) -> float:
        return self.time


def test_waits_until_every_pair_is_there_and_reads_each_new_object_once(
    lake: LakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.put(f"raw/dt={DAY}/hour=00/old", raw(A, 1, 2, 3))
    delivery = Delivery(
        lake,
        (f"raw/dt={DAY}/hour=00/one.gz", gzip.compress(raw(A, 1, 3))),
        (f"raw-errors/oversize/{A}/9.json", b"not to be read"),
        ("raw-errors/processing-failed/2026/x", error(envelopes.seal(A, 2, b"half a l"))),
    )
    arrivals = Arrivals(lake, [DAY], sleep=delivery.sleep)
    read: list[str] = []
    get = LakeBucket.get

    def counted(self: LakeBucket, key: str) -> bytes:
        read.append(key)
        return get(self, key)

    monkeypatch.setattr(LakeBucket, "get", counted)
    outstanding, found = Outstanding(), list[int]()
    outstanding.put(A, [1, 2, 3])
    arrivals.wait_for(outstanding, {A: "a.json"}, 60, found.append, now=delivery.now)
    assert found == [2, 1]
    assert read == [f"raw/dt={DAY}/hour=00/one.gz", "raw-errors/processing-failed/2026/x"]


def test_fails_by_name_when_nothing_comes(lake: LakeBucket) -> None:
    delivery = Delivery(lake, (f"raw/dt={DAY}/hour=00/one", raw(A, 1)))
    arrivals = Arrivals(lake, [DAY], sleep=delivery.sleep)
    outstanding = Outstanding()
    outstanding.put(A, [1, 7, 8])
    with pytest.raises(Incomplete, match=r"2 lines .* for 60 s \(a\.json: lines 7, 8"):
        arrivals.wait_for(outstanding, {A: "a.json"}, 60, lambda _: None, now=delivery.now)
    assert delivery.time >= 60
