import base64
import json
from typing import Any

import pytest

from tests.conftest import ClientOf
from tests.services.firehose.conftest import MakeDelivery, MakeProcessor, content, failures, keys, lines, until

ERRORS = "errors/!{firehose:error-output-type}/"
BY_RECORD = """
    import base64
    def handler(event, context):
        return {{'records': [each(record) for record in event['records']]}}
    def each(record):
        text = base64.b64decode(record['data']).decode().strip()
        {}
"""


def put(firehose: Any, name: str, *data: Any) -> None:
    firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": item} for item in data])


def test_the_functions_event(
    client: ClientOf, s3: Any, bucket: str, stream: str, make_delivery: MakeDelivery, make_processor: MakeProcessor
) -> None:
    processor = make_processor(
        """
        import base64, json
        def handler(event, context):
            data = base64.b64encode(json.dumps(event).encode()).decode()
            return {'records': [{'recordId': r['recordId'], 'result': 'Ok', 'data': data} for r in event['records']]}
        """
    )
    name = make_delivery(source=stream, ProcessingConfiguration=processor)
    put_ = client("kinesis").put_record(StreamName=stream.rpartition("/")[2], Data=b"x", PartitionKey="key")
    event = json.loads(content(s3, bucket, until(lambda: keys(s3, bucket))[0]))
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/services-kinesisfirehose.html)
    assert event["deliveryStreamArn"] == f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{name}"
    assert event["sourceKinesisStreamArn"] == stream
    assert event["region"] == "us-east-1"
    assert event["invocationId"]
    (record,) = event["records"]
    assert base64.b64decode(record["data"]) == b"x"
    assert record["recordId"].startswith(put_["SequenceNumber"])
    assert record["kinesisRecordMetadata"] == {
        "shardId": "shardId-000000000000",
        "partitionKey": "key",
        "approximateArrivalTimestamp": record["approximateArrivalTimestamp"],
        "sequenceNumber": put_["SequenceNumber"],
        "subsequenceNumber": "",
    }


def test_ok_dropped_and_failed(
    firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery, make_processor: MakeProcessor
) -> None:
    processor = make_processor(
        BY_RECORD.format(
            "return {'recordId': record['recordId'], 'result': text, 'data': base64.b64encode(b'changed\\n').decode()}"
        )
    )
    name = make_delivery(ProcessingConfiguration=processor, Prefix="data/", ErrorOutputPrefix=ERRORS)
    put(firehose, name, b"Ok", b"Dropped", b"ProcessingFailed", b"Nonsense")
    found = until(lambda: len(failed := failures(s3, bucket, "errors/processing-failed/")) == 2 and failed)
    until(lambda: lines(s3, bucket, "data/"))
    assert lines(s3, bucket, "data/") == [b"changed"]
    by_data = {base64.b64decode(record["rawData"]): record for record in found}
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html): raw data is
    # what came in; client(recorded from AWS by several projects): codes and sentences
    assert by_data[b"ProcessingFailed"]["errorCode"] == "Lambda.ProcessingFailedStatus"
    assert by_data[b"ProcessingFailed"]["errorMessage"] == "ProcessingFailed status set for record"
    assert by_data[b"Nonsense"]["errorCode"] == "Lambda.FunctionError"
    assert all(record["attemptsMade"] == 1 for record in found)
    assert all(record["arrivalTimestamp"] <= record["attemptEndingTimestamp"] for record in found)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("{'records': []}", "Lambda.MissingRecordId"),
        ("{'records': 2 * [{'recordId': event['records'][0]['recordId'], 'result': 'Ok', 'data': ''}]}",
         "Lambda.DuplicatedRecordId"),
        ("{'rows': []}", "Lambda.JsonProcessingException"),
        ("{'records': [{'recordId': event['records'][0]['recordId'], 'result': 'Ok', 'data': '%%'}]}",
         "Lambda.FunctionError"),
        ("{'records': [{'recordId': event['records'][0]['recordId'], 'result': 'Ok', 'data': 'größe'}]}",
         "Lambda.FunctionError"),
    ],
)  # fmt: skip
def test_answers_that_break_the_contract(
    firehose: Any,
    s3: Any,
    bucket: str,
    make_delivery: MakeDelivery,
    make_processor: MakeProcessor,
    answer: str,
    code: str,
) -> None:
    processor = make_processor(f"def handler(event, context): return {answer}")
    name = make_delivery(ProcessingConfiguration=processor, ErrorOutputPrefix=ERRORS)
    put(firehose, name, b"data")
    (record,) = until(lambda: failures(s3, bucket, "errors/"))
    assert (record["errorCode"], base64.b64decode(record["rawData"])) == (code, b"data")


def test_a_failing_function_is_tried_again(
    client: ClientOf, firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery, make_processor: MakeProcessor
) -> None:
    group = f"/aws/kinesisfirehose/{bucket}"
    processor = make_processor("def handler(event, context): raise RuntimeError('no')", NumberOfRetries="2")
    logging = {
        "Enabled": True,
        "LogGroupName": f"/aws/kinesisfirehose/{bucket}",
        "LogStreamName": "DestinationDelivery",
    }
    name = make_delivery(ProcessingConfiguration=processor, ErrorOutputPrefix=ERRORS, CloudWatchLoggingOptions=logging)
    put(firehose, name, b"data")
    (record,) = until(lambda: failures(s3, bucket, "errors/processing-failed/"))
    assert (record["attemptsMade"], record["errorCode"]) == (3, "Lambda.FunctionError")
    assert record["lambdaArn"] == processor["Processors"][0]["Parameters"][0]["ParameterValue"]
    logs = client("logs")
    events = until(
        lambda: (
            logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
            and logs.filter_log_events(logGroupName=group)["events"]
        )
    )
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html)
    assert json.loads(events[0]["message"]) == {
        "deliveryStreamARN": f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{name}",
        "destination": f"arn:aws:s3:::{bucket}",
        "deliveryStreamVersionId": 1,
        "message": "The Lambda function was successfully invoked but it returned an error result.",
        "errorCode": "Lambda.FunctionError",
    }


def test_a_missing_function(firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:nowhere"
    parameters = [
        {"ParameterName": "LambdaArn", "ParameterValue": arn},
        {"ParameterName": "NumberOfRetries", "ParameterValue": "0"},
    ]
    processing = {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": parameters}]}
    name = make_delivery(ProcessingConfiguration=processing, ErrorOutputPrefix=ERRORS)
    put(firehose, name, b"data")
    (record,) = until(lambda: failures(s3, bucket, "errors/"))
    assert (record["errorCode"], record["attemptsMade"]) == ("Lambda.ResourceNotFound", 1)


def test_partitions_by_keys_from_lambda(
    firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery, make_processor: MakeProcessor
) -> None:
    processor = make_processor(
        BY_RECORD.format(
            "keys = {'colour': text} if text != 'none' else {}\n"
            "        return {'recordId': record['recordId'], 'result': 'Ok', 'data': record['data'],"
            " 'metadata': {'partitionKeys': keys}}"
        )
    )
    name = make_delivery(
        ProcessingConfiguration=processor, Prefix="colour=!{partitionKeyFromLambda:colour}/", ErrorOutputPrefix=ERRORS,
        DynamicPartitioningConfiguration={"Enabled": True}, BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
    )  # fmt: skip
    put(firehose, name, b"red\n", b"blue\n", b"red\n", b"none\n")
    until(lambda: len(keys(s3, bucket)) == 3)
    assert lines(s3, bucket, "colour=red/") == [b"red", b"red"]
    assert lines(s3, bucket, "colour=blue/") == [b"blue"]
    (record,) = failures(s3, bucket, "errors/")
    assert record["errorCode"] == "DynamicPartitioning.MetadataExtractionFailed"


def test_a_batch_larger_than_a_call_is_split(
    firehose: Any, s3: Any, bucket: str, make_delivery: MakeDelivery, make_processor: MakeProcessor
) -> None:
    """3 MiB of tiny records are more than 6 MiB of JSON."""
    processor = make_processor(
        """
        def handler(event, context):
            return {'records': [{**record, 'result': 'Ok'} for record in event['records']]}
        """,
        BufferSizeInMBs="3",
    )
    name = make_delivery(ProcessingConfiguration=processor)
    batches, size = 60, 500
    for batch in range(batches):
        put(firehose, name, *[b"%06d\n" % (batch * size + index) for index in range(size)])
    until(lambda: len(lines(s3, bucket)) == batches * size)
    assert sorted(map(int, lines(s3, bucket))) == list(range(batches * size))
