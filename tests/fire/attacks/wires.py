"""Requests that no client would send: a good one with one thing wrong, or bytes that are hardly HTTP at all."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.fire.attacks.encoding import Request

Draw = Any
Mutation = Callable[[Draw, Request], Request]

BODIES = (
    b"", b" ", b"[]", b"null", b"7", b'"text"', b"{", b"}", b'{"a"', b"{'a': 1}", b'{"a": 1,}', b"NaN",
    b"[" * 100_000, b'{"a":' * 50_000, b"\x00", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'{"a": 1e999999}',
    b'{"a": ' + b"9" * 5000 + b"}", b'{"a": "\\ud800"}', b'{"a": "\x01"}', b"<", b"<a>", b"<a/>",
    b"<?xml version='1.0' encoding='UTF-16'?><a/>", b"<a>" * 50_000, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b"<a xmlns:b='c' b:d='e'><![CDATA[f]]></a>", b"&", b"=", b"%", b"%zz=1", b"a=%ff", b"Action", b"Action=",
    b"Action=X&Action=Y", b"a.b.c=1&a.b=2&a=3", b"a." * 5000 + b"=1", b"a.member.99999999999=1", b"a.member.x=1",
    b"Tags.member.1.Key=a&Tags.member.01.Key=b", b"\xbf\x61a\xff", b"\xa1\x61a\x9f", b"--x\r\n\r\n--x--\r\n",
    gzip.compress(b"{}"), b"5;chunk-signature=0\r\nhello\r\n0;chunk-signature=0\r\n\r\n", b"x" * 3_000_000,
)  # fmt: skip
TYPES = (
    b"", b"text/plain", b"application/json", b"application/x-amz-json-1.0", b"application/x-amz-json-9.9",
    b"application/xml", b"application/cbor", b"application/x-amz-cbor-1.1", b"application/x-www-form-urlencoded",
    b"multipart/form-data", b"multipart/form-data; boundary=x", b"application/x-amz-json-1.1; charset=utf-16",
    b";;;", b"\xff", b"a" * 4000,
)  # fmt: skip
TARGETS = (
    b"", b".", b"x", b"AWSGlue", b"AWSGlue.", b".GetTable", b"AWSGlue.GetTable", b"AWSGlue.gettable",
    b"awsglue.GetTable", b"AWSGlue.GetTable.GetTable", b"AmazonAthena.StartQueryExecution",
    b"Kinesis_20131202.PutRecords", b"Firehose_20150804.PutRecord", b"AWSGlue.StartCompletion",
    b"DynamoDB_20120810.Query", b"\xff\xff.\xff", b"AWSGlue." + b"x" * 8000, b"AWSGlue.__init__",
)  # fmt: skip
METHODS = (b"GET", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"POST")
PATHS = (
    b"/", b"//", b"/.", b"/..", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/%", b"/%zz", b"/%00", b"/%ff",
    b"/%ED%A0%80", b"/\xff", b"/a b"[:2], b"/seed-bucket", b"/seed-bucket/", b"/seed-bucket//", b"/seed-bucket/%2F",
    b"/seed-bucket/..", b"/Seed_Bucket/x", b"/2015-03-31/functions/", b"/2015-03-31/functions/%2F/invocations",
    b"/2015-03-31/functions/seed-function/invocations/x", b"/2017-03-31/tags/arn%3Aaws", b"/service/x/operation/y",
    b"/service/GraniteServiceVersion20100801/operation/DescribeAlarms", b"/_boathouse/nothing", b"/_boathouse/",
    b"/_boathouse/translation", b"/_boathouse/sns/%00", b"/_boathouse/sns/x", b"/v20180820/x", b"/" + b"a" * 8000,
    b"/" + b"a/" * 4000, b"/latest/meta-data/", b"/000000000000/queue", b"*", b"http://example.org/x", b"x",
)  # fmt: skip
QUERIES = (
    b"?", b"?&", b"?=", b"?%", b"?%zz", b"?a=%ff", b"?a&a&a", b"?list-type=2&list-type=1", b"?policy",
    b"?policy&acl", b"?uploads&uploadId=x", b"?Action=GetCallerIdentity&Action=AssumeRole", b"?Action=",
    b"?Action=X&Version=Y", b"?X-Amz-Algorithm=AWS4-HMAC-SHA256",
    b"?X-Amz-Credential=a%2Fb%2Fc%2Fd%2Faws4_request&X-Amz-Date=x&X-Amz-Expires=y&X-Amz-Signature=z",
    b"?X-Amz-Credential=%ff", b"?X-Amz-Expires=-1&X-Amz-Date=20260101T000000Z",
    b"?X-Amz-Date=99999999T999999Z&X-Amz-Expires=1", b"?AWSAccessKeyId=x&Expires=y&Signature=z",
    b"?X-Amz-Date=20260101T000000Z&X-Amz-Expires=999999999999999999",
    b"?Expires=9999999999999999999999&AWSAccessKeyId=x&Signature=z", b"?X-Amz-Security-Token=x", b"?max-keys=-1",
    b"?max-keys=x", b"?partNumber=0&uploadId=x", b"?versionId=", b"?a=" + b"b" * 8000, b"?" + b"a&" * 3000,
    b"?Qualifier=%00", b"?MaxItems=9999999999999999999", b"?Marker=%22", b"?tagKeys=", b"?x-id=GetObject",
    b"?delete", b"?logging&website",
)  # fmt: skip
AUTHORIZATIONS = (
    b"", b"AWS4-HMAC-SHA256", b"AWS4-HMAC-SHA256 Credential=", b"AWS4-HMAC-SHA256 Credential=a",
    b"AWS4-HMAC-SHA256 Credential=a/b/c/d/e/f/g", b"AWS4-HMAC-SHA256 Credential=////",
    b"AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/glue/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=000000000000/20260101//glue/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=000000000000/x/us-east-1/nothing/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=000000000000/20260101/'; --/glue/aws4_request, Signature=0", b"Basic YTpi",
    b"Bearer x", b"AWS a:b", b"AWS :", b"AWS4-HMAC-SHA256 Credential=\xff/20260101/us-east-1/s3/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=" + b"9" * 9000 + b"/1/r/s3/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=ASIAGONE/20260101/us-east-1/glue/aws4_request",
    b"AWS4-ECDSA-P256-SHA256 Credential=a/20260101/s3/aws4_request",
    b"AWS4-HMAC-SHA256 Credential=999999999999/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
    b"AWS4-HMAC-SHA256 Credential=000000000000/20260101/../../x/lambda/aws4_request", b"\x09",
)  # fmt: skip
HOSTS = (
    b"", b"a b", b"[::1", b"[", b"]", b"..", b".", b"@", b"a@b", b"127.0.0.1:99999", b"127.0.0.1:x", b":",
    b"x" * 4000, b"\xff", b"s3.", b".s3.amazonaws.com", b"seed-bucket.s3.amazonaws.com", b"s3.amazonaws.com",
    b"..s3.localhost", b"lambda.us-east-1.amazonaws.com", b"a.execute-api.us-east-1.amazonaws.com",
    b"glue.\x00.amazonaws.com", b"[::1]:80", b"%00", b"localhost.", b"seed-bucket.localhost",
    b"\xc3\xa9.s3.localhost",
)  # fmt: skip
HEADERS = (
    (b"X-Amz-Date", b"yesterday"), (b"Date", b"x"), (b"X-Amz-Content-Sha256", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    (b"X-Amz-Content-Sha256", b"x"), (b"X-Amz-Content-Sha256", b"STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
    (b"X-Amz-Decoded-Content-Length", b"-1"), (b"Content-Encoding", b"gzip"), (b"Content-Encoding", b"aws-chunked"),
    (b"Content-Encoding", b"br, gzip, x"), (b"Content-MD5", b"x"), (b"X-Amz-Checksum-Crc32", b"x"),
    (b"X-Amz-Sdk-Checksum-Algorithm", b"x"), (b"Connection", b"close"), (b"Connection", b"Upgrade, HTTP2-Settings"),
    (b"Upgrade", b"h2c"), (b"Upgrade", b"websocket"), (b"smithy-protocol", b"rpc-v2-cbor"),
    (b"smithy-protocol", b"x"), (b"Origin", b"http://["), (b"Origin", b"\xff"), (b"Origin", b"https://evil.example"),
    (b"Accept", b"\xff"), (b"Range", b"bytes=9-1"), (b"Cookie", b"a=b"), (b"X-Amz-Security-Token", b"x"),
    (b"X-Amz-Invocation-Type", b"x"), (b"X-Amz-Client-Context", b"!"), (b"X-Amz-Client-Context", b"e30="),
    (b"X-Amz-Log-Type", b"Tail"), (b"X-Amz-Copy-Source", b"%ff"), (b"X-Amz-Copy-Source", b"/"),
    (b"X-Amz-Tagging", b"%"), (b"X-Amz-Object-Lock-Retain-Until-Date", b"x"),
    (b"X-Amz-Server-Side-Encryption", b"x"), (b"X-Amz-Server-Side-Encryption-Customer-Key", b"x"),
    (b"X-Amz-Meta-\xff", b"\xff"), (b"X-Forwarded-For", b"x"), (b"X-Amz-Account-Id", b"x"),
    (b"x-amzn-query-mode", b"true"), (b"X-Amz-Expected-Bucket-Owner", b"x"), (b"X-Long", b"y" * 30_000),
)  # fmt: skip


@st.composite
def mutated(draw: Draw, request: Request) -> Request:
    """``request`` with one or two things wrong, framed as HTTP is."""
    for _ in range(draw(st.sampled_from((1, 1, 2)))):
        request = draw(st.sampled_from(MUTATIONS))(draw, request)
    return request


def _body(draw: Draw, request: Request) -> Request:
    return replace(request, body=draw(st.sampled_from(BODIES)))


def _damaged(draw: Draw, request: Request) -> Request:
    """The body cut off, doubled, or with bytes of its own replaced."""
    body, at = request.body, draw(st.integers(0, max(0, len(request.body) - 1)))
    new = draw(st.binary(min_size=1, max_size=4))
    kinds = (body[:at], body[:at] + new + body[at + 1 :], body[:at] + new + body[at:], body + body, body[at:])
    return replace(request, body=draw(st.sampled_from(kinds)))


def _doubled_member(draw: Draw, request: Request) -> Request:
    """A member twice, which JSON lets pass and forms do, too."""
    if request.body.startswith(b"{") and len(request.body) > 2:
        return replace(request, body=request.body[:-1] + b"," + request.body[1:])
    return replace(request, body=request.body + b"&" + request.body)


def _as_text(draw: Draw, request: Request) -> Request:
    try:
        read = json.loads(request.body)
    except (ValueError, RecursionError):
        read = request.body.decode("latin-1")
    return replace(request, body=json.dumps([read] if draw(st.booleans()) else json.dumps(read)).encode())


def _type(draw: Draw, request: Request) -> Request:
    return request.having(b"Content-Type", draw(st.sampled_from(TYPES)))


def _target(draw: Draw, request: Request) -> Request:
    return request.having(b"X-Amz-Target", draw(st.sampled_from(TARGETS)))


def _method(draw: Draw, request: Request) -> Request:
    return replace(request, method=draw(st.sampled_from(METHODS)))


def _path(draw: Draw, request: Request) -> Request:
    _, mark, query = request.target.partition(b"?")
    return replace(request, target=draw(st.sampled_from(PATHS)) + mark + query)


def _query(draw: Draw, request: Request) -> Request:
    query = draw(st.sampled_from(QUERIES))
    return replace(request, target=request.target + (b"&" + query[1:] if b"?" in request.target else query))


def _authorization(draw: Draw, request: Request) -> Request:
    return request.having(b"Authorization", draw(st.sampled_from(AUTHORIZATIONS)))


def _host(draw: Draw, request: Request) -> Request:
    return request.having(b"Host", draw(st.sampled_from(HOSTS)))


def _header(draw: Draw, request: Request) -> Request:
    return request.having(*draw(st.sampled_from(HEADERS)))


def _less(draw: Draw, request: Request) -> Request:
    return request.without(draw(st.sampled_from(request.headers))[0])


def _twice(draw: Draw, request: Request) -> Request:
    return replace(request, headers=(*request.headers, draw(st.sampled_from(request.headers))))


MUTATIONS: tuple[Mutation, ...] = (
    _body, _body, _damaged, _damaged, _doubled_member, _as_text, _type, _target, _method, _path, _query,
    _authorization, _host, _header, _header, _less, _twice,
)  # fmt: skip


def misframed(request: Request) -> dict[str, bytes]:
    """Bytes that break HTTP's own rules, or stretch them, by what is wrong with them."""
    good, body = request.wire(), request.body or b"{}"
    head = replace(request, body=b"").without(b"Content-Length")
    length = str(len(body)).encode()

    def headed(*extra: tuple[bytes, bytes], body: bytes = body, version: bytes = b"HTTP/1.1") -> bytes:
        return replace(head, headers=(*head.headers, *extra), body=body).wire(version)

    chunked = (b"Transfer-Encoding", b"chunked")
    return {
        "cut off within the request line": good[:7],
        "cut off within the headers": good[: good.find(b"\r\n\r\n") - 3],
        "longer than it says": headed((b"Content-Length", b"1")),
        "shorter than it says": headed((b"Content-Length", b"99999")),
        "of a negative length": headed((b"Content-Length", b"-1")),
        "of a length in words": headed((b"Content-Length", b"many")),
        "of a length in another base": headed((b"Content-Length", b"0x2")),
        "of a signed length": headed((b"Content-Length", b"+" + length)),
        "of two lengths": headed((b"Content-Length", length), (b"Content-Length", b"7")),
        "of the same length twice": headed((b"Content-Length", length), (b"Content-Length", length)),
        "of a length beyond all numbers": headed((b"Content-Length", b"9" * 40)),
        "both of a length and in chunks": headed((b"Content-Length", length), chunked, body=_in_chunks(body)),
        "in chunks": headed(chunked, body=_in_chunks(body)),
        "in chunks with a trailer": headed(chunked, body=_in_chunks(body)[:-2] + b"X-Amz-Checksum-Crc32: x\r\n\r\n"),
        "in chunks of no number": headed(chunked, body=b"zz\r\n" + body + b"\r\n0\r\n\r\n"),
        "in chunks of a negative size": headed(chunked, body=b"-5\r\nhello\r\n0\r\n\r\n"),
        "in chunks beyond all sizes": headed(chunked, body=b"F" * 20 + b"\r\nhello\r\n"),
        "in chunks without an end": headed(chunked, body=b"5\r\nhel"),
        "in chunks with garbage between": headed(chunked, body=b"2\r\n{}garbage\r\n0\r\n\r\n"),
        "in chunks with an extension": headed(chunked, body=b"2;" + b"x" * 5000 + b"\r\n{}\r\n0\r\n\r\n"),
        "of an unknown transfer encoding": headed((b"Transfer-Encoding", b"gzip")),
        "of two transfer encodings": headed((b"Transfer-Encoding", b"gzip, chunked"), body=_in_chunks(body)),
        "aws-chunked and not": headed(
            (b"X-Amz-Content-Sha256", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            (b"X-Amz-Decoded-Content-Length", b"5"),
            (b"Content-Encoding", b"aws-chunked"),
            (b"Content-Length", length),
        ),
        "HTTP/1.0": headed((b"Content-Length", length), version=b"HTTP/1.0"),
        "HTTP/1.0 kept alive": headed((b"Content-Length", length), (b"Connection", b"keep-alive"), version=b"HTTP/1.0"),
        "HTTP/0.9": b"GET /\r\n",
        "HTTP/3.7": headed((b"Content-Length", length), version=b"HTTP/3.7"),
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 30,
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 60,
        "no HTTP": b"\x00" * 300,
        "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
        "with bare line feeds": good.replace(b"\r\n", b"\n"),
        "with bare carriage returns": good.replace(b"\r\n", b"\r"),
        "after empty lines": b"\r\n\r\n" + good,
        "after many empty lines": b"\r\n" * 5000 + good,
        "with a folded header": headed((b"X-Folded", b"a\r\n b"), (b"Content-Length", length)),
        "with a header without a colon": good.replace(b"\r\n\r\n", b"\r\nnothing\r\n\r\n", 1),
        "with a header without a name": good.replace(b"\r\n\r\n", b"\r\n: x\r\n\r\n", 1),
        "with a space before the colon": good.replace(b"Host:", b"Host :", 1),
        "with NUL in a header": headed((b"X-Nul", b"a\x00b"), (b"Content-Length", length)),
        "with a header of 200 kB": headed((b"X-Long", b"x" * 200_000), (b"Content-Length", length)),
        "with 5000 headers": headed(*[(b"X-%d" % number, b"y") for number in range(5000)], (b"Content-Length", length)),
        "of a target of 200 kB": good.replace(b" /", b" /" + b"x" * 200_000, 1),
        "of a target with spaces": good.replace(b" /", b" /a b c", 1),
        "without a target": good.replace(b" / ", b" ", 1),
        "of an unknown method": b"FETCH" + good[good.find(b" ") :],
        "of a method of 100 kB": b"A" * 100_000 + good[good.find(b" ") :],
        "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
        "pipelined": good * 5,
        "pipelined with garbage": good + b"garbage\r\n\r\n" + good,
        "that expects to continue": headed((b"Expect", b"100-continue"), (b"Content-Length", length)),
        "that expects what nobody does": headed((b"Expect", b"200-ok"), (b"Content-Length", length)),
        "to be upgraded": headed(
            (b"Connection", b"Upgrade"),
            (b"Upgrade", b"websocket"),
            (b"Sec-WebSocket-Key", b"x"),
            (b"Content-Length", length),
        ),
        "without a host": request.without(b"Host").wire(),
        "of two hosts": replace(request, headers=(*request.headers, (b"Host", b"b"))).wire(),
    }


def _in_chunks(body: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 7]), body[at : at + 7]) for at in range(0, len(body), 7))
        + b"0\r\n\r\n"
    )
