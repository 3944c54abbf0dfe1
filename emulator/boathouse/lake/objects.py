"""Objects in S3, by the platform's own calls: so policy, encryption and audit hold for them as for any client's.

Knows no table and no format. Bodies are bytes: what goes through here is small (results, manifests, scripts).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.errors import AwsError

SCHEMES = ("s3://", "s3a://", "s3n://")
BATCH = 1000
"""Keys of one DeleteObjects (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html)."""


@dataclass(frozen=True, slots=True)
class S3Uri:
    """``s3://bucket/key``. The key is taken as it stands: nothing in it is percent-decoded."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> "S3Uri":
        """Raises ValueError for what is no address of S3."""
        for scheme in SCHEMES:
            if text.startswith(scheme):
                bucket, _, key = text[len(scheme) :].partition("/")
                if bucket:
                    return cls(bucket, key)
        raise ValueError(f"'{text}' is no s3:// location")

    @property
    def folder(self) -> "S3Uri":
        """The same as a prefix of what lies in it: ``a/dt=1`` does not hold ``a/dt=10/x``."""
        return self if not self.key or self.key.endswith("/") else S3Uri(self.bucket, self.key + "/")

    def child(self, name: str) -> "S3Uri":
        return S3Uri(self.bucket, self.folder.key + name)


@dataclass(frozen=True, slots=True)
class Object:
    """One listed object. ``storage_class`` is S3's name (``STANDARD``, ``GLACIER``), ``etag`` as S3 quotes it."""

    key: str
    size: int
    storage_class: str = "STANDARD"
    etag: str = ""


class Objects:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def pages(self, principal: Principal, prefix: S3Uri) -> AsyncIterator[list[Object]]:
        """Every object whose key begins with the prefix's, a page of up to 1,000 at a time, in key order."""
        request: dict[str, Any] = {"Bucket": prefix.bucket, "Prefix": prefix.key}
        while True:
            page = await self._call("s3", "ListObjectsV2", request, as_=principal)
            yield [
                Object(found["Key"], found["Size"], found.get("StorageClass", "STANDARD"), found.get("ETag", ""))
                for found in page.get("Contents", ())
            ]
            if not page.get("IsTruncated"):
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    async def list(self, principal: Principal, prefix: S3Uri) -> list[Object]:
        return [found async for page in self.pages(principal, prefix) for found in page]

    async def any(self, principal: Principal, prefix: S3Uri) -> bool:
        """Whether anything lies under the prefix."""
        request = {"Bucket": prefix.bucket, "Prefix": prefix.key, "MaxKeys": 1}
        return bool((await self._call("s3", "ListObjectsV2", request, as_=principal)).get("Contents"))

    async def get(self, principal: Principal, uri: S3Uri, *, version: str | None = None) -> bytes:
        request = {"Bucket": uri.bucket, "Key": uri.key} | ({"VersionId": version} if version else {})
        body: bytes = (await self._call("s3", "GetObject", request, as_=principal))["Body"]
        return body

    async def head(self, principal: Principal, uri: S3Uri) -> dict[str, Any] | None:
        """HeadObject's answer, None where there is no such object."""
        try:
            return await self._call("s3", "HeadObject", {"Bucket": uri.bucket, "Key": uri.key}, as_=principal)
        except AwsError as error:
            if error.code in ("404", "NoSuchKey"):
                return None
            raise

    async def put(
        self, principal: Principal, uri: S3Uri, body: bytes, *, options: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """``options`` are further members of PutObject, such as those of ``encryption``."""
        request = {"Bucket": uri.bucket, "Key": uri.key, "Body": body, **(options or {})}
        return await self._call("s3", "PutObject", request, as_=principal)

    async def delete(self, principal: Principal, bucket: str, keys: Sequence[str]) -> None:
        """Deletes them all; a key that S3 refused raises its AwsError."""
        for start in range(0, len(keys), BATCH):
            objects = [{"Key": key} for key in keys[start : start + BATCH]]
            request = {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}}
            for error in (await self._call("s3", "DeleteObjects", request, as_=principal)).get("Errors", ()):
                raise AwsError(error["Code"], f"{error['Key']}: {error.get('Message', '')}")


def encryption(option: str | None, key: str | None = None) -> dict[str, str]:
    """PutObject's members for an encryption as Athena and Glue name it: SSE_S3, SSE_KMS (with or without a key).

    Both ``SSE_KMS`` (Athena) and ``SSE-KMS`` (Glue) are read; None and ``DISABLED`` mean the bucket's default.
    """
    if option in (None, "", "DISABLED"):
        return {}
    kind = str(option).replace("-", "_")
    if kind == "SSE_S3":
        return {"ServerSideEncryption": "AES256"}
    if kind == "SSE_KMS":
        return {"ServerSideEncryption": "aws:kms"} | ({"SSEKMSKeyId": key} if key else {})
    raise AwsError("InvalidRequestException", f"emulator: the encryption option {option} is not supported")
