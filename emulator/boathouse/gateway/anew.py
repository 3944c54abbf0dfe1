"""Requests for a base that checks signatures: signed with its own keys, since ours and our clients' mean nothing to it.

What a client signed over is undone first: chunks that carry signatures, and the parameters of a presigned URL.
"""

from collections.abc import AsyncIterable
from dataclasses import dataclass, replace

from boathouse import wire
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.settings import BaseUrl

HELD = 32 * 1024 * 1024
"""Bytes up to which a body is held until its trailer has come: checksums then travel as headers. SDKs send objects of
more than 8 or 16 MB in parts. Of a larger body the trailing checksum is not handed on: it comes too late."""
Content = bytes | AsyncIterable[bytes] | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A request on its way to a base. ``target`` is the path with its query, ``headers`` have lower-case names."""

    method: str
    target: str
    headers: dict[str, str]
    content: Content


async def sign_anew(sent: Sent, context: Context, base: BaseUrl) -> Sent:
    """``sent`` with a signature by the base's keys."""
    path, _, query = sent.target.partition("?")
    if wire.is_aws_chunked(wire.Headers(sent.headers.items())):
        sent = await _without_chunks(sent)
    content = sent.content
    if context.service != "s3" and content is not None and not isinstance(content, bytes):
        content = b"".join([piece async for piece in content])
    target = wire.canonical(path, query)
    headers = wire.sign(
        context.service,
        context.region,
        (base.access_key or "", base.secret_key or ""),
        sent.method,
        base.url + target,
        sent.headers,
        content if isinstance(content, bytes) else None,
    )
    return replace(sent, target=target, headers=headers, content=content)


async def _without_chunks(sent: Sent) -> Sent:
    """The content as it is, which S3 stores; https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"""
    headers = dict(sent.headers)
    headers.pop("x-amz-trailer", None)
    headers.pop("content-length", None)
    length = headers.pop("x-amz-decoded-content-length", None)
    if length is None or not length.isdecimal():
        raise AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", status=411)
    encodings = [name.strip() for name in headers.pop("content-encoding", "").split(",")]
    if kept := [name for name in encodings if name not in ("", "aws-chunked")]:
        headers["content-encoding"] = ",".join(kept)
    body = wire.ChunkedBody(_pieces(sent.content))
    if int(length) > HELD:
        return replace(sent, headers=headers | {"content-length": length}, content=body)
    content = b"".join([piece async for piece in body])
    checksums = {name: value for name, value in body.trailers.items() if name.startswith("x-amz-checksum-")}
    return replace(sent, headers=headers | checksums | {"content-length": str(len(content))}, content=content)


async def _pieces(content: Content) -> AsyncIterable[bytes]:
    if isinstance(content, bytes):
        yield content
    elif content is not None:
        async for piece in content:
            yield piece
