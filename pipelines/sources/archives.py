"""Where a day's hour files lie: a folder, an http address as gharchive.org's, or a place in S3. Reads no line of them.

An hour that is not there is a fact to be told: GH Archive lacks some for ever, and has the last one only minutes later.
"""

import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError

from pipelines.errors import Incomplete, Refused

SETTLED = timedelta(hours=6)
"""After an hour's end; until then a file that is not there may still come."""
TIMEOUT = 60.0


class Archive(Protocol):
    def fetch(self, name: str, folder: Path) -> Path | None:
        """Where the file lies on this machine, in ``folder`` unless it is here already; None where there is none."""


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def fetch(self, name: str, folder: Path) -> Path | None:
        found = self.path / name
        return found if found.is_file() else None


@dataclass(frozen=True, slots=True)
class Web:
    """``address`` is what stands before a file's name, with its slash."""

    address: str

    def fetch(self, name: str, folder: Path) -> Path | None:
        url, place = f"{self.address}{name}", folder / name
        try:
            # S310: at() makes it for http and https alone.
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, place.open("wb") as file:  # noqa: S310
                shutil.copyfileobj(answer, file)
                promised = answer.headers.get("Content-Length")
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise Incomplete(f"{url}: {error.code} {error.reason}. Try again later") from error
        except OSError as error:
            raise Incomplete(f"{url}: {error}. Try again later") from error
        if promised is not None and place.stat().st_size != int(promised):
            raise Incomplete(f"{url}: {place.stat().st_size} of {promised} bytes came. Try again")
        return place


@dataclass(frozen=True, slots=True)
class S3:
    s3: Any
    bucket: str
    prefix: str

    def fetch(self, name: str, folder: Path) -> Path | None:
        place = folder / name
        try:
            self.s3.download_file(self.bucket, f"{self.prefix}{name}", str(place))
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            return None
        return place


@dataclass(frozen=True, slots=True)
class Day:
    """``missing`` are the hours of the day that the archive lacks."""

    paths: list[Path] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)


def at(address: str, client: Callable[[str], Any]) -> Archive:
    """The archive at a folder, ``http(s)://…`` or ``s3://bucket/prefix``; ``client("s3")`` reaches S3."""
    kind, separator, rest = address.partition("://")
    if not separator:
        path = Path(address)
        if not path.is_dir():
            raise Refused(f"the source {address} is no folder here; it may be one, or begin with https:// or s3://")
        return Folder(path)
    if kind in ("https", "http"):
        return Web(address.rstrip("/") + "/")
    if kind == "s3":
        bucket, _, prefix = rest.partition("/")
        return S3(client("s3"), bucket, f"{prefix.rstrip('/')}/" if prefix else "")
    raise Refused(f"the source {address} is of no kind that is known: a folder, https://… or s3://…")


def fetch_day(archive: Archive, day: str, folder: Path, now: datetime | None = None) -> Day:
    """A day's files, some of them in ``folder``. Raises Incomplete for an hour too recent to be given up."""
    found, recent = Day(), list[int]()
    for hour in range(24):
        path = archive.fetch(f"{day}-{hour}.json.gz", folder)
        if path is not None:
            found.paths.append(path)
            continue
        found.missing.append(hour)
        ended = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour + 1)
        if ended + SETTLED > (now or datetime.now(UTC)):
            recent.append(hour)
    if recent:
        raise Incomplete(f"the archive does not have the hours {recent} of {day} yet. Try again later")
    return found
