"""A record on its way, and who has to be told when it has arrived."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(slots=True)
class Receipt:
    """Some records that were read together from one shard, up to ``position``; ``left`` of them are on their way."""

    shard: str
    position: str
    left: int


class Record(NamedTuple):
    """``arrived`` in milliseconds since the epoch; ``metadata`` is the Lambda contract's kinesisRecordMetadata."""

    id: str
    data: bytes
    arrived: int
    receipt: Receipt
    metadata: dict[str, Any] | None = None


@dataclass(slots=True)
class Ledger:
    """Says how far each shard is delivered without a gap, in whatever order its records arrive."""

    _open: dict[str, deque[Receipt]] = field(default_factory=dict)

    def take(self, shard: str, position: str, count: int) -> Receipt:
        receipt = Receipt(shard, position, count)
        self._open.setdefault(shard, deque()).append(receipt)
        return receipt

    def settle(self, receipts: Iterable[Receipt]) -> dict[str, str]:
        """Takes one record for each mention as delivered; returns the shards that got further, with the position."""
        touched = set[str]()
        for receipt in receipts:
            receipt.left -= 1
            touched.add(receipt.shard)
        further = dict[str, str]()
        for shard in touched:
            waiting = self._open[shard]
            while waiting and waiting[0].left == 0:
                further[shard] = waiting.popleft().position
        return further
