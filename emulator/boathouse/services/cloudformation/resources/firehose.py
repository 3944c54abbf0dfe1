"""AWS::KinesisFirehose::DeliveryStream, to S3."""

from typing import ClassVar

from boathouse.services.cloudformation.resources.base import (
    Acting,
    Arns,
    HandlerError,
    Made,
    Naming,
    ResourceType,
    Values,
)
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, INTEGER, STRING, TAGS, Group, Many

S3_DESTINATION = Group(
    {
        "BucketARN": STRING,
        "BufferingHints": Group({"IntervalInSeconds": INTEGER, "SizeInMBs": INTEGER}),
        "CloudWatchLoggingOptions": Group({"Enabled": BOOLEAN, "LogGroupName": STRING, "LogStreamName": STRING}),
        "CompressionFormat": STRING,
        "CustomTimeZone": STRING,
        "DynamicPartitioningConfiguration": Group(
            {"Enabled": BOOLEAN, "RetryOptions": Group({"DurationInSeconds": INTEGER})}
        ),
        "EncryptionConfiguration": Group(
            {
                "KMSEncryptionConfig": Group({"AWSKMSKeyARN": STRING}, required={"AWSKMSKeyARN"}),
                "NoEncryptionConfig": STRING,
            }
        ),
        "ErrorOutputPrefix": STRING,
        "FileExtension": STRING,
        "Prefix": STRING,
        "ProcessingConfiguration": Group(
            {
                "Enabled": BOOLEAN,
                "Processors": Many(
                    Group(
                        {
                            "Type": STRING,
                            "Parameters": Many(
                                Group(
                                    {"ParameterName": STRING, "ParameterValue": STRING},
                                    required={"ParameterName", "ParameterValue"},
                                )
                            ),
                        },
                        required={"Type"},
                    )
                ),
            }
        ),
        "RoleARN": STRING,
        "S3BackupMode": STRING,
    },
    required={"BucketARN", "RoleARN"},
)


class DeliveryStream(ResourceType):
    type = "AWS::KinesisFirehose::DeliveryStream"
    service = "firehose"
    properties = Group(
        {
            "DeliveryStreamName": STRING,
            "DeliveryStreamType": STRING,
            "ExtendedS3DestinationConfiguration": S3_DESTINATION,
            "KinesisStreamSourceConfiguration": Group(
                {"KinesisStreamARN": STRING, "RoleARN": STRING}, required={"KinesisStreamARN", "RoleARN"}
            ),
            "Tags": TAGS,
        },
        required={"ExtendedS3DestinationConfiguration"},
    )
    naming = Naming("DeliveryStreamName", 64)
    member = "DeliveryStreamName"
    creates, reads = "CreateDeliveryStream", "DescribeDeliveryStream"
    updates, deletes = "UpdateDestination", "DeleteDeliveryStream"
    absent = frozenset({"ResourceNotFoundException"})
    taken = frozenset({"ResourceInUseException"})
    replaces = frozenset({"DeliveryStreamName", "DeliveryStreamType", "KinesisStreamSourceConfiguration"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}"}

    async def made(self, act: Acting, name: str, values: Values) -> Made:
        async def ready() -> bool:
            description = (await act(self.reads, DeliveryStreamName=name))["DeliveryStreamDescription"]
            status = description["DeliveryStreamStatus"]
            if status == "CREATING_FAILED":
                reason = description.get("FailureDescription", {}).get("Details", "no reason given")
                raise HandlerError(f"Delivery stream {name} could not be created: {reason}", "NotStabilized")
            return bool(status == "ACTIVE")

        await act.until(ready)
        return await super().made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        description = (await act(self.reads, DeliveryStreamName=name))["DeliveryStreamDescription"]
        await act(
            self.updates,
            DeliveryStreamName=name,
            CurrentDeliveryStreamVersionId=description["VersionId"],
            DestinationId=description["Destinations"][0]["DestinationId"],
            ExtendedS3DestinationUpdate=self.request(new)["ExtendedS3DestinationConfiguration"],
        )
        return await self.made(act, name, new)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        await super().delete(act, name, values)

        async def gone() -> bool:
            return not await self.exists(act, name, values)

        await act.until(gone)
