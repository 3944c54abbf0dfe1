"""The lake's bucket as the pipeline uses it: every write encrypted with the stack's key, every list whole."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from pipelines.errors import PipelineError
from pipelines.settings import Profile
from pipelines.stack import Stack

GZIP_MAGIC = b"\x1f\x8b"
MOST_DELETED = 1000  # keys a DeleteObjects call takes


@dataclass(frozen=True, slots=True)
class LakeBucket:
    s3: Any
    name: str
    key_arn: str

    @classmethod
    def of(cls, profile: Profile, stack: Stack) -> "LakeBucket":
        return cls(profile.client("s3"), stack.bucket, stack.key_arn)

    def put(self, key: str, body: bytes, **conditions: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.s3.put_object(
            Bucket=self.name, Key=key, Body=body,
            ServerSideEncryption="aws:kms", SSEKMSKeyId=self.key_arn, **conditions,
        )  # fmt: skip
        return answer

    def put_json(self, key: str, content: dict[str, Any]) -> None:
        self.put(key, json.dumps(content, indent=1, ensure_ascii=False).encode())

    def get(self, key: str) -> bytes:
        """The object's content, unpacked where it is gzip: Firehose compresses what it delivers."""
        body: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return gzip.decompress(body) if body.startswith(GZIP_MAGIC) else body

    def get_json(self, key: str) -> dict[str, Any] | None:
        """None where there is no such object."""
        try:
            content: dict[str, Any] = json.loads(self.get(key))
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None
        return content

    def keys(self, prefix: str) -> Iterator[str]:
        return (entry["Key"] for entry in self.entries(prefix))

    def entries(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Key, LastModified and Size of every object below ``prefix``."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
            yield from page.get("Contents", [])

    def folders(self, prefix: str) -> Iterator[str]:
        """The prefixes one level below ``prefix``, each with its slash."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix, Delimiter="/")
        for page in pages:
            yield from (entry["Prefix"] for entry in page.get("CommonPrefixes", []))

    def delete(self, keys: Iterable[str]) -> int:
        """Returns how many; a key that is not there counts, as for S3."""
        left, deleted = list(keys), 0
        while left:
            batch, left = left[:MOST_DELETED], left[MOST_DELETED:]
            objects = [{"Key": key} for key in batch]
            answer = self.s3.delete_objects(Bucket=self.name, Delete={"Objects": objects, "Quiet": True})
            if errors := answer.get("Errors"):
                raise PipelineError(f"S3 did not delete {self.uri(errors[0]['Key'])}: {errors[0]['Message']}")
            deleted += len(batch)
        return deleted

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"
