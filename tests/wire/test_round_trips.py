"""botocore as the oracle, over every operation of the services that matter here: what its serialisers send is parsed
to what they were given, what we answer is read by its parsers as what we meant."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.model import OperationModel

from boathouse import wire
from boathouse.errors import AwsError
from boathouse.wire.models import metadata, operation_model, operation_names

SERVICES = (
    "s3 kinesis firehose lambda glue athena cloudformation logs iam kms sts ec2 sns sqs dynamodb events secretsmanager"
    " stepfunctions lakeformation redshift-data redshift-serverless quicksight ssm route53"
).split()
AMBIGUOUS = {"GetBucketLifecycle", "GetBucketNotification", "ListDirectoryBuckets"} | {
    "PutBucketLifecycle",
    "PutBucketNotification",
}
"""S3 operations with the method, path and query of another: the one that is not deprecated is found, and of the two
that list buckets the one without directories, which have an endpoint and a scope of their own."""
HIDDEN = {"GetBucketNotification"}
"""botocore's parser cannot read its own deprecated shape with two events."""


def operations(service: str) -> Iterator[OperationModel]:
    for name in sorted(operation_names(service)):
        yield operation_model(service, name)


def without_empty(value: Any) -> Any:
    """Forms and XML have no way to say that a structure is there and empty."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in ({}, [])]
    return value


def lowered(service: str, params: dict[str, Any]) -> dict[str, Any]:
    """Header names have no case: S3's user metadata comes in small letters."""
    if service == "s3" and "Metadata" in params:
        params = params | {"Metadata": {key.lower(): value for key, value in params["Metadata"].items()}}
    return params


@pytest.fixture
def any_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up values are of the right type and satisfy no pattern."""
    monkeypatch.setattr("boathouse.wire.parsing.failures", lambda *_: [])


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.usefixtures("any_value")
def test_requests_are_parsed_to_what_they_were_made_from(service: str, samples: Any, sent: Callable[..., Any]) -> None:
    different: dict[Any, Any] = {}
    for model in operations(service):
        if model.has_event_stream_input or model.name in AMBIGUOUS:
            continue
        params = samples.of(model.input_shape) if model.input_shape is not None else {}
        head, body = sent(service, model.name, params)
        target = wire.identify(head)
        assert target is not None
        target = wire.resolve(target, head, body)
        parsed = wire.parse(target, head, body)
        if (target.service, target.operation) != (service, model.name):
            different[model.name] = (target.service, target.operation)
        elif without_empty(parsed) != without_empty(lowered(service, params)):
            different[model.name] = parsed
    assert different == {}


@pytest.mark.parametrize("service", SERVICES)
def test_answers_are_read_as_what_they_were_made_from(service: str, samples: Any) -> None:
    different: dict[Any, Any] = {}
    for model in operations(service):
        if model.has_event_stream_output or model.name in HIDDEN:
            continue
        result = samples.of(model.output_shape) if model.output_shape is not None else {}
        if "EncodingType" in result:  # keys come back decoded, which awkward ones that were not encoded do not survive
            result.pop("EncodingType")
        answer = wire.answer(service, model.name, result, "a-request")
        read = wire.decode(service, model.name, answer.status, answer.headers, answer.body)
        if without_empty(read) != without_empty(result):
            different[model.name] = read
    assert different == {}


@pytest.mark.parametrize("service", SERVICES)
def test_empty_answers_are_read_as_empty(service: str) -> None:
    for model in operations(service):
        if not model.has_event_stream_output:
            answer = wire.answer(service, model.name, None, "a-request")
            read = wire.decode(service, model.name, answer.status, answer.headers, answer.body)
            assert all(value in (b"", "", {}, [], None, answer.status) for value in read.values()), model.name


@pytest.mark.parametrize("service", SERVICES)
def test_errors_are_read_with_their_code_message_status_and_members(service: str, samples: Any) -> None:
    different: dict[Any, Any] = {}
    for model in operations(service):
        for shape in model.error_shapes:
            members = {
                name: value
                for name, value in samples.of(shape).items()
                if name.lower() not in ("message", "code", "type")
            }
            error = AwsError(shape.error_code, 'it "failed" <é>', **members)
            answer = wire.refuse(service, model.name, error, "a-request")
            with pytest.raises(AwsError) as raised:
                wire.decode(service, model.name, answer.status, answer.headers, answer.body)
            read = raised.value
            if service == "s3" and model.name.startswith("Head"):
                assert (read.code, answer.body) == (str(answer.status), b"")
                continue
            wanted = shape.metadata.get("error", {}).get("httpStatusCode", answer.status)
            if (read.code, read.message, read.status) != (shape.error_code, error.message, wanted):
                different[model.name, shape.name] = (read.code, read.message, read.status)
            elif without_empty(read.members) != without_empty(members):
                different[model.name, shape.name] = read.members
    assert different == {}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.usefixtures("any_value")
def test_our_own_requests_are_parsed_too(service: str, samples: Any, sent: Callable[..., Any]) -> None:
    """encode says what botocore's client would: the parameters, and perhaps a token and an encoding of its own."""
    for model in operations(service):
        if model.has_event_stream_input or model.name in AMBIGUOUS or model.input_shape is None:
            continue
        params = {
            name: value
            for name, value in samples.of(model.input_shape).items()
            if name in model.input_shape.required_members
        }
        made = wire.encode(service, model.name, params)
        reference, _ = sent(service, model.name, params)
        headers = wire.Headers([*made.headers, ("authorization", reference.headers["authorization"])])
        head = wire.Head(made.method, made.path, made.query, headers, "http", reference.host)
        target = wire.identify(head)
        assert target is not None
        target = wire.resolve(target, head, made.body)
        assert (target.service, target.operation) == (service, model.name)
        parsed = wire.parse(target, head, made.body)
        if "CopySource" in params:
            parsed["CopySource"] = params["CopySource"]
        assert without_empty({name: parsed.get(name) for name in params}) == without_empty(params), model.name


def test_every_protocol_is_among_the_services() -> None:
    assert {metadata()[service].protocol for service in SERVICES} == {"json", "rest-json", "rest-xml", "query", "ec2"}
