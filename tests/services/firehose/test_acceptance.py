"""5,000 records of one hour through a stream, a Lambda function and Firehose: few objects, each line accounted for."""

import base64
import json
import time
from typing import Any

from tests.conftest import ClientOf
from tests.services.firehose.conftest import MakeDelivery, MakeProcessor, content, describe, failures, keys, until

PREPROCESS = """
    import base64, json

    def handler(event, context):
        return {'records': [transform(record) for record in event['records']]}

    def transform(record):
        line = base64.b64decode(record['data'])
        try:
            event = json.loads(line)
        except ValueError:
            return {'recordId': record['recordId'], 'result': 'ProcessingFailed', 'data': record['data']}
        keys = {'dt': event['created_at'][:10], 'hour': event['created_at'][11:13]}
        data = base64.b64encode(json.dumps(event).encode() + b'\\n').decode()
        return {'recordId': record['recordId'], 'result': 'Ok', 'data': data, 'metadata': {'partitionKeys': keys}}
"""
RECORDS, UNREADABLE = 5_000, 40


def test_five_thousand_records_of_one_hour(
    client: ClientOf,
    s3: Any,
    bucket: str,
    stream: str,
    key_arn: str,
    make_delivery: MakeDelivery,
    make_processor: MakeProcessor,
) -> None:
    name = make_delivery(
        source=stream,
        Prefix="raw/dt=!{partitionKeyFromLambda:dt}/hour=!{partitionKeyFromLambda:hour}/",
        ErrorOutputPrefix="raw-errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
        CompressionFormat="GZIP",
        EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": key_arn}},
        BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
        DynamicPartitioningConfiguration={"Enabled": True, "RetryOptions": {"DurationInSeconds": 300}},
        ProcessingConfiguration=make_processor(PREPROCESS, BufferSizeInMBs="3", BufferIntervalInSeconds="60"),
    )
    events = [
        json.dumps({"id": number, "type": "PushEvent", "created_at": "2016-01-01T01:00:00Z", "payload": "x" * 900})
        for number in range(RECORDS - UNREADABLE)
    ]
    unreadable = [f"no json {number}" for number in range(UNREADABLE)]
    mixed = sorted(events + unreadable, key=lambda line: hash(line[-20:]))
    kinesis, stream_name = client("kinesis"), stream.rpartition("/")[2]
    begun = time.monotonic()
    for start in range(0, RECORDS, 500):
        entries = [{"Data": line, "PartitionKey": str(index)} for index, line in enumerate(mixed[start : start + 500])]
        assert kinesis.put_records(StreamName=stream_name, Records=entries)["FailedRecordCount"] == 0

    def found() -> Any:
        raw = [line for key in keys(s3, bucket, "raw/") for line in content(s3, bucket, key).splitlines()]
        failed = failures(s3, bucket, "raw-errors/")
        return (raw, failed) if len(raw) + len(failed) >= RECORDS else None

    raw, failed = until(found)
    assert time.monotonic() - begun < 10
    assert sorted(json.loads(line)["id"] for line in raw) == list(range(RECORDS - UNREADABLE))
    objects = keys(s3, bucket, "raw/")
    assert 0 < len(objects) < 20
    for key in objects + keys(s3, bucket, "raw-errors/"):
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read(2) == b"\x1f\x8b"
        head = s3.head_object(Bucket=bucket, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key_arn)
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html)
    assert all(key.startswith(f"raw/dt=2016-01-01/hour=01/{name}-1-20") and key.endswith(".gz") for key in objects)
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html)
    assert sorted(base64.b64decode(record["rawData"]).decode() for record in failed) == sorted(unreadable)
    assert {tuple(record) for record in failed} == {
        (
            "attemptsMade", "arrivalTimestamp", "errorCode", "errorMessage", "attemptEndingTimestamp", "rawData",
            "lambdaArn",
        )
    }  # fmt: skip
    assert {record["errorCode"] for record in failed} == {"Lambda.ProcessingFailedStatus"}
    assert all(key.startswith("raw-errors/processing-failed/20") for key in keys(s3, bucket, "raw-errors/"))
    assert describe(client("firehose"), name)["DeliveryStreamType"] == "KinesisStreamAsSource"
    print(f"{RECORDS} records in {time.monotonic() - begun:.2f} s, {len(objects)} objects")
