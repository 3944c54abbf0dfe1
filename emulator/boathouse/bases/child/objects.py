"""ministack's files of S3 objects, before it reads them: what a kill in the middle of a write left is put right.

An object is its bytes in one file and what is known of it in another beside it, written in this order.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from boathouse.bases.child.keeping import Unreadable, write

Files = dict[str, "os.DirEntry[str]"]
failures: ContextVar[list[str]] = ContextVar("failures")
"""What befell the files of objects while a request was answered."""
BESIDE = ".meta.json"
UNFINISHED = ".tmp"
VERSIONS = ".versions"


def mend(folder: Path) -> None:
    """``folder`` is ministack's S3_DATA_DIR. Raises Unreadable for a file that no kill leaves so."""
    if not folder.is_dir():
        return
    versions = str(folder / VERSIONS)
    for place, files in _folders(str(folder)):
        for name, file in files.items():
            if name.endswith(UNFINISHED):
                Path(file).unlink(missing_ok=True)  # what was mended meanwhile went by the same name
            elif name.endswith(BESIDE):
                if file.stat().st_size == 0:
                    raise Unreadable(Path(file), "it is empty")
            elif not place.startswith(versions) and _is_newer(file, files.get(name + BESIDE)):
                _mend(folder, Path(file), Path(file.path + BESIDE))


class Failures(logging.Handler):
    """ministack says in its log alone that it could not write, read or remove an object's file, and goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Failed to"):
            failures.get([]).append(record.getMessage())


def _folders(folder: str) -> Iterator[tuple[str, Files]]:
    """Each folder with its files by name. There may be many thousands: no more is made of each than is needed."""
    with os.scandir(folder) as scanned:
        entries = list(scanned)
    yield folder, {entry.name: entry for entry in entries if not entry.is_dir(follow_symlinks=False)}
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _folders(entry.path)


def _is_newer(file: "os.DirEntry[str]", beside: "os.DirEntry[str] | None") -> bool:
    return beside is not None and file.stat().st_mtime_ns > beside.stat().st_mtime_ns


def _mend(folder: Path, data: Path, beside: Path) -> None:
    """The bytes are of a write that was not answered yet. Where the version before is kept it comes back; else the
    new bytes stand, as S3 may decide for a client that heard nothing."""
    try:
        known: dict[str, Any] = json.loads(beside.read_bytes())
    except ValueError as error:
        raise Unreadable(beside, error) from error
    content = data.read_bytes()
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    told = known.get("etag", "")
    if known.get("size") == len(content) and (told == etag or "-" in told):
        return
    account, bucket, *key = data.relative_to(folder).parts
    before = folder.joinpath(VERSIONS, account, bucket, str(known.get("version_id")), *key)
    if before.exists():
        write(data, before.read_bytes())
    else:
        write(beside, json.dumps(known | {"size": len(content), "etag": etag, "checksums": {}}).encode())
