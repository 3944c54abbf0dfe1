"""Multipart uploads in progress, which ministack keeps in memory alone: a folder each, a file for each part.

Knows of S3 what its module calls an upload, and nothing of requests.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from boathouse.bases.child.keeping import BROKEN, Unreadable, write

Id = tuple[str, str]
"""Account and upload id."""


class Uploads:
    """``s3`` is ministack's module."""

    def __init__(self, s3: Any, folder: Path) -> None:
        self._s3 = s3
        self._folder = folder
        self._saved = dict[Id, dict[Any, dict[str, Any]]]()

    @property
    def _running(self) -> dict[Id, dict[str, Any]]:
        running: dict[Id, dict[str, Any]] = self._s3._multipart_uploads._data
        return running

    def restore(self) -> None:
        """Raises Unreadable. A folder without its upload is one of which nobody was told."""
        for folder in sorted(self._folder.glob("*/*")):
            file = folder / "upload.json"
            if not file.exists():
                shutil.rmtree(folder)
                continue
            upload = _read(file)[0]
            parts = [_read(path) for path in sorted(folder.glob("part-*[0-9]"))]
            upload["parts"] = {part.pop("number"): part | {"body": body} for part, body in parts}
            key = (folder.parent.name, folder.name)
            self._running[key] = upload
            self._saved[key] = dict(upload["parts"])

    def save(self) -> None:
        """Raises OSError. Looks at what is in progress, not at what is in it: a part that is sent again is new."""
        for key, upload in self._running.items():
            self._save(key, upload)
        for key in self._saved.keys() - self._running.keys():
            shutil.rmtree(self._of(key))
            del self._saved[key]

    def _save(self, key: Id, upload: dict[str, Any]) -> None:
        folder = self._of(key)
        if key not in self._saved:
            folder.mkdir(parents=True, exist_ok=True)
            write(folder / "upload.json", _line({name: value for name, value in upload.items() if name != "parts"}))
            self._saved[key] = {}
        saved = self._saved[key]
        for number, part in upload["parts"].items():
            if saved.get(number) is not part:
                header = {name: value for name, value in part.items() if name != "body"} | {"number": number}
                write(folder / f"part-{number}", _line(header), part["body"])
                saved[number] = part

    def _of(self, key: Id) -> Path:
        account, upload = key
        return self._folder / account / upload


def _line(header: dict[str, Any]) -> bytes:
    return json.dumps(header).encode() + b"\n"


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """The line in front, and what follows it."""
    try:
        line, _, body = path.read_bytes().partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        if header.get("size", len(body)) != len(body):
            raise ValueError(f"{len(body)} bytes of {header['size']}")
    except BROKEN as error:
        raise Unreadable(path, error) from error
    return header, body
