"""The aws-chunked encoding, however its bytes are cut on the way.

documented(https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html)
documented(https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html)
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from boathouse.errors import AwsError
from boathouse.wire import ChunkedBody, Headers, is_aws_chunked

SIGNED = b"5;chunk-signature=abc\r\nhello\r\n6;chunk-signature=def\r\n world\r\n0;chunk-signature=0\r\n\r\n"
TRAILED = b"b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\nx-amz-trailer-signature: abc\r\n\r\n"


def decoded(body: bytes, size: int) -> tuple[bytes, dict[str, str]]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    async def whole() -> tuple[bytes, dict[str, str]]:
        chunked = ChunkedBody(pieces())
        return b"".join([piece async for piece in chunked]), chunked.trailers

    return asyncio.run(whole())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_are_joined_however_they_are_cut(size: int) -> None:
    assert decoded(SIGNED, size) == (b"hello world", {})
    wanted = {"x-amz-checksum-crc32": "DUoRhQ==", "x-amz-trailer-signature": "abc"}
    assert decoded(TRAILED, size) == (b"hello world", wanted)


def test_content_may_look_like_the_encoding() -> None:
    content = b"0\r\n\r\n5;chunk-signature=\r\n"
    assert decoded(b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content), 4)[0] == content


def test_the_last_empty_line_may_be_missing() -> None:
    # client(name): older SDKs end after the last chunk's header
    assert decoded(b"1\r\nx\r\n0\r\n", 100) == (b"x", {})
    assert decoded(b"0\r\n\r\n", 100) == (b"", {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello",
        b"5\r\nhello\r\n",
        b"5\r\nhello world\r\n0\r\n\r\n",
        b"-1\r\n",
        b"xyz\r\n",
        b"\r\n",
        b" \r\n",
        b"1_0\r\nx",
        b"f" * 17 + b"\r\n",
        b"1;" + b"x" * 20_000,
        b"0\r\nnot a trailer\r\n\r\n",
        b"5\nhello\n0\n",
    ],
)
def test_what_ends_too_early_or_is_no_chunk_is_incomplete(body: bytes) -> None:
    for size in (1, 1000):
        with pytest.raises(AwsError) as raised:
            decoded(body, size)
        assert (raised.value.code, raised.value.status) == ("IncompleteBody", 400)


def test_it_is_recognised_by_its_headers() -> None:
    assert is_aws_chunked(Headers([("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]))
    assert is_aws_chunked(Headers([("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]))
    assert is_aws_chunked(Headers([("Content-Encoding", "gzip,aws-chunked")]))
    assert not is_aws_chunked(Headers([("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), ("Content-Encoding", "gzip")]))
