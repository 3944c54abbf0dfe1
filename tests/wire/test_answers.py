"""Answers and refusals as bytes: what other clients than botocore look at."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest

from boathouse import wire
from boathouse.errors import AwsError, Unsupported

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)
WHOLE = MOMENT.replace(microsecond=0)


def headers(answer: wire.Answer) -> dict[str, str]:
    found = {name.lower(): value for name, value in answer.headers}
    assert len(found) == len(answer.headers)
    return found


def test_json() -> None:
    # client(name): Kinesis answers epoch seconds with fractions, application/x-amz-json-1.1, x-amzn-RequestId
    record = {"SequenceNumber": "1", "ApproximateArrivalTimestamp": MOMENT, "Data": b"\xff", "PartitionKey": "snöw"}
    answer = wire.answer("kinesis", "GetRecords", {"Records": [record], "NextShardIterator": None}, "a-request")
    assert answer.status == 200
    assert headers(answer) == {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "a-request"}
    assert json.loads(answer.body) == {
        "Records": [
            {
                "SequenceNumber": "1",
                "ApproximateArrivalTimestamp": 1709209815.123,
                "Data": "/w==",
                "PartitionKey": "snöw",
            }
        ]
    }


def test_an_operation_without_result_answers_an_empty_structure_or_nothing() -> None:
    assert wire.answer("kinesis", "CreateStream", None, "r").body == b"{}"
    s3 = wire.answer("s3", "DeleteBucketPolicy", None, "r")
    assert (s3.status, s3.body) == (204, b"")
    assert headers(s3)["x-amz-request-id"] == "r"


def test_whole_seconds_are_whole_and_zones_do_not_matter() -> None:
    for moment in (WHOLE, WHOLE.astimezone(timezone(timedelta(hours=9)))):
        answer = wire.answer("glue", "GetDatabase", {"Database": {"Name": "d", "CreateTime": moment}}, "r")
        assert json.loads(answer.body)["Database"]["CreateTime"] == 1709209815
    with pytest.raises(TypeError, match="time zone"):
        wire.answer("glue", "GetDatabase", {"Database": {"Name": "d", "CreateTime": WHOLE.replace(tzinfo=None)}}, "r")


def test_rest_json() -> None:
    # client(boto3): Lambda's Invoke has its outcome in status, headers and a raw body
    result = {
        "StatusCode": 202,
        "FunctionError": "Unhandled",
        "LogResult": "bG9n",
        "Payload": b"\x00raw",
        "ExecutedVersion": None,
    }
    answer = wire.answer("lambda", "Invoke", result, "r")
    assert (answer.status, answer.body) == (202, b"\x00raw")
    assert headers(answer) == {
        "x-amzn-requestid": "r",
        "x-amz-function-error": "Unhandled",
        "x-amz-log-result": "bG9n",
    }
    created = wire.answer("lambda", "CreateFunction", {"FunctionName": "f", "Timeout": 3}, "r")
    assert (created.status, json.loads(created.body)) == (201, {"FunctionName": "f", "Timeout": 3})
    assert headers(created)["content-type"] == "application/json"


def test_query() -> None:
    result = {
        "Stacks": [
            {
                "StackName": 'a<b>&"c"\r\n',
                "CreationTime": MOMENT,
                "StackStatus": "CREATE_COMPLETE",
                "DisableRollback": False,
                "Tags": [],
            }
        ]
    }
    answer = wire.answer("cloudformation", "DescribeStacks", result, "r")
    assert headers(answer) == {"content-type": "text/xml", "x-amzn-requestid": "r"}
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
        "<Stacks><member><StackName>a&lt;b&gt;&amp;&quot;c&quot;&#xd;\n</StackName>"
        "<CreationTime>2024-02-29T12:30:15.123Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
        "<DisableRollback>false</DisableRollback><Tags></Tags></member></Stacks></DescribeStacksResult>"
        "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeStacksResponse>"
    )


def test_a_query_operation_without_result_answers_metadata_alone() -> None:
    answer = wire.answer("iam", "DeleteRole", None, "r")
    assert b"<DeleteRoleResponse" in answer.body
    assert b"DeleteRoleResult" not in answer.body


def test_s3_documents() -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html): root, namespace, thousandths
    result = {"Name": "b", "KeyCount": 1, "Contents": [{"Key": "k&k", "LastModified": WHOLE, "Size": 7}]}
    answer = wire.answer("s3", "ListObjectsV2", result, "r")
    root = ElementTree.fromstring(answer.body)
    space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
    assert root.tag == f"{space}ListBucketResult"
    assert root.findtext(f"{space}Contents/{space}LastModified") == "2024-02-29T12:30:15.000Z"
    assert root.findtext(f"{space}Contents/{space}Key") == "k&k"
    assert headers(answer)["content-type"] == "application/xml"


def test_s3_headers_and_raw_bodies() -> None:
    result = {"Body": b"\x00\x01", "LastModified": MOMENT, "ContentLength": 2, "Metadata": {"a": "b"}, "ETag": '"e"'}
    answer = wire.answer("s3", "GetObject", result, "r")
    found = headers(answer)
    assert answer.body == b"\x00\x01"
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html): dates in headers are HTTP's
    assert found["last-modified"] == "Thu, 29 Feb 2024 12:30:15 GMT"
    assert (found["content-length"], found["etag"], found["x-amz-meta-a"]) == ("2", '"e"', "b")
    assert wire.answer("s3", "GetBucketPolicy", {"Policy": '{"a": "ü"}'}, "r").body == '{"a": "ü"}'.encode()


def test_s3s_bucket_location_is_a_document_of_one_element() -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html)
    body = wire.answer("s3", "GetBucketLocation", {"LocationConstraint": "eu-west-1"}, "r").body
    assert body.endswith(
        b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>'
    )
    for location in ({}, {"LocationConstraint": None}):
        empty = wire.answer("s3", "GetBucketLocation", location, "r")
        assert wire.decode("s3", "GetBucketLocation", 200, empty.headers, empty.body) == {"LocationConstraint": None}


def test_what_xml_cannot_carry_does_not_break_the_document() -> None:
    answer = wire.answer("cloudformation", "GetTemplate", {"TemplateBody": "a\x00b\x0bc\ud800"}, "r")
    assert wire.decode("cloudformation", "GetTemplate", 200, answer.headers, answer.body) == {
        "TemplateBody": "a\ufffdb\ufffdc\ufffd"
    }


@pytest.mark.parametrize(
    ("service", "operation", "result"),
    [
        ("kinesis", "GetRecords", {"Recordz": []}),
        ("kinesis", "GetRecords", {"Records": [{"Dada": b""}]}),
        ("kinesis", "GetRecords", {"MillisBehindLatest": "7"}),
        ("glue", "GetDatabase", {"Database": {"Name": 7}}),
        ("cloudformation", "DescribeStacks", {"Stackz": []}),
        ("s3", "GetObject", {"Bodi": b""}),
        ("lambda", "GetFunction", {"Colour": 1}),
    ],
)
def test_a_result_that_is_not_of_the_model_is_a_mistake_of_ours(service: str, operation: str, result: Any) -> None:
    with pytest.raises(TypeError):
        wire.answer(service, operation, result, "r")


def test_protocols_that_are_not_written_are_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="smithy-rpc-v2-cbor of cloudwatch"):
        wire.answer("cloudwatch", "PutMetricData", {}, "r")
    assert wire.answer("cloudwatch", "ListMetrics", {"Metrics": []}, "r", protocol="json").body == b'{"Metrics":[]}'


def test_refusal_in_json() -> None:
    error = AwsError("EntityNotFoundException", "Database d not found.")
    answer = wire.refuse("glue", "GetDatabase", error, "r")
    assert answer.status == 400
    assert json.loads(answer.body) == {"__type": "EntityNotFoundException", "Message": "Database d not found."}
    assert headers(answer) == {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-errortype": "EntityNotFoundException",
        "x-amzn-requestid": "r",
    }


def test_refusal_in_rest_json_has_the_models_status_and_members() -> None:
    error = AwsError("ResourceNotFoundException", "Function not found", Type="User")
    answer = wire.refuse("lambda", "GetFunction", error, "r")
    # client(boto3): the model gives the status; the code is in a header
    assert answer.status == 404
    assert json.loads(answer.body) == {"Message": "Function not found", "Type": "User"}
    assert headers(answer)["x-amzn-errortype"] == "ResourceNotFoundException"
    throttled = wire.refuse(
        "lambda", "Invoke", AwsError("TooManyRequestsException", "Slow", retryAfterSeconds="3"), "r"
    )
    assert (throttled.status, headers(throttled)["retry-after"]) == (429, "3")


def test_refusal_in_query() -> None:
    error = AwsError("AlreadyExistsException", "Stack [s] already exists")
    answer = wire.refuse("cloudformation", "CreateStack", error, "r")
    assert answer.status == 400
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>'
        "<Code>AlreadyExistsException</Code><Message>Stack [s] already exists</Message></Error>"
        "<RequestId>r</RequestId></ErrorResponse>"
    )
    shaped = wire.refuse("iam", "GetRole", AwsError("NoSuchEntityException", "no"), "r")
    assert (shaped.status, b"<Code>NoSuchEntity</Code>" in shaped.body) == (404, True)


def test_refusal_in_s3() -> None:
    error = AwsError("NoSuchKey", "The specified key does not exist.", Key="k&k", Resource="/b/k")
    answer = wire.refuse("s3", "GetObject", error, "r")
    root = ElementTree.fromstring(answer.body)
    assert (answer.status, root.tag, root.findtext("Code"), root.findtext("Key")) == (404, "Error", "NoSuchKey", "k&k")
    assert (root.findtext("Resource"), root.findtext("RequestId")) == ("/b/k", "r")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", 403),
        ("NoSuchBucketPolicy", 404),
        ("MalformedPolicy", 400),
        ("InternalError", 500),
        ("NoSuchBucket", 404),
    ],
)
def test_s3s_statuses(code: str, status: int) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
    assert wire.refuse("s3", "GetBucketPolicy", AwsError(code, "no"), "r").status == status


def test_a_head_request_is_refused_without_a_body() -> None:
    answer = wire.refuse("s3", "HeadObject", AwsError("AccessDenied", "Access Denied"), "r")
    assert (answer.status, answer.body) == (403, b"")


def test_errors_of_services_that_once_spoke_query_carry_the_code_of_that_time() -> None:
    # documented(https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait)
    error = AwsError("DashboardNotFoundError", "no")
    answer = wire.refuse("cloudwatch", "GetDashboard", error, "r", protocol="json")
    assert headers(answer)["x-amzn-query-error"] == "ResourceNotFound;Sender"
    assert json.loads(answer.body)["__type"] == "DashboardNotFoundError"
    assert answer.status == 404
    sqs = wire.refuse("sqs", "GetQueueUrl", AwsError("QueueDoesNotExist", "no"), "r")
    assert headers(sqs)["x-amzn-query-error"] == "QueueDoesNotExist;Sender"
    with pytest.raises(AwsError) as raised:
        wire.decode("sqs", "GetQueueUrl", sqs.status, sqs.headers, sqs.body)
    assert (raised.value.code, raised.value.members) == ("QueueDoesNotExist", {})


@pytest.mark.parametrize("service", ["kinesis", "lambda", "cloudformation", "s3", "ec2", "route53", "cloudwatch"])
def test_a_gap_of_ours_and_a_fault_can_be_said_in_every_protocol(service: str) -> None:
    for error, status in ((Unsupported("this"), 501), (AwsError("InternalFailure", "oops", status=500), 500)):
        answer = wire.refuse(service, None, error, "r")
        assert answer.status == status
        assert error.message.encode() in answer.body


def test_the_requests_protocol_can_be_another_than_the_services() -> None:
    answer = wire.refuse("cloudwatch", "PutMetricData", AwsError("InvalidParameterValue", "no"), "r", protocol="query")
    assert b"<ErrorResponse" in answer.body
