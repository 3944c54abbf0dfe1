"""Watches the bucket for what was put into the stream: a run has ingested when every pair is found there.

A pair is (source, ordinal). It is found in an object under raw/, or in one of Firehose's error records under
raw-errors/; each object is read once.
"""

import base64
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.lambdas.preprocess import handler
from pipelines.sources.producer import OVERSIZE_PREFIX

ERRORS = "raw-errors/"
ADDED = re.compile(rb'"_source":"([0-9a-f]{64})","_ordinal":(\d+)\}\n')
READERS = 4
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
Pair = tuple[str, int]


class Outstanding:
    """Which lines are still to be found: a byte a line, so that the largest archive fits into memory."""

    def __init__(self) -> None:
        self._lines: dict[str, bytearray] = {}
        self.left = 0

    def put(self, source: str, ordinals: Iterable[int]) -> None:
        lines = self._lines.setdefault(source, bytearray())
        for ordinal in ordinals:
            if ordinal >= len(lines):
                lines.extend(bytes(ordinal + 1 - len(lines)))
            self.left += 1 - lines[ordinal]
            lines[ordinal] = 1

    def found(self, pair: Pair) -> bool:
        """Whether this pair was waited for."""
        lines = self._lines.get(pair[0])
        if lines is None or pair[1] >= len(lines) or not lines[pair[1]]:
            return False
        lines[pair[1]] = 0
        self.left -= 1
        return True

    def missing(self, source: str, most: int = 5) -> list[int]:
        lines = self._lines.get(source, b"")
        return [ordinal for ordinal, waiting in enumerate(lines) if waiting][:most]


class Arrivals:
    """Made before the first put, so that only objects that come afterwards are read."""

    def __init__(self, bucket: LakeBucket, days: Iterable[str], sleep: Callable[[float], None] = time.sleep) -> None:
        self._bucket = bucket
        self._prefixes = [*(f"raw/dt={day}/" for day in sorted(days)), ERRORS]
        self._sleep = sleep
        self._seen = set(self._keys())

    def wait_for(
        self, outstanding: Outstanding, names: dict[str, str], patience: float, found: Callable[[int], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Returns when nothing is outstanding; ``found`` hears how many came with each look.

        Raises Incomplete, naming what is missing by ``names`` of sources, once ``patience`` seconds brought nothing.
        """
        last_news, wait = now(), FIRST_WAIT
        while outstanding.left:
            if news := sum(map(outstanding.found, self._arrived())):
                found(news)
                last_news, wait = now(), FIRST_WAIT
                continue
            if now() - last_news >= patience:
                raise Incomplete(_complaint(outstanding, names, patience))
            self._sleep(wait)
            wait = min(LONGEST_WAIT, wait * 1.3)

    def _arrived(self) -> Iterator[Pair]:
        """Every pair in the objects that are new since the last look."""
        keys = [key for key in self._keys() if key not in self._seen]
        self._seen.update(keys)
        with ThreadPoolExecutor(READERS) as pool:
            for key, content in zip(keys, pool.map(self._bucket.get, keys), strict=True):
                yield from pairs_of_errors(content) if key.startswith(ERRORS) else pairs_of_raw(content)

    def _keys(self) -> Iterator[str]:
        for prefix in self._prefixes:
            yield from (key for key in self._bucket.keys(prefix) if not key.startswith(OVERSIZE_PREFIX))


def pairs_of_raw(content: bytes) -> Iterator[Pair]:
    """What the handler added to the end of each line, found without reading its JSON."""
    return ((found[1].decode(), int(found[2])) for found in ADDED.finditer(content))


def pairs_of_errors(content: bytes) -> Iterator[Pair]:
    """From Firehose's error records, one JSON object a line with the record in base64 under rawData.

    Records that are no envelopes were not put by a producer of ours and are passed over.
    """
    for line in content.splitlines():
        if not line.strip():
            continue
        try:
            envelope = handler.open_envelope(base64.b64decode(json.loads(line)["rawData"]))
        except handler.Unreadable:
            continue
        yield envelope["source"], envelope["ordinal"]


def _complaint(outstanding: Outstanding, names: dict[str, str], patience: float) -> str:
    missing = {name: outstanding.missing(source) for source, name in names.items()}
    listed = "; ".join(f"{name}: lines {', '.join(map(str, lines))}…" for name, lines in missing.items() if lines)
    return (
        f"{outstanding.left} lines were put into the stream and not found in the bucket, and nothing came for"
        f" {patience:.0f} s ({listed}). Look at the delivery stream's and the Lambda function's logs, then run again:"
        " a line that arrives twice counts once"
    )
