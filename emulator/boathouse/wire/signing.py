"""Signature Version 4 for requests to a base that checks it, by botocore's own signer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

from botocore.auth import UNSIGNED_PAYLOAD, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from boathouse.errors import AwsError
from boathouse.wire.models import signing_name

UNRESERVED = "-._~"
OF_A_SIGNATURE = frozenset(
    "X-Amz-Algorithm X-Amz-Credential X-Amz-Date X-Amz-Expires X-Amz-SignedHeaders X-Amz-Signature"
    " X-Amz-Security-Token AWSAccessKeyId Signature Expires".split()
)
"""The parameters that a presigned URL carries, of Signature Version 4 and 2."""
REPLACED = frozenset({"authorization", "date", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"})


class _S3Auth(S3SigV4Auth):  # type: ignore[misc]
    """S3 takes bodies that are not part of the signature, so that they can be streamed."""

    def payload(self, request: AWSRequest) -> str:
        return str(UNSIGNED_PAYLOAD)


def canonical(path: str, query: str) -> str:
    """Path and query in the one form that all servers sign alike, without what a presigned URL carries.

    A server decodes and encodes again before it compares; what it would encode otherwise must not be sent.
    """
    presigned = "X-Amz-Signature=" in query or "Signature=" in query
    parameters = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in parameters if not (presigned and name in OF_A_SIGNATURE)]
    encoded = quote(unquote_to_bytes(path), safe="/" + UNRESERVED)
    return encoded + (f"?{urlencode(kept, quote_via=quote, safe=UNRESERVED)}" if kept else "")


def expiry(query: str) -> datetime | None:
    """When the presigned URL that ``query`` belongs to stops being good; None where it is none."""
    given = dict(parse_qsl(query))
    try:
        if "X-Amz-Expires" in given:
            signed = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%S%z")
            return signed + timedelta(seconds=int(given["X-Amz-Expires"]))
        if "AWSAccessKeyId" in given:
            return datetime.fromtimestamp(int(given["Expires"]), UTC)
    except (KeyError, ValueError, OverflowError) as error:
        raise AwsError(
            "AuthorizationQueryParametersError", "Query-string authentication requires a valid date and expiry"
        ) from error
    return None


def sign(
    service: str,
    region: str,
    keys: tuple[str, str],
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> dict[str, str]:
    """``headers`` (lower-case names) with a signature over the host and AWS's own of them, and over ``body``, but for
    S3, whose bodies stream unsigned. ``url`` is canonical."""
    sent = {name: value for name, value in headers.items() if name not in REPLACED}
    signed = {name: value for name, value in sent.items() if name == "host" or name.startswith("x-amz-")}
    request = AWSRequest(method, url, signed, body)
    auth = _S3Auth if service == "s3" else SigV4Auth
    auth(Credentials(*keys), signing_name(service), region).add_auth(request)
    return sent | {name.lower(): str(value) for name, value in request.headers.items()}
