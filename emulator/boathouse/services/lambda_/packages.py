"""Deployment packages: fetched, checked, kept under the hash of their content, unpacked where workers run them.

The zip is what survives, under the state folder; the unpacked tree can be made again from it at any time.
"""

import asyncio
import base64
import hashlib
import io
import os
import shutil
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.errors import AwsError, Unsupported

MOST_ZIPPED = (
    50 * 1024 * 1024
)  # uploaded directly; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_UNZIPPED = 250 * 1024 * 1024
PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class Package:
    """``digest`` is SHA-256 in hexadecimal, ``sha256`` the same as Lambda writes it, ``size`` the zip's in bytes."""

    digest: str
    size: int

    @property
    def sha256(self) -> str:
        return base64.b64encode(bytes.fromhex(self.digest)).decode()


class Packages:
    def __init__(self, kept: Path, unpacked: Path, call: Call) -> None:
        self._kept = kept.absolute()
        self._unpacked = unpacked.absolute()
        self._call = call

    async def keep(self, code: Mapping[str, Any], principal: Principal) -> Package:
        """Fetches, checks and keeps what ``code`` (the model's FunctionCode) names; on disk when it returns."""
        data = await self._fetch(code, principal)
        return await asyncio.to_thread(self._keep, data)

    async def folder(self, digest: str) -> Path:
        """Where the package lies unpacked."""
        return await asyncio.to_thread(self._unpack, digest)

    def clear(self) -> None:
        """Takes away what an earlier platform that was killed had half written."""
        for folder in (self._kept, self._unpacked):
            for partial in folder.glob(f"*{PARTIAL}*"):
                shutil.rmtree(partial) if partial.is_dir() else partial.unlink()

    def forget_all_but(self, digests: set[str]) -> None:
        for path in self._kept.glob("*.zip"):
            if path.stem not in digests:
                path.unlink()
                shutil.rmtree(self._unpacked / path.stem, ignore_errors=True)

    async def _fetch(self, code: Mapping[str, Any], principal: Principal) -> bytes:
        for member in ("ImageUri", "SourceKMSKeyArn"):
            if code.get(member):
                raise Unsupported(f"Lambda Code.{member}")
        if "S3Bucket" not in code and "S3Key" not in code:
            if "ZipFile" not in code:
                raise AwsError("InvalidParameterValueException", "Please provide a source for function code.")
            if len(code["ZipFile"]) > MOST_ZIPPED:
                message = f"Zipped size must be smaller than {MOST_ZIPPED} bytes"
                raise AwsError("InvalidParameterValueException", message)
            return bytes(code["ZipFile"])
        if "ZipFile" in code:
            message = "Please do not provide other FunctionCode parameters when providing a ZipFile."
            raise AwsError("InvalidParameterValueException", message)
        params = {"Bucket": code.get("S3Bucket", ""), "Key": code.get("S3Key", "")}
        if "S3ObjectVersion" in code:
            params["VersionId"] = code["S3ObjectVersion"]
        try:
            return bytes((await self._call("s3", "GetObject", params, as_=principal))["Body"])
        except AwsError as error:
            raise AwsError(
                "InvalidParameterValueException",
                f"Error occurred while GetObject. S3 Error Code: {error.code}. S3 Error Message: {error.message}",
            ) from error

    def _keep(self, data: bytes) -> Package:
        package = Package(hashlib.sha256(data).hexdigest(), len(data))
        path = self._kept / f"{package.digest}.zip"
        if not path.exists():
            _check(data)
            self._kept.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f"{PARTIAL}{os.getpid()}")
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        self._unpack(package.digest)
        return package

    def _unpack(self, digest: str) -> Path:
        folder = self._unpacked / digest
        if not folder.exists():
            partial = folder.with_name(f"{digest}{PARTIAL}{os.getpid()}")
            shutil.rmtree(partial, ignore_errors=True)
            with zipfile.ZipFile(self._kept / f"{digest}.zip") as archive:
                _extract(archive, partial)
            partial.rename(folder)
        return folder


def _check(data: bytes) -> None:
    """Refuses what is no zip, unpacks to more than Lambda takes, or names a place outside of its folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise AwsError("InvalidParameterValueException", message) from error
    if sum(entry.file_size for entry in entries) > MOST_UNZIPPED:
        message = f"Unzipped size must be smaller than {MOST_UNZIPPED} bytes"
        raise AwsError("InvalidParameterValueException", message)
    for entry in entries:
        parts = PurePosixPath(entry.filename)
        if parts.is_absolute() or ".." in parts.parts or "\\" in entry.filename:
            message = f"Could not unzip uploaded file: the entry '{entry.filename}' lies outside of it."
            raise AwsError("InvalidParameterValueException", message)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Unsupported(f"a Lambda package with a symbolic link ('{entry.filename}')")


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    """With the permissions that the zip gives, readable in any case. An entry never yields more than it declared."""
    folder.mkdir(parents=True)
    for entry in archive.infolist():
        target = Path(archive.extract(entry, folder))
        if not entry.is_dir():
            target.chmod(stat.S_IMODE(entry.external_attr >> 16) | 0o644)
