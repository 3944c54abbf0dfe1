"""Firehose into S3: buffered, processed by Lambda, partitioned, compressed, encrypted; what was taken is delivered.

Owns delivery streams (DirectPut and KinesisStreamAsSource into ExtendedS3), records and tags. Deviates: delivery to S3
is tried until it succeeds, never given up after 24 hours; above 500 active partitions all are written out instead of
records going to the error prefix; the time of delivery follows the platform's hurry.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.firehose.api.records import Records
from boathouse.services.firehose.api.streams import Streams
from boathouse.services.firehose.api.tags import Tags
from boathouse.services.firehose.buffer import PutBuffer
from boathouse.services.firehose.deliveries import Deliveries
from boathouse.services.firehose.store import Store


def build(*, state: State, clock: Clock, call: Call) -> Service:
    store, buffer = Store(state, clock), PutBuffer(state)
    deliveries = Deliveries(store, buffer, call, clock)
    return Service(
        "firehose",
        deliveries,
        Streams(store, deliveries, clock),
        Records(store, buffer, clock),
        Tags(store),
    )
