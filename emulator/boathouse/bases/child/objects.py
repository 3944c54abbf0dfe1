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

failures: ContextVar[list[str]] = ContextVar("failures")
"""What befell the files of objects while a request was answered."""
BESIDE = ".meta.json"
UNFINISHED = ".tmp"
VERSIONS = ".versions"


def mend(folder: Path) -> None:
    """``folder`` is ministack's S3_DATA_DIR. Raises Unreadable for a file that no kill leaves so."""
    if not folder.is_dir():
        return
    for data, entry in _files(folder):
        if data.name.endswith(UNFINISHED):
            data.unlink(missing_ok=True)  # what was mended meanwhile went by the same name
        elif data.name.endswith(BESIDE):
            if entry.stat().st_size == 0:
                raise Unreadable(data, "it is empty")
        elif not data.is_relative_to(folder / VERSIONS):
            beside = data.with_name(data.name + BESIDE)
            if beside.exists() and entry.stat().st_mtime_ns > beside.stat().st_mtime_ns:
                _mend(folder, data, beside)


class Failures(logging.Handler):
    """ministack says in its log alone that it could not write, read or remove an object's file, and goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith("Failed to"):
            failures.get([]).append(record.getMessage())


def _files(folder: Path) -> Iterator[tuple[Path, "os.DirEntry[str]"]]:
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield Path(entry.path), entry


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
