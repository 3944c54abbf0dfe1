"""Kinesis Data Streams on a log in SQLite: what PutRecords acknowledged is on disk, and is read back in order.

Owns streams, shards (split and merge included), tags, retention and records. Deviates: a deleted stream is gone at
once; no throughput is ever exceeded; StartStreamEncryption checks and remembers the key, bytes at rest stay plain.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.kinesis.api.encryption import Encryption
from boathouse.services.kinesis.api.records import Records
from boathouse.services.kinesis.api.shards import Shards
from boathouse.services.kinesis.api.streams import Streams
from boathouse.services.kinesis.api.tags import Tags
from boathouse.services.kinesis.log import Log
from boathouse.services.kinesis.store import Store


def build(*, state: State, clock: Clock, call: Call) -> Service:
    store, log = Store(state, clock), Log(state)
    return Service(
        "kinesis",
        Streams(store, log, clock),
        Shards(store, log, clock),
        Records(store, log, clock),
        Encryption(store, call),
        Tags(store),
    )
