"""An S3 base that is not the KMS's, as MinIO: it knows none of our keys and encrypts with the one that is its own.

So the key's ARN goes with the object, as metadata that nobody else sees: object and name are written and copied, and
gone, as one. A bucket's default encryption is applied here too, since the base would refuse the key that it names.
"""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from boathouse.call import Call
from boathouse.context import Context
from boathouse.service import Passed, Request
from boathouse.services.s3.configurations import ENCRYPTION
from boathouse.services.s3.headers import KMS, MEMBERS, SSE, SSE_KEY
from boathouse.services.s3.store import Store

KEPT_KEY = "x-amz-meta-boathouse-kms-key"
ENCRYPTING = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
SYSTEM_METADATA = {
    "CacheControl": "cache-control",
    "ContentDisposition": "content-disposition",
    "ContentEncoding": "content-encoding",
    "ContentLanguage": "content-language",
    "ContentType": "content-type",
    "ExpiresString": "expires",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
}
"""What a copy takes along besides the user's own metadata, by what HeadObject answers."""


class OwnKey:
    """Puts our names for keys in the place of the base's."""

    def __init__(self, store: Store, call: Call) -> None:
        self._store = store
        self._call = call

    def add_default(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """The bucket's default encryption, where the request asks for none."""
        if context.operation in ENCRYPTING and SSE not in headers:
            headers.update(self._default(request["Bucket"]))

    async def hide(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """Moves the key's ARN to where the base keeps it without asking what it means."""
        if context.operation not in ENCRYPTING:
            return
        arn = headers.pop(SSE_KEY, None)
        if arn is None:
            headers.pop(KEPT_KEY, None)
            return
        if context.operation == "CopyObject" and request.get("MetadataDirective", "COPY") == "COPY":
            headers.update(await self._metadata_of_source(context, request["CopySource"]))
            headers["x-amz-metadata-directive"] = "REPLACE"
        headers[KEPT_KEY] = arn

    def reveal(self, context: Context, request: Request, passed: Passed) -> None:
        """Names the encryption in the base's answer: the key as ARN, alias or id. Of copies and uploads in parts MinIO
        answers none, AWS does."""
        kept = passed.headers.pop(KEPT_KEY, None)
        if passed.status >= 300:
            return
        if context.operation in ENCRYPTING:
            passed.headers.pop(SSE_KEY, None)
            passed.headers.update(_asked(request) or self._default(request["Bucket"]))
        elif request.get("UploadId"):
            upload = self._store.upload(request["Bucket"], request["UploadId"])
            passed.headers.update({MEMBERS[member]: value for member, value in upload.items()})
        elif kept is not None and passed.headers.get(SSE) in KMS:
            passed.headers[SSE_KEY] = kept

    def _default(self, bucket: str) -> dict[str, str]:
        for rule in (self._store.configuration(bucket, ENCRYPTION) or {}).get("Rules", []):
            chosen = rule.get("ApplyServerSideEncryptionByDefault", {})
            if chosen.get("SSEAlgorithm") in KMS and chosen.get("KMSMasterKeyID"):
                return {SSE: chosen["SSEAlgorithm"], SSE_KEY: chosen["KMSMasterKeyID"]}
            if "SSEAlgorithm" in chosen:
                return {SSE: chosen["SSEAlgorithm"]}
        return {}

    async def _metadata_of_source(self, context: Context, source: str | dict[str, str]) -> dict[str, str]:
        found = await self._call("s3", "HeadObject", _located(source), as_=context.principal)
        system = {header: str(found[member]) for member, header in SYSTEM_METADATA.items() if found.get(member)}
        return system | {f"x-amz-meta-{name.lower()}": value for name, value in found.get("Metadata", {}).items()}


def _asked(request: Request) -> dict[str, str]:
    return {header: request[member] for member, header in MEMBERS.items() if request.get(member)}


def _located(source: str | dict[str, str]) -> dict[str, Any]:
    """Bucket, key and version of a copy's source: the header's text, or boto3's mapping."""
    if not isinstance(source, str):
        return source
    path, _, version = unquote(source).lstrip("/").partition("?versionId=")
    bucket, _, key = path.partition("/")
    return {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
