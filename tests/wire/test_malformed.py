"""Requests that no client would send: what cannot be read is refused in AWS's words, and nothing falls over."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from boathouse import wire
from boathouse.errors import AwsError, Unsupported
from boathouse.wire.faults import INVALID
from boathouse.wire.models import metadata

Sent = Callable[..., Any]


def parsed(head: wire.Head, body: bytes) -> dict[str, Any]:
    target = wire.identify(head)
    assert target is not None
    return wire.parse(wire.resolve(target, head, body), head, body)


def refused(head: wire.Head, body: bytes) -> AwsError:
    with pytest.raises(AwsError) as raised:
        parsed(head, body)
    return raised.value


def with_headers(head: wire.Head, **replaced: str | None) -> wire.Head:
    """A copy with these headers set, or left out where None; ``content_length`` stands for ``content-length``."""
    named = {name.replace("_", "-"): value for name, value in replaced.items()}
    kept = [(name, value) for name, value in head.headers.items() if name not in named]
    added = [(name, value) for name, value in named.items() if value is not None]
    return wire.Head(head.method, head.path, head.query, wire.Headers([*kept, *added]), head.scheme, head.host)


# client(name): Kinesis's own words for what its reader of JSON finds
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "Start of list found where not expected"),
        (b'"text"', "Expected null"),
        (b'{"StreamName": 7}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"StreamName": true}', "TRUE_VALUE can not be converted to a String"),
        (b'{"StreamName": {}}', "Start of structure or map found where not expected."),
        (b'{"Records": "x"}', "Expected list or null"),
        (b'{"Records": [7]}', "Expected null"),
        (b'{"Records": [{"Data": 7}]}', "NUMBER_VALUE can not be converted to a Blob"),
        (b'{"Records": [{"Data": "a"}]}', "The blob is not valid base64"),
        (b'{"Records": [{"Data": "a*=="}]}', "The blob is not valid base64"),
        (b"{", "The request body is not valid JSON"),
        (b"\xff\xfe\x00", "The request body is not valid JSON"),
        (b"NaN", "NaN is not valid JSON"),
        (b"[" * 100_000, "The request body is not valid JSON"),
        (b'{"a":' * 100_000, "The request body is not valid JSON"),
        (b"9" * 10_000, "The request body is not valid JSON"),
    ],
)
def test_json_of_the_wrong_kind_is_a_serialization_exception(sent: Sent, body: bytes, message: str) -> None:
    head, _ = sent("kinesis", "PutRecords", {"StreamName": "s", "Records": []})
    error = refused(head, body)
    assert (error.code, error.status, error.message) == ("SerializationException", 400, message)


def test_numbers_are_read_as_aws_reads_them(sent: Sent) -> None:
    head, _ = sent("kinesis", "GetRecords", {})
    # client(name): a fraction is cut off, text is not a number
    assert parsed(head, b'{"ShardIterator": "i", "Limit": 10.9}')["Limit"] == 10
    assert refused(head, b'{"ShardIterator": "i", "Limit": "10"}').code == "SerializationException"
    for number in (b"1e999", b"2147483648", b"-2147483649"):
        assert refused(head, b'{"ShardIterator": "i", "Limit": ' + number + b"}").code == "SerializationException"


def test_null_is_absent_and_unknown_members_are_ignored(sent: Sent) -> None:
    head, _ = sent("kinesis", "GetRecords", {})
    assert parsed(head, b'{"ShardIterator": "i", "Limit": null, "Colour": {"a": [1]}}') == {"ShardIterator": "i"}


@pytest.mark.parametrize("half", [b'"\\ud800"', b'"\\uDFFF\\ud800"', b'"\xed\xa0\x80"', b'"\xff"'])
def test_text_that_utf_8_cannot_carry_is_refused(sent: Sent, half: bytes) -> None:
    head, _ = sent("kinesis", "GetRecords", {})
    assert refused(head, b'{"ShardIterator": ' + half + b"}").code == "SerializationException"
    assert parsed(head, b'{"ShardIterator": "\\uD83D\\uDEF6 \\\\ud800"}')["ShardIterator"] == "\U0001f6f6 \\ud800"


def test_a_null_is_no_item(sent: Sent) -> None:
    """documented(https://smithy.io/2.0/spec/type-refinement-traits.html#sparse-trait): lists and maps are dense."""
    head, _ = sent("kinesis", "AddTagsToStream", {"StreamName": "s", "Tags": {"a": "b"}})
    assert refused(head, b'{"StreamName": "s", "Tags": {"a": null}}').code == "SerializationException"
    head, _ = sent("kinesis", "RemoveTagsFromStream", {"StreamName": "s", "TagKeys": ["a"]})
    assert refused(head, b'{"StreamName": "s", "TagKeys": ["a", null]}').code == "SerializationException"


def test_timestamps_out_of_range_are_refused(sent: Sent) -> None:
    head, _ = sent("kinesis", "ListShards", {})
    for moment in (b"1e300", b'"yesterday"', b"{}", b"true"):
        body = b'{"StreamName": "s", "StreamCreationTimestamp": ' + moment + b"}"
        assert refused(head, body).code == "SerializationException"


@pytest.mark.parametrize("body", [b"", b"  ", b"null", b"{}"])
def test_an_empty_body_is_an_empty_structure(sent: Sent, body: bytes) -> None:
    head, _ = sent("kinesis", "DescribeLimits", {})
    assert parsed(head, body) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"not xml",
        b"<Delete>",
        b"<Other/>",
        b"\xff\xfe<Delete/>",
        b"<Delete><Object>&undefined;</Object></Delete>",
        b'<!DOCTYPE Delete [<!ENTITY a "aa">]><Delete><Object><Key>&a;</Key></Object></Delete>',
        b'<?xml version="1.0"?><!DOCTYPE Delete SYSTEM "file:///etc/passwd"><Delete/>',
        b"<Delete>" * 100_000,
        b"<Delete><Quiet>perhaps</Quiet></Delete>",
        b"<Delete/>",
        b"<Delete><Object><VersionId>1</VersionId></Object></Delete>",
    ],
)
def test_xml_that_is_not_s3s_is_malformed(sent: Sent, body: bytes) -> None:
    head, _ = sent("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}})
    error = refused(head, body)
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
    assert (error.code, error.status) == ("MalformedXML", 400)
    assert error.message == "The XML you provided was not well-formed or did not validate against our published schema"


def test_xml_is_read_with_and_without_namespace_and_with_what_we_do_not_know(sent: Sent) -> None:
    head, _ = sent("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}})
    wanted = {"Bucket": "b", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b\nc"}], "Quiet": True}}
    inner = b"<Object><Key>a</Key></Object><Object><Key>b&#10;c</Key></Object><Quiet>true</Quiet><Colour>red</Colour>"
    for root in (b"<Delete>", b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">', b"\xef\xbb\xbf<Delete>"):
        assert parsed(head, root + inner + b"</Delete>") == wanted


def test_a_deep_document_that_is_well_formed_is_read(sent: Sent) -> None:
    head, _ = sent("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}})
    body = b"<Delete>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"<Object><Key>k</Key></Object></Delete>"
    assert parsed(head, body) == {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}


def test_an_s3_request_can_be_parsed_without_its_body(sent: Sent) -> None:
    head, body = sent("s3", "PutBucketTagging", {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}})
    announced = with_headers(head, content_length=str(len(body)))
    assert parsed(announced, b"")["Bucket"] == "b"
    put, _ = sent(
        "s3", "PutObject", {"Bucket": "b", "Key": "k", "ServerSideEncryption": "aws:kms", "Metadata": {"a": "b"}}
    )
    wanted = {"Bucket": "b", "Key": "k", "ServerSideEncryption": "aws:kms", "Metadata": {"a": "b"}}
    assert parsed(with_headers(put, content_length=None), b"") == wanted


def test_s3_asks_for_a_document_that_was_not_sent(sent: Sent) -> None:
    # documented(https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
    head, _ = sent("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": "{}"})
    assert refused(with_headers(head, content_length="0"), b"").code == "MissingRequestBodyError"
    assert refused(with_headers(head, content_length=None), b"").code == "MissingRequestBodyError"


@pytest.mark.parametrize(
    ("query", "code"), [("max-keys=many", "InvalidArgument"), ("fetch-owner=perhaps", "InvalidArgument")]
)
def test_s3s_query_parameters_of_the_wrong_type(sent: Sent, query: str, code: str) -> None:
    head, _ = sent("s3", "ListObjectsV2", {"Bucket": "b"})
    asked = wire.Head(head.method, head.path, f"list-type=2&{query}", head.headers, head.scheme, head.host)
    assert refused(asked, b"").code == code


def test_s3_ignores_a_date_that_is_none(sent: Sent) -> None:
    # documented(https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3): an If-Modified-Since of no date is ignored
    head, _ = sent("s3", "GetObject", {"Bucket": "b", "Key": "k"})
    assert parsed(with_headers(head, if_modified_since="yesterday"), b"") == {"Bucket": "b", "Key": "k"}


def test_a_repeated_query_parameter_is_taken_once_or_as_a_list(sent: Sent) -> None:
    head, _ = sent("s3", "ListObjectsV2", {"Bucket": "b"})
    asked = wire.Head(head.method, head.path, "list-type=2&prefix=a&prefix=b", head.headers, head.scheme, head.host)
    assert parsed(asked, b"")["Prefix"] == "a"
    function = "arn:aws:lambda:eu-west-1:000000000000:function:f"
    head, _ = sent("lambda", "UntagResource", {"Resource": function, "TagKeys": ["a", "b"]})
    assert parsed(head, b"")["TagKeys"] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"Action=CreateStack&StackName.member.1=s", "MalformedInput"),
        (b"Action=CreateStack&StackName=s&Parameters.member.first.ParameterKey=a", "MalformedInput"),
        (b"Action=CreateStack&StackName=s&TimeoutInMinutes=soon", "MalformedInput"),
        (b"Action=CreateStack&StackName=s&DisableRollback=perhaps", "MalformedInput"),
        (b"Action=CreateStack&" + b"a." * 100_000 + b"a=1", "MalformedInput"),
        (b"Action=CreateStack&StackName=%ff", "MalformedInput"),
        (b"Action=CreateStack", "ValidationError"),
        (b"Action=CreateStack&StackName=s&Parameters.member.999999999.ParameterKey=a", None),
        (b"Action=CreateStack&StackName=s&Tags=", None),
        (b"Action=CreateStack&StackName=s&Colour=red", None),
    ],
)
def test_forms_that_are_not_the_operations(sent: Sent, body: bytes, code: str | None) -> None:
    head, _ = sent("cloudformation", "CreateStack", {"StackName": "s"})
    if code is None:
        assert parsed(head, body)["StackName"] == "s"
    else:
        assert refused(head, body).code == code


def test_a_forms_list_is_in_the_order_of_its_numbers(sent: Sent) -> None:
    head, _ = sent("cloudformation", "CreateStack", {"StackName": "s"})
    form = b"Action=CreateStack&StackName=s&Capabilities.member.10=C&Capabilities.member.2=B&Capabilities.member.1=A"
    with pytest.raises(AwsError, match="A, B, C"):  # the sentence about the unknown capabilities shows the list
        parsed(head, form)


def test_a_body_does_not_override_what_the_path_says(sent: Sent) -> None:
    head, _ = sent("lambda", "UpdateFunctionConfiguration", {"FunctionName": "mine"})
    read = parsed(head, b'{"FunctionName": "theirs", "Handler": "a.b"}')
    assert read == {"FunctionName": "mine", "Handler": "a.b"}


def test_a_body_that_the_operation_does_not_have_is_not_looked_at(sent: Sent) -> None:
    head, _ = sent("lambda", "GetFunction", {"FunctionName": "f"})
    assert parsed(head, b"{") == {"FunctionName": "f"}
    head, _ = sent("s3", "GetBucketPolicy", {"Bucket": "b"})
    assert parsed(head, b"<") == {"Bucket": "b"}


def test_headers_of_the_wrong_type_are_refused(sent: Sent) -> None:
    head, _ = sent("s3", "PutObject", {"Bucket": "b", "Key": "k"})
    error = refused(with_headers(head, x_amz_server_side_encryption_bucket_key_enabled="perhaps"), b"")
    assert (error.code, error.status) == ("InvalidArgument", 400)


def test_protocols_that_are_recognised_and_not_spoken_say_so(sent: Sent) -> None:
    head, body = sent("kinesis", "PutRecords", {"StreamName": "s", "Records": []})
    cbor = with_headers(head, content_type="application/x-amz-cbor-1.1")
    with pytest.raises(Unsupported, match="cbor of kinesis"):
        parsed(cbor, body)
    head, body = sent("cloudwatch", "PutMetricData", {"Namespace": "n"}, protocol="smithy-rpc-v2-cbor")
    with pytest.raises(Unsupported, match="smithy-rpc-v2-cbor of cloudwatch"):
        parsed(head, body)


def test_event_streams_are_refused_by_name(sent: Sent) -> None:
    head, body = sent(
        "lexv2-runtime", "StartConversation", {"botId": "b", "botAliasId": "a", "localeId": "l", "sessionId": "s"}
    )
    with pytest.raises(Unsupported, match="StartConversation"):
        parsed(head, body)
    with pytest.raises(Unsupported, match="SubscribeToShard"):
        wire.answer("kinesis", "SubscribeToShard", {}, "a-request")


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("kinesis", "PutRecords", {"StreamName": "s", "Records": [{"Data": b"abc", "PartitionKey": "k"}]}),
        ("glue", "CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t", "Parameters": {"a": "b"}}}),
        ("cloudformation", "CreateStack", {"StackName": "s", "Tags": [{"Key": "k", "Value": "v"}]}),
        ("lambda", "CreateFunction", {"FunctionName": "f", "Role": "r", "Code": {"ZipFile": b"zip"}}),
        (
            "s3",
            "PutBucketLifecycleConfiguration",
            {"Bucket": "b", "LifecycleConfiguration": {"Rules": [{"Status": "Enabled"}]}},
        ),
        ("route53", "CreateHostedZone", {"Name": "n", "CallerReference": "c"}),
        ("ec2", "DescribeInstances", {"InstanceIds": ["i"], "Filters": [{"Name": "n", "Values": ["v"]}]}),
    ],
)
def test_a_request_with_bytes_changed_is_read_or_refused(
    sent: Sent, service: str, operation: str, params: dict[str, Any]
) -> None:
    """Whatever happens to a body, the outcome is parameters or an AwsError."""
    head, body = sent(service, operation, params)
    chance = random.Random(operation)
    outcomes: set[str | int | None] = set()
    for _ in range(400):
        changed = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 3)] = chance.choice(
                [b"", b"\x00", b"<", b'"', b"%", b"&", b"{", b"\xff", b"9"]
            )
        try:
            parsed(head, bytes(changed))
            outcomes.add("read")
        except AwsError as error:
            outcomes.add(error.status)
    assert outcomes <= {"read", 400}
    assert 400 in outcomes


def test_every_services_refusals_have_a_code() -> None:
    assert {known.protocol for known in metadata().values()} <= set(INVALID)
