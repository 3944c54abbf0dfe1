"""The state's file itself: made whole or not at all, and known again when a part of it is missing.

SQLite takes an empty file for a new one, and finds out that pages are missing when somebody reads them.
"""

import sqlite3
import struct
from pathlib import Path

from boathouse.errors import StartError

HEADER, MAGIC, LARGEST_PAGE = 100, b"SQLite format 3\0", 65536
PAGE_SIZE, PAGE_COUNT = slice(16, 18), slice(28, 32)
"""In the file's header: https://www.sqlite.org/fileformat.html#the_database_header."""
LOG_HEADER, FRAME_HEADER = 32, 24
"""Bytes in the write-ahead log: https://www.sqlite.org/fileformat.html#the_write_ahead_log."""
NEXT_STEP = "Restore it, move it away, or start with --state DIR on another folder; nothing was changed"


def make(path: Path, version: int) -> None:
    """Under another name first: a kill leaves the file whole, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    connection = sqlite3.connect(unfinished, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA user_version={version}")
    connection.close()
    unfinished.replace(path)


def check(path: Path) -> None:
    """Raises StartError for a file that was cut off. Anything else that is wrong with it, SQLite sees."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(HEADER)
    if len(header) < HEADER:
        raise StartError(f"the state file {path} was cut off after {size} bytes. {NEXT_STEP}")
    if not header.startswith(MAGIC):
        return
    page_size = int.from_bytes(header[PAGE_SIZE])
    page_size = LARGEST_PAGE if page_size == 1 else page_size
    missing = set(range(size // page_size + 1, int.from_bytes(header[PAGE_COUNT]) + 1))
    if missing and not missing <= _logged(path.with_name(f"{path.name}-wal"), page_size):
        raise StartError(f"the state file {path} was cut off: {len(missing)} of its pages are missing. {NEXT_STEP}")


def _logged(log: Path, page_size: int) -> set[int]:
    """The pages that lie in the write-ahead log: a kill while they are moved leaves the file short of them."""
    if not log.exists():
        return set()
    content = log.read_bytes()
    return {
        struct.unpack_from(">I", content, start)[0]
        for start in range(LOG_HEADER, len(content) - FRAME_HEADER, FRAME_HEADER + page_size)
    }
