"""Files from the scratch folder to S3, through the platform's own chain, in parts where they are large."""

import asyncio
from collections.abc import Mapping
from typing import Any, BinaryIO

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.engines.duckdb import WrittenFile
from boathouse.lake.objects import S3Uri

PART = 16 * 1024 * 1024


class Uploads:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def put(self, principal: Principal, uri: S3Uri, body: bytes, options: Mapping[str, str]) -> None:
        """``options`` are members of PutObject: encryption, content type."""
        await self._call("s3", "PutObject", {**_at(uri), "Body": body, **options}, as_=principal)

    async def put_file(
        self, principal: Principal, uri: S3Uri, written: WrittenFile, options: Mapping[str, str], head: bytes = b""
    ) -> None:
        """``head``, then what is in the file. The object is there whole, or not at all."""
        with written.path.open("rb") as file:
            if len(head) + written.size <= PART:
                body = head + await asyncio.to_thread(file.read)
                await self.put(principal, uri, body, options)
            else:
                await self._put_parts(principal, uri, file, options, head)

    async def _put_parts(
        self, principal: Principal, uri: S3Uri, file: BinaryIO, options: Mapping[str, str], head: bytes
    ) -> None:
        created = await self._call("s3", "CreateMultipartUpload", {**_at(uri), **options}, as_=principal)
        upload = {**_at(uri), "UploadId": created["UploadId"]}
        try:
            parts: list[dict[str, Any]] = []
            body = head + await asyncio.to_thread(file.read, PART - len(head))
            while body:
                number = len(parts) + 1
                part = await self._call(
                    "s3", "UploadPart", {**upload, "PartNumber": number, "Body": body}, as_=principal
                )
                parts.append({"PartNumber": number, "ETag": part["ETag"]})
                body = await asyncio.to_thread(file.read, PART)
            completed = {**upload, "MultipartUpload": {"Parts": parts}}
            await self._call("s3", "CompleteMultipartUpload", completed, as_=principal)
        except BaseException:
            await asyncio.shield(self._call("s3", "AbortMultipartUpload", upload, as_=principal))
            raise


def _at(uri: S3Uri) -> dict[str, str]:
    return {"Bucket": uri.bucket, "Key": uri.key}
