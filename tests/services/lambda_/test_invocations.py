import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from boathouse.launch import Platform
from tests.conftest import ClientOf
from tests.services.lambda_.conftest import MakeFunction


def invoke(awslambda: Any, name: str, event: Any = None, **params: Any) -> Any:
    answer = awslambda.invoke(FunctionName=name, Payload=json.dumps(event or {}), **params)
    return answer | {"Payload": json.loads(answer["Payload"].read() or "null")}


def test_a_function_answers_what_its_handler_returns(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): return {'got': event, 'name': context.function_name}")
    answer = invoke(awslambda, name, {"a": [1, "é"]})
    assert answer["Payload"] == {"got": {"a": [1, "é"]}, "name": name}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer


def test_without_a_payload_the_event_is_empty(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): return event")
    assert json.loads(awslambda.invoke(FunctionName=name)["Payload"].read()) == {}


def test_what_it_raises_is_the_answer(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(
        """
        def handler(event, context):
            raise KeyError('nothing')
        """
    )
    answer = invoke(awslambda, name)
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == "KeyError"
    assert answer["Payload"]["errorMessage"] == "'nothing'"
    assert answer["Payload"]["stackTrace"][-1].endswith("raise KeyError('nothing')\n")


@pytest.mark.parametrize(
    ("source", "handler", "kind", "message"),
    [
        ("import nowhere", "app.handler", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def f(:", "app.f", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("1/0", "app.f", "ZeroDivisionError", "division by zero"),
    ],
)
def test_why_a_handler_cannot_be_loaded(
    awslambda: Any, make_function: MakeFunction, source: str, handler: str, kind: str, message: str
) -> None:
    answer = invoke(awslambda, make_function(source, Handler=handler))
    # client(awslambdaric): its error types
    assert (answer["FunctionError"], answer["Payload"]["errorType"]) == ("Unhandled", kind)
    assert message in answer["Payload"]["errorMessage"]


def test_a_process_that_ends_is_an_error_and_the_next_call_has_a_new_one(
    awslambda: Any, make_function: MakeFunction
) -> None:
    name = make_function(
        """
        import os
        def handler(event, context):
            if event.get('die'):
                os._exit(3)
            return os.getpid()
        """
    )
    first = invoke(awslambda, name)["Payload"]
    answer = invoke(awslambda, name, {"die": True})
    # client(aws-lambda-runtime-interface-emulator): the error type and sentence
    assert answer["Payload"]["errorType"] == "Runtime.ExitError"
    assert answer["Payload"]["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert invoke(awslambda, name)["Payload"] != first


def test_a_process_stays_warm(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(
        """
        calls = []
        def handler(event, context):
            calls.append(event)
            return len(calls)
        """
    )
    assert [invoke(awslambda, name)["Payload"] for _ in range(3)] == [1, 2, 3]


def test_a_timeout_ends_the_process(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(
        """
        import time
        calls = []
        def handler(event, context):
            calls.append(event)
            if event.get('hang'):
                print('hanging')
                time.sleep(60)
            return len(calls), context.get_remaining_time_in_millis()
        """,
        Timeout=1,
    )
    count, left = invoke(awslambda, name)["Payload"]
    assert count == 1
    assert 0 < left <= 1000
    answer = invoke(awslambda, name, {"hang": True}, LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in answer["Payload"]["errorMessage"]
    log = base64.b64decode(answer["LogResult"]).decode()
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html): the line in the log
    assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [0-9a-f-]{36} Task timed out after 1.00 seconds", log)
    assert "hanging" in log
    assert invoke(awslambda, name)["Payload"][0] == 1


def test_the_log_tail(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(
        """
        import logging
        def handler(event, context):
            print('plain', event['n'])
            logging.warning('warned')
        """
    )
    for number in (1, 2):
        answer = invoke(awslambda, name, {"n": number}, LogType="Tail")
        lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
        request_id = answer["ResponseMetadata"]["RequestId"]
        # documented(https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html)
        assert lines[0] == f"START RequestId: {request_id} Version: $LATEST"
        assert lines[1] == f"plain {number}"
        assert re.fullmatch(rf"\[WARNING\]\t\S+Z\t{request_id}\twarned", lines[2])
        assert lines[-2] == f"END RequestId: {request_id}"
        assert re.match(rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t", lines[-1])
        assert ("Init Duration" in lines[-1]) == (number == 1)


def test_a_tail_is_at_most_four_kilobytes(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): print('x' * 100_000)")
    log = base64.b64decode(invoke(awslambda, name, LogType="Tail")["LogResult"])
    assert 1000 < len(log) <= 4096
    assert b"REPORT RequestId" in log


def test_payloads_have_their_limit_both_ways(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): return 'x' * event['n'] if 'n' in event else len(event['s'])")
    size = 6 * 1024 * 1024
    assert invoke(awslambda, name, {"s": "x" * (size - 20)})["Payload"] == size - 20
    with pytest.raises(
        ClientError, match=r"byte payload is too large for the RequestResponse .*\(limit 6291456 bytes\)"
    ):
        invoke(awslambda, name, {"s": "x" * size})
    assert len(invoke(awslambda, name, {"n": size})["Payload"]) == size
    answer = invoke(awslambda, name, {"n": size + 200})
    # client(recorded from AWS by several projects): the error object
    assert answer["Payload"] == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    assert invoke(awslambda, name, {"n": 1})["Payload"] == "x"


def test_a_payload_must_be_json(awslambda: Any, make_function: MakeFunction) -> None:
    with pytest.raises(ClientError, match="Could not parse request body into json") as refused:
        awslambda.invoke(FunctionName=make_function("handler = print"), Payload=b"{no")
    assert refused.value.response["Error"]["Code"] == "InvalidRequestContentException"


def test_the_environment(awslambda: Any, platform: Platform, make_function: MakeFunction) -> None:
    name = make_function(
        """
        import os
        def handler(event, context): return dict(os.environ)
        """,
        Environment={"Variables": {"COLOUR": "red", "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com"}},
        MemorySize=256,
    )
    found = invoke(awslambda, name)["Payload"]
    assert found["COLOUR"] == "red"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert found["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert found["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.11"
    assert found["_HANDLER"] == "app.handler"
    # no way past our endpoint, whatever the function's own variables say
    assert found["AWS_ENDPOINT_URL"] == platform.endpoint
    assert "AWS_ENDPOINT_URL_S3" not in found
    assert not any(variable.startswith("PYTEST") for variable in found)


def test_plain_boto3_inside_reaches_the_platform(
    awslambda: Any, client: ClientOf, bucket: str, make_function: MakeFunction
) -> None:
    name = make_function(
        """
        import boto3
        def handler(event, context):
            boto3.client('s3').put_object(Bucket=event['bucket'], Key='from-lambda', Body=b'x')
            return boto3.client('s3').get_object(Bucket=event['bucket'], Key='from-lambda')['Body'].read().decode()
        """,
        Timeout=30,
    )
    assert invoke(awslambda, name, {"bucket": bucket})["Payload"] == "x"
    assert [entry["Key"] for entry in client("s3").list_objects_v2(Bucket=bucket)["Contents"]] == ["from-lambda"]


def test_calls_run_at_the_same_time(awslambda: Any, tmp_path: Path, make_function: MakeFunction) -> None:
    name = make_function(
        """
        import os, pathlib, time
        def handler(event, context):
            folder = pathlib.Path(event['folder'])
            (folder / str(os.getpid())).touch()
            until = time.time() + 20
            while len(list(folder.iterdir())) < 2 and time.time() < until:
                time.sleep(0.01)
            return len(list(folder.iterdir()))
        """,
        Timeout=30,
    )
    with ThreadPoolExecutor(2) as threads:
        # each waits for the other, so neither could answer 2 alone
        answers = list(threads.map(lambda _: invoke(awslambda, name, {"folder": str(tmp_path)})["Payload"], range(2)))
    assert answers == [2, 2]


def test_an_event_is_tried_three_times(
    awslambda: Any, client: ClientOf, bucket: str, make_function: MakeFunction
) -> None:
    name = make_function(
        """
        import boto3
        def handler(event, context):
            s3 = boto3.client('s3')
            tries = s3.list_objects_v2(Bucket=event['bucket']).get('KeyCount', 0)
            s3.put_object(Bucket=event['bucket'], Key=f'{context.aws_request_id}/{tries}', Body=b'')
            raise RuntimeError('never')
        """,
        Timeout=30,
    )
    answer = invoke(awslambda, name, {"bucket": bucket}, InvocationType="Event")
    assert (answer["StatusCode"], answer["Payload"]) == (202, None)
    request_id = answer["ResponseMetadata"]["RequestId"]
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html): two more times,
    # under the same request id
    client("s3").get_waiter("object_exists").wait(
        Bucket=bucket, Key=f"{request_id}/2", WaiterConfig={"Delay": 0.2, "MaxAttempts": 100}
    )


def test_dry_run(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): raise RuntimeError('ran')")
    assert awslambda.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204


def test_names_and_qualifiers(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): return context.invoked_function_arn")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    for way in (name, f"{name}:$LATEST", arn, f"{arn}:$LATEST", f"000000000000:function:{name}"):
        assert invoke(awslambda, way)["Payload"] == arn
    with pytest.raises(ClientError, match=f"Function not found: {arn}:7") as refused:
        invoke(awslambda, name, Qualifier="7")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_lines_reach_cloudwatch_logs(awslambda: Any, client: ClientOf, make_function: MakeFunction) -> None:
    name = make_function("def handler(event, context): print('written once')")
    request_id = invoke(awslambda, name)["ResponseMetadata"]["RequestId"]
    logs = client("logs")
    messages = list[str]()
    for _ in range(200):
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            continue
        messages = [event["message"].rstrip("\n") for event in events]
        if any(message.startswith("REPORT") for message in messages):
            break
    assert messages[0] == f"START RequestId: {request_id} Version: $LATEST"
    assert "written once" in messages
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html)
    stream = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"][0]["logStreamName"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
