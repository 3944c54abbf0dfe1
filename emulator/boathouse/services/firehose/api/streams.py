"""CreateDeliveryStream, DescribeDeliveryStream, ListDeliveryStreams, UpdateDestination, DeleteDeliveryStream."""

from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.firehose import configuration
from boathouse.services.firehose.deliveries import Deliveries
from boathouse.services.firehose.store import DeliveryStream, Store

CREATING_SECONDS = 15.0
LISTED_AT_ONCE = 10
DESTINATION_ID = "destinationId-000000000001"
# of ExtendedS3DestinationDescription, what the older S3DestinationDescription has too
PLAIN = (
    "BucketARN",
    "BufferingHints",
    "CloudWatchLoggingOptions",
    "CompressionFormat",
    "EncryptionConfiguration",
    "ErrorOutputPrefix",
    "Prefix",
    "RoleARN",
)


class Streams:
    def __init__(self, store: Store, deliveries: Deliveries, clock: Clock) -> None:
        self._store = store
        self._deliveries = deliveries
        self._clock = clock

    @operation("CreateDeliveryStream")
    async def create_delivery_stream(self, context: Context, request: Request) -> Response:
        name = request["DeliveryStreamName"]
        if self._store.get(context.scope, name) is not None:
            message = f"Firehose {name} under accountId {context.account} already exists"
            raise AwsError("ResourceInUseException", message)
        kinesis, destination = configuration.source(request), configuration.destination(request)
        stream = DeliveryStream(
            id=self._store.new_id(),
            account=context.account,
            region=context.region,
            name=name,
            arn=context.arn(f"deliverystream/{name}"),
            destination=configuration.complete(destination),
            kinesis=kinesis,
            created=self._clock.now(),
            ready=self._clock.time() + self._clock.hurried(CREATING_SECONDS),
            tags={tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", [])},
        )
        self._store.put(stream)
        self._deliveries.begin(stream)
        return {"DeliveryStreamARN": stream.arn}

    @operation("DescribeDeliveryStream")
    async def describe_delivery_stream(self, context: Context, request: Request) -> Response:
        stream = self._store.find(context, request["DeliveryStreamName"])
        description: dict[str, Any] = {
            "DeliveryStreamName": stream.name,
            "DeliveryStreamARN": stream.arn,
            "DeliveryStreamStatus": "CREATING" if self._store.is_creating(stream) else "ACTIVE",
            "DeliveryStreamType": stream.type,
            "VersionId": str(stream.version),
            "CreateTimestamp": stream.created,
            "Destinations": [_destination(stream)],
            "HasMoreDestinations": False,
        }
        if stream.updated is not None:
            description["LastUpdateTimestamp"] = stream.updated
        if stream.kinesis is not None:
            source = stream.kinesis | {"DeliveryStartTimestamp": stream.created}
            description["Source"] = {"KinesisStreamSourceDescription": source}
        return {"DeliveryStreamDescription": description}

    @operation("ListDeliveryStreams")
    async def list_delivery_streams(self, context: Context, request: Request) -> Response:
        after, kind = request.get("ExclusiveStartDeliveryStreamName", ""), request.get("DeliveryStreamType")
        limit = request.get("Limit", LISTED_AT_ONCE)
        names = [
            stream.name
            for stream in self._store.in_scope(context.scope)
            if stream.name > after and kind in (None, stream.type)
        ]
        return {"DeliveryStreamNames": names[:limit], "HasMoreDeliveryStreams": len(names) > limit}

    @operation("UpdateDestination")
    async def update_destination(self, context: Context, request: Request) -> None:
        stream = self._store.find(context, request["DeliveryStreamName"])
        if request["CurrentDeliveryStreamVersionId"] != str(stream.version):
            raise AwsError(
                "ConcurrentModificationException",
                f"Cannot update firehose: {stream.name} since the current version id: {stream.version} and specified"
                f" version id: {request['CurrentDeliveryStreamVersionId']} do not match",
            )
        if request["DestinationId"] != DESTINATION_ID:
            message = f"Destination Id {request['DestinationId']} not found"
            raise AwsError("InvalidArgumentException", message)
        was_partitioned = stream.is_partitioned
        update = configuration.destination(request, "Update")
        stream.destination = configuration.complete(stream.destination | update)
        if stream.is_partitioned != was_partitioned:
            message = "Dynamic Partitioning cannot be enabled or disabled on an existing delivery stream."
            raise AwsError("InvalidArgumentException", message)
        stream.version, stream.updated = stream.version + 1, self._clock.now()
        self._store.put(stream)
        self._deliveries.update(stream)

    @operation("DeleteDeliveryStream")
    async def delete_delivery_stream(self, context: Context, request: Request) -> None:
        stream = self._store.find(context, request["DeliveryStreamName"])
        await self._deliveries.end(stream)
        self._store.delete(stream)


def _destination(stream: DeliveryStream) -> dict[str, Any]:
    found = stream.destination
    return {
        "DestinationId": DESTINATION_ID,
        "S3DestinationDescription": {name: found[name] for name in PLAIN if name in found},
        "ExtendedS3DestinationDescription": found,
    }
