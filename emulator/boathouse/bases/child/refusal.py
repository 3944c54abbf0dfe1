"""The answer to a call that the base could not do, in the form in which its service would answer an error."""

import json
import uuid
from collections.abc import Iterator
from xml.sax.saxutils import escape

from starlette.types import Message

CODE = "InternalFailure"
S3 = "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request}</RequestId></Error>"
QUERY = (
    "<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{request}</RequestId></ErrorResponse>"
)


def refusal(service: str, instead_of: Message, status: int, message: str) -> Iterator[Message]:
    """ASGI's messages. ``instead_of`` is the start of the answer that is not given."""
    headers = {name.lower(): value for name, value in instead_of.get("headers", [])}
    content_type = headers.get(b"content-type", b"")
    request = headers.get(b"x-amzn-requestid", str(uuid.uuid4()).encode())
    if b"json" in content_type:
        body = json.dumps({"__type": CODE, "message": message}).encode()
    else:
        content_type = b"application/xml"
        form = S3 if service == "s3" else QUERY
        body = form.format(code=CODE, message=escape(message), request=request.decode("latin-1")).encode()
    yield {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", content_type),
            (b"content-length", str(len(body)).encode()),
            (b"x-amzn-requestid", request),
            (b"x-amzn-errortype", CODE.encode()),
        ],
    }
    yield {"type": "http.response.body", "body": body}
