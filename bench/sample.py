"""The checkout's sample of GitHub events as work for a measurement: readable lines, over and over."""

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from pipelines.lambdas.preprocess import handler
from pipelines.sources import envelopes

FOLDER = Path(__file__).parents[1] / "data" / "sample"
SOURCE = "0" * 64
LARGEST = 100_000
"""Bytes: the sample has one line that is made too large on purpose."""


def envelopes_of(count: int) -> Iterator[bytes]:
    """What the pipeline's producer puts into Kinesis, each with an ordinal of its own."""
    lines = itertools.cycle([line for file in sorted(FOLDER.glob("*.json.gz")) for line in _readable(file)])
    for ordinal, line in zip(range(count), lines, strict=False):
        yield envelopes.seal(SOURCE, ordinal, line)


def bronze(count: int) -> Iterator[tuple[str, str]]:
    """Day and line, as the Lambda function hands them on."""
    for sealed in envelopes_of(count):
        event = handler.read(json.loads(sealed))
        yield event.dt, event.text


def _readable(file: Path) -> Iterator[bytes]:
    for line in gzip.decompress(file.read_bytes()).splitlines():
        try:
            handler.read(json.loads(envelopes.seal(SOURCE, 0, line)))
        except ValueError:
            continue
        if len(line) < LARGEST:
            yield line
