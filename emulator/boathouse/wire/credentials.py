"""Who signed a request, for which service and region, as it says itself. Nothing here checks a signature."""

from collections.abc import Mapping
from dataclasses import dataclass

from boathouse.wire.messages import Headers


@dataclass(frozen=True, slots=True)
class Scope:
    """``region`` and ``signing_name`` are empty where the way of signing does not name them (Signature Version 2)."""

    access_key: str
    region: str = ""
    signing_name: str = ""


def read_scope(headers: Headers, query: Mapping[str, str]) -> Scope | None:
    """The credential scope of a signed header or a presigned URL; None for an anonymous request."""
    authorization = headers.get("authorization")
    if authorization.startswith("AWS4-"):
        start = authorization.find("Credential=")
        if start >= 0:
            credential = authorization[start + 11 :].partition(",")[0].strip()
            return _scope(credential, headers.get("x-amz-region-set"))
    elif authorization.startswith("AWS "):
        return Scope(authorization[4:].partition(":")[0])
    if "X-Amz-Credential" in query:
        return _scope(query["X-Amz-Credential"], query.get("X-Amz-Region-Set", ""))
    if "AWSAccessKeyId" in query:
        return Scope(query["AWSAccessKeyId"])
    return None


def _scope(credential: str, region_set: str) -> Scope:
    """``KEY/DATE/REGION/SERVICE/aws4_request``; SigV4a leaves the region out and sends a set of them."""
    parts = credential.split("/")
    if len(parts) >= 5:
        return Scope("/".join(parts[:-4]), parts[-3], parts[-2])
    if len(parts) == 4:
        region = region_set.partition(",")[0].strip()
        return Scope(parts[0], "" if "*" in region else region, parts[2])
    return Scope(parts[0])
