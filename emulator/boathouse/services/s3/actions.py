"""Which IAM actions an S3 operation needs, on which resources.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

OBJECT_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "DeleteObjectTagging": "DeleteObjectTagging",
    "GetObject": "GetObject",
    "GetObjectAcl": "GetObjectAcl",
    "GetObjectAttributes": "GetObject",
    "GetObjectLegalHold": "GetObjectLegalHold",
    "GetObjectRetention": "GetObjectRetention",
    "GetObjectTagging": "GetObjectTagging",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "PutObjectAcl": "PutObjectAcl",
    "PutObjectLegalHold": "PutObjectLegalHold",
    "PutObjectRetention": "PutObjectRetention",
    "PutObjectTagging": "PutObjectTagging",
    "RestoreObject": "RestoreObject",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
BUCKET_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
}
VERSIONED = frozenset({"DeleteObject", "GetObject", "GetObjectAcl", "GetObjectTagging", "PutObjectTagging"})


@dataclass(frozen=True, slots=True)
class Ask:
    """One action on one resource: ``s3:PutObject`` on ``arn:aws:s3:::bucket/key`` of ``bucket``."""

    action: str
    bucket: str
    resource: str


def asks(operation: str, params: Mapping[str, Any]) -> Iterator[Ask]:
    """Everything that the request asks leave for; nothing for operations on a bucket's configuration."""
    bucket = params.get("Bucket")
    if not bucket:
        return
    if (action := OBJECT_ACTIONS.get(operation)) is not None:
        suffix = "Version" if params.get("VersionId") and action in VERSIONED else ""
        yield _on_object(action + suffix, bucket, params["Key"])
    elif (action := BUCKET_ACTIONS.get(operation)) is not None:
        yield Ask(f"s3:{action}", bucket, f"arn:aws:s3:::{bucket}")
    elif operation == "DeleteObjects":
        for entry in params["Delete"]["Objects"]:
            yield deletion(bucket, entry)
    if operation in ("CopyObject", "UploadPartCopy"):
        yield copy_source(params["CopySource"])


def deletion(bucket: str, entry: Mapping[str, str]) -> Ask:
    """What one entry of DeleteObjects asks for."""
    return _on_object("DeleteObjectVersion" if entry.get("VersionId") else "DeleteObject", bucket, entry["Key"])


def copy_source(source: str | Mapping[str, str]) -> Ask:
    """The read that a copy makes. ``source`` is the header's ``bucket/key?versionId=…``, or boto3's mapping."""
    if not isinstance(source, str):
        action = "GetObjectVersion" if source.get("VersionId") else "GetObject"
        return _on_object(action, source["Bucket"], source["Key"])
    path, _, version = unquote(source).lstrip("/").partition("?versionId=")
    bucket, _, key = path.partition("/")
    return _on_object("GetObjectVersion" if version else "GetObject", bucket, key)


def _on_object(action: str, bucket: str, key: str) -> Ask:
    return Ask(f"s3:{action}", bucket, f"arn:aws:s3:::{bucket}/{key}")
