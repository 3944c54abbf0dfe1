"""What the front of a service refuses before the service sees it, and in which words."""

from collections.abc import Callable
from typing import Any

import pytest

from boathouse import wire
from boathouse.errors import AwsError
from boathouse.wire.constraints import failures
from boathouse.wire.models import operation_model, operation_names

Sent = Callable[..., Any]


def refusal(sent: Sent, service: str, operation: str, params: dict[str, Any]) -> AwsError:
    head, body = sent(service, operation, params)
    target = wire.identify(head)
    assert target is not None
    with pytest.raises(AwsError) as raised:
        wire.parse(wire.resolve(target, head, body), head, body)
    return raised.value


# client(name): paths, sentences and codes as users of AWS have reported them, for the services named
@pytest.mark.parametrize(
    ("service", "operation", "params", "code", "failing"),
    [
        (
            "kinesis",
            "PutRecords",
            {"StreamName": "s", "Records": [{"Data": b"a", "PartitionKey": "k"}, {"Data": b"a", "PartitionKey": ""}]},
            "ValidationException",
            ["'' at 'records.2.member.partitionKey'", "Member must have length greater than or equal to 1"],
        ),
        (
            "kinesis",
            "PutRecord",
            {"StreamName": "s", "PartitionKey": "k"},
            "ValidationException",
            ["null at 'data'", "Member must not be null"],
        ),
        (
            "kinesis",
            "GetRecords",
            {"ShardIterator": "x", "Limit": 10_001},
            "ValidationException",
            ["'10001' at 'limit'", "Member must have value less than or equal to 10000"],
        ),
        (
            "kinesis",
            "PutRecord",
            {"StreamName": "s", "PartitionKey": "k", "Data": bytes(10_485_761)},
            "ValidationException",
            [
                "'java.nio.HeapByteBuffer[pos=0 lim=10485761 cap=10485761]' at 'data'",
                "Member must have length less than or equal to 10485760",
            ],
        ),
        (
            "firehose",
            "CreateDeliveryStream",
            {
                "DeliveryStreamName": "d",
                "ExtendedS3DestinationConfiguration": {
                    "RoleARN": "arn:aws:iam::000000000000:role/r",
                    "BucketARN": "arn:aws:s3:::b",
                    "ProcessingConfiguration": {"Processors": [{"Type": "NotLambda"}]},
                },
            },
            "ValidationException",
            [
                "'NotLambda' at 'extendedS3DestinationConfiguration.processingConfiguration.processors.1.member.type'",
                (
                    "Member must satisfy enum value set: [RecordDeAggregation, Decompression, CloudWatchLogProcessing,"
                    " Lambda, MetadataExtraction, AppendDelimiterToRecord]"
                ),
            ],
        ),
        (
            "glue",
            "CreateDatabase",
            {"DatabaseInput": {"Name": "line\nbreak"}},
            "ValidationException",
            [
                "'line\nbreak' at 'databaseInput.name'",
                (
                    "Member must satisfy regular expression pattern:"
                    " [\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*"
                ),
            ],
        ),
        (
            "logs",
            "CreateLogGroup",
            {"logGroupName": "a:b"},
            "InvalidParameterException",
            ["'a:b' at 'logGroupName'", "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+"],
        ),
        (
            "cloudformation",
            "CreateChangeSet",
            {
                "StackName": "s",
                "ChangeSetName": "c",
                "ResourcesToImport": [
                    {
                        "ResourceType": "AWS::S3::Bucket",
                        "LogicalResourceId": "B",
                        "ResourceIdentifier": {"TableName": ""},
                    }
                ],
            },
            "ValidationError",
            [
                "'{TableName=}' at 'resourcesToImport.1.member.resourceIdentifier'",
                (
                    "Map value must satisfy constraint: [Member must have length less than or equal to 2048, Member"
                    " must have length greater than or equal to 1]"
                ),
            ],
        ),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f", "Qualifier": "not installed"},
            "ValidationException",
            [
                "'not installed' at 'qualifier'",
                "Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
            ],
        ),
        (
            "athena",
            "StartQueryExecution",
            {"QueryString": "", "ClientRequestToken": "x" * 32},
            "InvalidRequestException",
            ["'' at 'queryString'", "Member must have length greater than or equal to 1"],
        ),
    ],
)
def test_a_service_refuses_in_awss_sentences(
    sent: Sent, service: str, operation: str, params: dict[str, Any], code: str, failing: list[str]
) -> None:
    refused = refusal(sent, service, operation, params)
    value, constraint = failing
    sentence = f"1 validation error detected: Value {value} failed to satisfy constraint: {constraint}"
    assert (refused.code, refused.status) == (code, 400)
    assert refused.message.startswith(sentence)


def test_each_failure_has_its_sentence(sent: Sent) -> None:
    # client(name): Kinesis names the pattern first
    failed = "Value '' at 'streamName' failed to satisfy constraint"
    assert refusal(sent, "kinesis", "DescribeStream", {"StreamName": ""}).message == (
        f"2 validation errors detected: {failed}: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+;"
        f" {failed}: Member must have length greater than or equal to 1"
    )


def test_what_the_model_calls_sensitive_is_not_shown(sent: Sent) -> None:
    # client(name): newer services of AWS leave the value out of the sentence
    message = refusal(sent, "kms", "Encrypt", {"KeyId": "k", "Plaintext": b""}).message
    assert message.startswith("1 validation error detected: Value at 'plaintext' failed to satisfy constraint: ")


def test_no_more_than_ten_failures_are_named(sent: Sent) -> None:
    records = [{"Data": b"", "PartitionKey": ""}] * 20
    refused = refusal(sent, "kinesis", "PutRecords", {"StreamName": "s", "Records": records})
    assert refused.message.startswith("10 validation errors detected: ")


def test_lists_and_structures_are_shown_as_java_shows_them(sent: Sent) -> None:
    # client(name): so were an over-long key schema of DynamoDB's CreateTable and its elements reported
    triggers = [{"Arn": f"arn:{number}", "Type": "t"} for number in range(6)]
    params = {"StackName": "s", "RollbackConfiguration": {"RollbackTriggers": triggers}, "NotificationARNs": ["n"] * 6}
    assert refusal(sent, "cloudformation", "CreateStack", params).message == (
        "2 validation errors detected: Value '[RollbackTrigger(arn=arn:0, type=t), RollbackTrigger(arn=arn:1, type=t),"
        " RollbackTrigger(arn=arn:2, type=t), RollbackTrigger(arn=arn:3, type=t), RollbackTrigger(arn=arn:4, type=t),"
        " RollbackTrigger(arn=arn:5, type=t)]' at 'rollbackConfiguration.rollbackTriggers' failed to satisfy"
        " constraint: Member must have length less than or equal to 5; Value '[n, n, n, n, n, n]' at"
        " 'notificationARNs' failed to satisfy constraint: Member must have length less than or equal to 5"
    )


def test_characters_outside_the_basic_plane_satisfy_javas_pairs_of_surrogates(sent: Sent) -> None:
    head, body = sent("glue", "CreateDatabase", {"DatabaseInput": {"Name": "d", "Description": "🏔 \n snow"}})
    target = wire.identify(head)
    assert target is not None
    assert wire.parse(target, head, body)["DatabaseInput"]["Description"] == "🏔 \n snow"


def test_a_pattern_holds_for_the_whole_value() -> None:
    shape = operation_model("kinesis", "DescribeStream").input_shape
    assert failures(shape, {"StreamName": "good"}) == []
    assert len(failures(shape, {"StreamName": "good bad"})) == 1
    assert len(failures(shape, {"StreamName": "good\n"})) == 1


def test_long_texts_are_not_matched_for_ever(sent: Sent) -> None:
    text = "a " * 131_000
    head, body = sent("athena", "StartQueryExecution", {"QueryString": text})
    target = wire.identify(head)
    assert target is not None
    assert wire.parse(target, head, body)["QueryString"] == text


@pytest.mark.parametrize(
    "service", ["kinesis", "glue", "athena", "cloudformation", "lambda", "dynamodb", "stepfunctions"]
)
def test_every_operation_can_be_checked(service: str, samples: Any) -> None:
    """Shapes that contain themselves included: nothing of a made-up value is named twice or makes a check fail."""
    for name in operation_names(service):
        if (shape := operation_model(service, name).input_shape) is not None:
            found = failures(shape, samples.of(shape))
            assert len(found) <= 10
            required = [member[0].lower() + member[1:] for member in shape.members if member in shape.required_members]
            missing = [
                f"Value null at '{member}' failed to satisfy constraint: Member must not be null" for member in required
            ]
            assert failures(shape, {}) == missing[:10]


def test_parameters_from_inside_are_held_to_the_model_too() -> None:
    wire.validate("kinesis", "PutRecord", {"StreamName": "s", "Data": b"x", "PartitionKey": "k"})
    for params, said in (
        ({"StreamName": "s", "PartitionKey": "k"}, 'Missing required parameter in input: "Data"'),
        ({"StreamName": 7, "Data": b"x", "PartitionKey": "k"}, "Invalid type for parameter StreamName"),
        ({"StreamName": "s", "Data": b"x", "PartitionKey": "k", "Colour": 1}, 'Unknown parameter in input: "Colour"'),
        ({"StreamName": "s s", "Data": b"x", "PartitionKey": "k"}, "1 validation error detected: Value 's s'"),
    ):
        with pytest.raises(AwsError) as raised:
            wire.validate("kinesis", "PutRecord", params)
        assert raised.value.code == "ValidationException"
        assert said in raised.value.message
