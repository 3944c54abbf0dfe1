"""What a destination may be: checked in AWS's words, refused by name where it is more than we do."""

from collections.abc import Mapping
from typing import Any

from boathouse.errors import AwsError, Unsupported
from boathouse.services.firehose import prefixes

OTHER_DESTINATIONS = (
    "AmazonOpenSearchServerlessDestination",
    "AmazonopensearchserviceDestination",
    "ElasticsearchDestination",
    "HttpEndpointDestination",
    "IcebergDestination",
    "RedshiftDestination",
    "S3Destination",
    "SnowflakeDestination",
    "SplunkDestination",
)
OTHER_SOURCES = ("MSKSourceConfiguration", "DatabaseSourceConfiguration", "DeliveryStreamEncryptionConfigurationInput")
PROCESSORS = ("Lambda", "AppendDelimiterToRecord")
LAMBDA_PARAMETERS = ("LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds")
COMPRESSIONS = ("UNCOMPRESSED", "GZIP")
LEAST_PARTITIONED_MB, LEAST_PARTITIONED_SECONDS = 64, 60
DEFAULTS = {
    "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
    "CompressionFormat": "UNCOMPRESSED",
    "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
    "CloudWatchLoggingOptions": {"Enabled": False},
    "S3BackupMode": "Disabled",
}


def destination(request: Mapping[str, Any], ending: str = "Configuration") -> dict[str, Any]:
    """The request's ExtendedS3 destination; ``ending`` is Configuration for a new one, Update for a change."""
    for other in OTHER_DESTINATIONS:
        if f"{other}{ending}" in request:
            raise Unsupported(f"Firehose {other}{ending}", f"ExtendedS3Destination{ending} is")
    found = request.get(f"ExtendedS3Destination{ending}")
    if found is None:
        raise invalid("Exactly one destination configuration is supported for a Firehose")
    return dict(found)


def source(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The Kinesis source, or None for DirectPut."""
    for other in OTHER_SOURCES:
        if other in request:
            raise Unsupported(f"Firehose {other}")
    kind, kinesis = request.get("DeliveryStreamType", "DirectPut"), request.get("KinesisStreamSourceConfiguration")
    if kind not in ("DirectPut", "KinesisStreamAsSource"):
        raise Unsupported(f"Firehose DeliveryStreamType {kind}")
    if (kinesis is None) != (kind == "DirectPut"):
        raise invalid(
            "KinesisStreamSourceConfig is not applicable for DirectPut Firehose type."
            if kinesis is not None
            else "KinesisStreamSourceConfig must be present for KinesisStreamAsSource Firehose type."
        )
    return None if kinesis is None else dict(kinesis)


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """With AWS's defaults, after every check."""
    found = DEFAULTS | {name: value for name, value in given.items() if value is not None}
    _refuse(found)
    hints = found["BufferingHints"] = _hints(found["BufferingHints"])
    is_partitioned = found.get("DynamicPartitioningConfiguration", {}).get("Enabled", False)
    if is_partitioned and hints["SizeInMBs"] < LEAST_PARTITIONED_MB:
        raise invalid(
            f"BufferingHints.SizeInMBs must be at least {LEAST_PARTITIONED_MB} when Dynamic Partitioning is enabled."
        )
    if is_partitioned and hints["IntervalInSeconds"] < LEAST_PARTITIONED_SECONDS:
        raise invalid(
            f"BufferingHints.IntervalInSeconds must be at least {LEAST_PARTITIONED_SECONDS} when Dynamic Partitioning"
            " is enabled."
        )
    prefixes.check(found.get("Prefix"), found.get("ErrorOutputPrefix"), is_partitioned=is_partitioned)
    kinds = _check_processors(found.get("ProcessingConfiguration", {}))
    if is_partitioned and "Lambda" not in kinds:
        raise invalid("Dynamic Partitioning with keys from Lambda needs an enabled Lambda processor.")
    return found


def _refuse(found: Mapping[str, Any]) -> None:
    if found["CompressionFormat"] not in COMPRESSIONS:
        raise Unsupported(f"Firehose CompressionFormat {found['CompressionFormat']}", f"{', '.join(COMPRESSIONS)} are")
    if found["S3BackupMode"] != "Disabled" or "S3BackupConfiguration" in found:
        raise Unsupported("Firehose S3BackupMode Enabled")
    if found.get("DataFormatConversionConfiguration", {}).get("Enabled", "DataFormatConversionConfiguration" in found):
        raise Unsupported("Firehose DataFormatConversionConfiguration")
    if found.get("CustomTimeZone", "UTC") != "UTC":
        raise Unsupported(f"Firehose CustomTimeZone {found['CustomTimeZone']}", "UTC is")


def _hints(given: Mapping[str, int]) -> dict[str, int]:
    if set(given) != {"SizeInMBs", "IntervalInSeconds"}:
        raise invalid("Both SizeInMBs and IntervalInSeconds must be specified in BufferingHints.")
    return dict(given)


def _check_processors(processing: Mapping[str, Any]) -> list[str]:
    """The types of the enabled processors."""
    if not processing.get("Enabled"):
        return []
    kinds = [processor["Type"] for processor in processing.get("Processors", [])]
    for processor in processing.get("Processors", []):
        if processor["Type"] not in PROCESSORS:
            raise Unsupported(f"Firehose processor {processor['Type']}", f"{', '.join(PROCESSORS)} are")
    if len(kinds) != len(set(kinds)):
        raise invalid("Only one processor of a type is allowed.")
    for processor in processing.get("Processors", []):
        if processor["Type"] == "Lambda":
            _check_lambda(parameters(processor))
    return kinds


def _check_lambda(given: Mapping[str, str]) -> None:
    for name in given:
        if name not in LAMBDA_PARAMETERS:
            raise invalid(f"Parameter {name} is not valid for a Lambda processor.")
    if "LambdaArn" not in given:
        raise invalid("LambdaArn is required for a Lambda processor.")
    # https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
    for name, least, most in (
        ("BufferSizeInMBs", 0.2, 3),
        ("BufferIntervalInSeconds", 0, 900),
        ("NumberOfRetries", 0, 300),
    ):
        try:
            value = float(given.get(name, least))
        except ValueError as error:
            raise invalid(f"{name} must be a number.") from error
        if not least <= value <= most:
            raise invalid(f"{name} must be between {least} and {most}.")


def parameters(processor: Mapping[str, Any]) -> dict[str, str]:
    return {entry["ParameterName"]: entry["ParameterValue"] for entry in processor.get("Parameters", [])}


def invalid(message: str) -> AwsError:
    return AwsError("InvalidArgumentException", message)
