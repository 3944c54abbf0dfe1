"""What a request was answered, over a connection that is used again, and whether AWS's clients can read it."""

import http.client
import socket
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from botocore.model import OperationModel
from botocore.parsers import ResponseParserError, create_parser

from tests.fire.attacks.encoding import Request

PATIENCE = 30.0
"""Seconds for an answer. The longest that a handler may wait of its own accord is a function's run."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def faults(self, operation: OperationModel, protocol: str) -> list[str]:
        """What no client should have to read; empty where all is well."""
        if self.status >= 500 and self.status != 501:
            return [f"answered {self.status}"]
        if self.status < 300 and operation.has_streaming_output:
            return []
        parser = create_parser("rest-xml" if operation.service_model.service_name == "s3" else protocol)
        response = {"status_code": self.status, "headers": self.headers, "body": self.body}
        response["context"] = {"operation_name": operation.name}
        try:
            parsed: dict[str, Any] = parser.parse(response, operation.output_shape)
        except (ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as error:
            return [f"a {self.status} that botocore cannot parse: {error!r}"]
        code = parsed.get("Error", {}).get("Code", "")
        if self.status >= 300 and (not code or (code.isdigit() and self.body)):
            return [f"a {self.status} without a code"]
        return []


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Line:
    """A connection kept open from request to request, opened anew when the other side has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def ask(self, request: Request) -> Answer:
        """Raises OSError or HTTPException where no answer came."""
        data = request.wire()
        for fresh in (False, True):
            connection = self._connection()
            try:
                connection.sendall(data)
                return self._answer(connection, request.method)
            except (http.client.HTTPException, OSError):
                self.close()
                if fresh:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connection(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=PATIENCE)
        return self._socket

    def _answer(self, connection: socket.socket, method: bytes) -> Answer:
        response = http.client.HTTPResponse(connection, method=method.decode("latin-1"))
        answer = _whole(response)
        if response.will_close:
            self.close()
        response.close()
        return answer


def answer_from(connection: socket.socket) -> Answer:
    return _whole(http.client.HTTPResponse(connection))


def answers_in(data: bytes) -> list[Answer]:
    """All that came over a connection. Raises HTTPException for what is no whole answer."""
    kept, found = _Kept(data.removesuffix(CONTINUE)), []
    while kept.tell() < len(kept.getvalue()):
        found.append(_whole(http.client.HTTPResponse(kept)))  # type: ignore[arg-type]
    return found


def _whole(response: http.client.HTTPResponse) -> Answer:
    response.begin()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


class _Kept(BytesIO):
    """A file that is read from one answer to the next, by whom believes that each has a socket's of its own."""

    def makefile(self, _: str) -> "_Kept":
        return self

    def close(self) -> None:
        pass
