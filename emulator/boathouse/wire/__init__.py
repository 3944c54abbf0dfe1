"""AWS's wire protocols, driven by botocore's models: bytes in, boto3's shapes out, and back. Knows no service."""

from boathouse.wire.answers import answer
from boathouse.wire.calls import decode, encode, streams_input
from boathouse.wire.chunked import ChunkedBody, is_aws_chunked
from boathouse.wire.messages import Answer, Head, Headers, Outgoing
from boathouse.wire.models import signing_name
from boathouse.wire.parsing import parse
from boathouse.wire.refusals import refuse
from boathouse.wire.signing import canonical, expiry, sign
from boathouse.wire.targets import Target, identify, names_operation_in_body, resolve
from boathouse.wire.validation import validate

__all__ = [
    "Answer",
    "ChunkedBody",
    "Head",
    "Headers",
    "Outgoing",
    "Target",
    "answer",
    "canonical",
    "decode",
    "encode",
    "expiry",
    "identify",
    "is_aws_chunked",
    "names_operation_in_body",
    "parse",
    "refuse",
    "resolve",
    "sign",
    "signing_name",
    "streams_input",
    "validate",
]
