"""Signing for a base: what is sent is what the base will sign when it compares."""

from datetime import UTC, datetime

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from boathouse import wire
from boathouse.errors import AwsError

KEYS = ("base-key", "base-secret")


@pytest.mark.parametrize(
    ("path", "query", "canonical"),
    [
        ("/b/a%20b/%C3%BC+(1)", "", "/b/a%20b/%C3%BC%2B%281%29"),
        ("/b/a~b//c", "", "/b/a~b//c"),
        ("/b", "acl", "/b?acl="),
        ("/b", "prefix=a/b&delimiter=%2F&marker=x+y", "/b?prefix=a%2Fb&delimiter=%2F&marker=x%20y"),
        ("/b/k", "versionId=1&X-Amz-Date=d&X-Amz-Signature=s&X-Amz-Expires=9", "/b/k?versionId=1"),
        (
            "/b/k",
            "AWSAccessKeyId=k&Signature=s&Expires=9&response-content-type=a%2Fb",
            "/b/k?response-content-type=a%2Fb",
        ),
        ("/b/k", "Expires=9", "/b/k?Expires=9"),
    ],
)
def test_path_and_query_in_one_form(path: str, query: str, canonical: str) -> None:
    assert wire.canonical(path, query) == canonical


def test_a_signature_is_botocores() -> None:
    """client(botocore): its own signer, given what was sent, comes to the same signature."""
    headers = {"host": "minio:9000", "x-amz-meta-a": "1", "content-type": "text/plain", "authorization": "AWS4-… old"}
    url = "http://minio:9000/b/a%20b?acl="
    sent = wire.sign("s3", "eu-west-1", KEYS, "PUT", url, headers, None)
    assert (sent["x-amz-content-sha256"], sent["content-type"]) == ("UNSIGNED-PAYLOAD", "text/plain")
    own = {name: value for name, value in sent.items() if name == "host" or name.startswith("x-amz-")}
    request = AWSRequest("PUT", url, own)
    request.context["timestamp"] = sent["x-amz-date"]
    auth = S3SigV4Auth(Credentials(*KEYS), "s3", "eu-west-1")
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    assert sent["authorization"].endswith(f"Signature={signature}")
    assert "Credential=base-key/" in sent["authorization"]


def test_other_services_sign_their_bodies() -> None:
    url, body = "http://base:1/", b"Action=ListTopics"
    sent = wire.sign("sns", "us-east-1", KEYS, "POST", url, {"host": "base:1"}, body)
    request = AWSRequest("POST", url, {"host": "base:1", "x-amz-date": sent["x-amz-date"]}, body)
    request.context["timestamp"] = sent["x-amz-date"]
    auth = SigV4Auth(Credentials(*KEYS), "sns", "us-east-1")
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    assert sent["authorization"].endswith(f"Signature={signature}")


@pytest.mark.parametrize(
    ("query", "ends"),
    [
        ("X-Amz-Date=20260102T030405Z&X-Amz-Expires=60", datetime(2026, 1, 2, 3, 5, 5, tzinfo=UTC)),
        ("AWSAccessKeyId=k&Expires=0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Expires=5", None),
        ("list-type=2", None),
    ],
)
def test_when_a_presigned_url_ends(query: str, ends: datetime | None) -> None:
    assert wire.expiry(query) == ends


@pytest.mark.parametrize("query", ["X-Amz-Expires=60", "X-Amz-Date=soon&X-Amz-Expires=60", "AWSAccessKeyId=k"])
def test_a_presigned_url_without_a_readable_end(query: str) -> None:
    with pytest.raises(AwsError, match="AuthorizationQueryParametersError"):
        wire.expiry(query)
