"""Python's own hook at its start, for Airflow's processes whose AWS is the platform under test (test_aws_profile.py).

Nothing but this machine can be reached, and each request to AWS, provider's operators and deferred triggers included,
is written down, a line of JSON each, before it is answered by the endpoint that AWS_STAND_IN names.
"""

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

from aiobotocore.httpsession import AIOHTTPSession
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from tests.e2e.aws_stand_in import Record, only_loopback, redirect

ENDPOINT = os.environ["AWS_STAND_IN"]
SENT, ESCAPED = Path(os.environ["AWS_STAND_IN_SENT"]), Path(os.environ["AWS_STAND_IN_ESCAPED"])


def note(request: AWSPreparedRequest) -> None:
    record = Record()
    record.add(request)
    (sent,) = record.requests
    body = None if sent.body is None else b64encode(sent.body).decode()
    write(SENT, {"method": sent.method, "url": sent.url, "headers": sent.headers, "body": body})
    redirect(request, ENDPOINT)


def write(path: Path, content: Any) -> None:
    with path.open("a") as file:
        file.write(json.dumps(content) + "\n")


def listen(session_type: Any) -> None:
    send = session_type.send

    def noted(session: Any, request: AWSPreparedRequest) -> Any:
        note(request)
        return send(session, request)

    session_type.send = noted


class Escaped(list[str]):
    def append(self, what: str) -> None:
        write(ESCAPED, what)


listen(URLLib3Session)
listen(AIOHTTPSession)
guard = only_loopback(Escaped())
guard.__enter__()
