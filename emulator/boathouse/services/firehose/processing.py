"""The Lambda processor: a batch of records goes to the function in one call, and each comes back with its result.

Source: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

import asyncio
import binascii
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.lake.sessions import assumed_role
from boathouse.services.firehose.configuration import parameters
from boathouse.services.firehose.ledger import Record
from boathouse.services.firehose.problems import Problems
from boathouse.services.firehose.store import DeliveryStream

MOST_PAYLOAD = 6 * 1024 * 1024 - 64 * 1024  # Lambda's limit, less what frames the records
OVERHEAD = 450  # bytes of a record's JSON beside its data and key: id, time, names, Kinesis metadata
LONGEST_ESCAPE = 12  # bytes of one character of a key
RETRY_SECONDS = 10.0
WITHOUT_SPACES = json.JSONEncoder(separators=(",", ":")).encode

UNFIT = (
    "Check your function and make sure the output is in required format. In addition to that, make sure the processed"
    " records contain valid result status of Dropped, Ok, or ProcessingFailed"
)
MISSING = "One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."
DUPLICATED = (
    "Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record Id"
    " for each record."
)
UNREADABLE = (
    "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the"
    " status model required by Amazon Data Firehose."
)
RETURNED_ERROR = "The Lambda function was successfully invoked but it returned an error result."
# https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
OF_INVOKE = {
    "AccessDeniedException": (
        "Lambda.InvokeAccessDenied",
        "Access was denied. Ensure that the access policy allows access to the Lambda function.",
    ),
    "ResourceNotFoundException": (
        "Lambda.ResourceNotFound",
        "The specified Lambda function does not exist. Use a different function that does exist.",
    ),
    "TooManyRequestsException": (
        "Lambda.InvokeLimitExceeded",
        "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit.",
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a record goes to the error prefix. ``ended`` in milliseconds since the epoch."""

    code: str
    message: str
    attempts: int = 1
    ended: int = 0
    lambda_arn: str | None = None


class Processed(NamedTuple):
    """``data`` to deliver, with its partition keys; or a failure; or neither, for a record that was dropped."""

    record: Record
    data: bytes | None = None
    keys: Mapping[str, Any] | None = None
    failure: Failure | None = None


class Processor:
    def __init__(self, call: Call, clock: Clock, problems: Problems) -> None:
        self._call = call
        self._clock = clock
        self._problems = problems

    async def run(self, stream: DeliveryStream, records: Sequence[Record]) -> list[Processed]:
        """Through the stream's processors, in order."""
        processed = [Processed(record, record.data) for record in records]
        for processor in stream.processors:
            if processor["Type"] == "Lambda":
                processed = [
                    done
                    for part in _parts(records)
                    for done in await self._transform(stream, parameters(processor), part)
                ]
            else:
                delimiter = _unescaped(parameters(processor).get("Delimiter", "\\n"))
                processed = [_delimited(done, delimiter) for done in processed]
        return processed

    async def _transform(
        self, stream: DeliveryStream, given: Mapping[str, str], records: Sequence[Record]
    ) -> list[Processed]:
        arn, retries = given["LambdaArn"], int(given.get("NumberOfRetries", 3))
        principal = assumed_role(given.get("RoleArn", stream.destination["RoleARN"]), stream.name, stream.region)
        for attempt in range(1, retries + 2):
            payload = await asyncio.to_thread(_event, stream, records)
            code, message = "Lambda.FunctionError", RETURNED_ERROR
            try:
                answer = await self._call("lambda", "Invoke", {"FunctionName": arn, "Payload": payload}, as_=principal)
                if "FunctionError" not in answer:
                    self._problems.over("Lambda")
                    body: bytes = answer["Payload"]
                    return await asyncio.to_thread(_read, records, body, attempt, self._clock.millis(), arn)
            except AwsError as error:
                code, message = OF_INVOKE.get(error.code, ("Lambda.InvokeFailed", error.message))
            self._problems.report(code, message)
            if attempt <= retries:
                await self._clock.sleep(self._clock.hurried(RETRY_SECONDS))
        failure = Failure(code, message, attempt, self._clock.millis(), arn)
        return [Processed(record, failure=failure) for record in records]


def _parts(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Pieces that fit into one call."""
    start, size = 0, 0
    for index, record in enumerate(records):
        key = record.metadata["partitionKey"] if record.metadata else ""
        of_record = len(record.data) * 4 // 3 + OVERHEAD + LONGEST_ESCAPE * len(key)
        if index > start and size + of_record > MOST_PAYLOAD:
            yield records[start:index]
            start, size = index, 0
        size += of_record
    yield records[start:]


def _event(stream: DeliveryStream, records: Sequence[Record]) -> bytes:
    event: dict[str, Any] = {
        "invocationId": str(uuid.uuid4()),
        "deliveryStreamArn": stream.arn,
        "region": stream.region,
    }
    if stream.kinesis is not None:
        event["sourceKinesisStreamArn"] = stream.kinesis["KinesisStreamARN"]
    return WITHOUT_SPACES(event)[:-1].encode() + b',"records":[' + b",".join(map(_outgoing, records)) + b"]}"


def _outgoing(record: Record) -> bytes:
    """Most of it is base64, which needs no escaping: it is put in beside json, which would look at each character."""
    found: dict[str, Any] = {"recordId": record.id, "approximateArrivalTimestamp": record.arrived}
    if record.metadata is not None:
        found["kinesisRecordMetadata"] = record.metadata
    data = binascii.b2a_base64(record.data, newline=False)
    return WITHOUT_SPACES(found)[:-1].encode() + b',"data":"' + data + b'"}'


def _read(records: Sequence[Record], body: bytes, attempts: int, ended: int, arn: str) -> list[Processed]:
    """What the function said of each record that it was given."""

    def failed(code: str, message: str) -> Failure:
        return Failure(code, message, attempts, ended, arn)

    try:
        returned = json.loads(body)["records"]
        times = Counter(result["recordId"] for result in returned)
    except (ValueError, KeyError, TypeError):
        unreadable = failed("Lambda.JsonProcessingException", UNREADABLE)
        return [Processed(record, failure=unreadable) for record in records]
    results = {result["recordId"]: result for result in returned}
    processed = list[Processed]()
    for record in records:
        if times[record.id] > 1:
            processed.append(Processed(record, failure=failed("Lambda.DuplicatedRecordId", DUPLICATED)))
        elif times[record.id] == 0:
            processed.append(Processed(record, failure=failed("Lambda.MissingRecordId", MISSING)))
        else:
            processed.append(_result(record, results[record.id], failed))
    return processed


def _result(record: Record, result: Mapping[str, Any], failed: Any) -> Processed:
    match result.get("result"):
        case "Dropped":
            return Processed(record)
        case "ProcessingFailed":
            why = failed("Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record")
            return Processed(record, failure=why)
        case "Ok":
            try:
                data = binascii.a2b_base64(result["data"], strict_mode=True)
            except (KeyError, TypeError, ValueError):  # what is not ASCII is a ValueError
                return Processed(record, failure=failed("Lambda.FunctionError", UNFIT))
            metadata = result.get("metadata")
            keys = metadata.get("partitionKeys") if isinstance(metadata, dict) else None
            return Processed(record, data, keys if isinstance(keys, dict) else None)
        case _:
            return Processed(record, failure=failed("Lambda.FunctionError", UNFIT))


def _unescaped(delimiter: str) -> bytes:
    return delimiter.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").encode()


def _delimited(done: Processed, delimiter: bytes) -> Processed:
    if done.data is None:
        return done
    return Processed(done.record, done.data + delimiter, done.keys)
