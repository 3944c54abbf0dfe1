"""What a log stream sends to CloudWatch Logs, within the limits that PutLogEvents documents."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal, root_of
from boathouse.errors import AwsError
from boathouse.workers.logs import LogStream


class CloudWatchLogs:
    """Keeps what it is sent, holds the caller to the documented limits, and refuses when told to."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.batches: list[int] = []
        self.refusal: AwsError | None = None

    async def __call__(self, service: str, operation: str, params: Mapping[str, Any], _: Principal) -> dict[str, Any]:
        assert service == "logs"
        if self.refusal is not None:
            raise self.refusal
        if operation == "CreateLogGroup":
            if params["logGroupName"] in self.groups:
                raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
            self.groups[params["logGroupName"]] = {}
        elif operation == "CreateLogStream":
            self.groups[params["logGroupName"]][params["logStreamName"]] = []
        else:
            self._put(params)
        return {}

    def _put(self, params: Mapping[str, Any]) -> None:
        if params["logGroupName"] not in self.groups:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        events = params["logEvents"]
        # documented(https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html)
        assert 1 <= len(events) <= 10_000
        assert sum(len(event["message"].encode()) + 26 for event in events) <= 1_048_576
        assert all(1 <= len(event["message"].encode()) <= 262_144 - 26 for event in events)
        assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)
        self.batches.append(len(events))
        self.groups[params["logGroupName"]][params["logStreamName"]] += events

    def messages(self) -> list[str]:
        return [event["message"] for event in self.groups["/aws-glue/jobs/output"]["jr_1"]]


@pytest.fixture
def logs() -> CloudWatchLogs:
    return CloudWatchLogs()


@pytest.fixture
def stream(logs: CloudWatchLogs) -> LogStream:
    call = Call()
    call.bind(logs)
    return LogStream(call, root_of(), "/aws-glue/jobs/output", "jr_1", Clock())


def test_lines_arrive_in_order_and_the_group_is_made(logs: CloudWatchLogs, stream: LogStream) -> None:
    stream.write("one")
    stream.write("")
    asyncio.run(stream.flush())
    stream.write("three")
    asyncio.run(stream.flush())
    assert logs.messages() == ["one", " ", "three"]


def test_nothing_written_makes_nothing(logs: CloudWatchLogs, stream: LogStream) -> None:
    asyncio.run(stream.flush())
    assert logs.groups == {}


def test_batches_keep_the_limits_of_count_and_size(logs: CloudWatchLogs, stream: LogStream) -> None:
    for number in range(10_001):
        stream.write(str(number))
    assert stream.full
    long = "ü" * 400_000
    stream.write(long)
    asyncio.run(stream.flush())
    assert not stream.full
    assert logs.batches[0] == 10_000
    assert logs.messages()[:10_001] == [str(number) for number in range(10_001)]
    assert "".join(logs.messages()[10_001:]) == long


def test_a_refusal_is_raised_and_loses_nothing(logs: CloudWatchLogs, stream: LogStream) -> None:
    stream.write("kept")
    logs.refusal = AwsError("ServiceUnavailableException", "The service cannot complete the request.")
    with pytest.raises(AwsError, match="ServiceUnavailable"):
        asyncio.run(stream.flush())
    logs.refusal = None
    asyncio.run(stream.flush())
    assert logs.messages() == ["kept"]


def test_a_group_that_was_deleted_is_made_again(logs: CloudWatchLogs, stream: LogStream) -> None:
    stream.write("before")
    asyncio.run(stream.flush())
    logs.groups.clear()
    stream.write("after")
    asyncio.run(stream.flush())
    assert logs.messages() == ["after"]
