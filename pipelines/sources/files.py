"""GH Archive files, plain or gzip: which ones are meant, what they hold, line by line in bounded memory."""

import codecs
import contextlib
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pipelines.errors import Refused
from pipelines.lambdas.preprocess import handler

GZIP_MAGIC = b"\x1f\x8b"
SUFFIXES = (".json", ".jsonl", ".ndjson")
HOUR = re.compile(r"(\d{4}-\d\d-\d\d)-(\d{1,2})(?=\.)")
Hour = tuple[str, int]


class SourceRefused(Refused):
    """The file cannot be read whole. Said before anything is put."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; nothing was written. Fetch the file again, or leave it out")


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose whole content has been read once.

    ``id`` is the SHA-256 of the uncompressed content, so that neither path nor compression matters; ``lines`` counts
    those that are not blank; ``days`` are the UTC dates that the handler will give its events.
    """

    path: Path
    id: str
    lines: int
    days: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.name


def find(given: Iterable[Path], first: str | None = None, last: str | None = None) -> list[Path]:
    """The files meant by files and folders, in order; ``first`` and ``last`` are hours like ``2016-01-01-1``.

    With hours given, only files with an hour within them in their name; in folders only files of SUFFIXES, with or
    without ``.gz``. Raises Refused where nothing is left.
    """
    lower, upper = (None if hour is None else _hour(asked_hour(hour)) for hour in (first, last))
    files: list[Path] = []
    for path in given:
        if not path.exists():
            raise Refused(f"{path}: no such file or folder")
        inside = sorted(path.iterdir(), key=_order) if path.is_dir() else [path]
        files += [file for file in inside if not path.is_dir() or _is_archive(file)]
    if lower or upper:
        files = [file for file in files if (hour := hour_of(file)) and (lower or hour) <= hour <= (upper or hour)]
    if not files:
        raise Refused("no source files: give files, or a folder that holds .json, .jsonl or .ndjson, plain or .gz")
    return list(dict.fromkeys(files))


def left_out(given: Iterable[Path]) -> list[Path]:
    """What lies in the folders given and looks like events, but is not read: folders, other packings, half a copy."""
    inside = [path for folder in given if folder.is_dir() for path in sorted(folder.iterdir(), key=_order)]
    return [path for path in inside if not _is_archive(path) and not path.name.startswith(".") and _like_events(path)]


def hour_of(path: Path) -> Hour | None:
    """``2016-01-01-1.json.gz`` is of the hour ("2016-01-01", 1); None for a name without one."""
    found = HOUR.search(path.name)
    return (found[1], int(found[2])) if found else None


def asked_hour(text: str) -> datetime:
    """``2016-01-01-1`` is one o'clock; raises Refused for what names no hour, or one that no clock shows."""
    hour = hour_of(Path(f"{text}."))
    with contextlib.suppress(ValueError):
        if hour is not None and text == f"{hour[0]}-{hour[1]}":
            return datetime.fromisoformat(hour[0]).replace(hour=hour[1], tzinfo=UTC)
    raise Refused(f"'{text}' is no hour: write it as GH Archive does, 2016-01-01-1 for one o'clock")


def _hour(moment: datetime) -> Hour:
    return f"{moment:%Y-%m-%d}", moment.hour


def _order(path: Path) -> tuple[Hour, str]:
    return hour_of(path) or ("", 0), path.name


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.name.removesuffix(".gz").endswith(SUFFIXES) and not path.name.startswith(".")


def _like_events(path: Path) -> bool:
    return path.is_dir() or hour_of(path) is not None or any(f"{suffix}." in path.name for suffix in SUFFIXES)


def inspect(path: Path, now: datetime | None = None) -> Source:
    """Reads the file to its end; raises SourceRefused where it is cut off or corrupt, or of another encoding.

    An event of later than a day after ``now`` has no day, since the handler will not take it for one.
    """
    arrived = int((now or datetime.now(UTC)).timestamp() * 1000)
    digest, count, days = hashlib.sha256(), 0, set[str]()
    with _reading(path) as stream:
        for number, raw in enumerate(stream):
            if number == 0 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise SourceRefused(path, "it is UTF-16, and JSON lines are UTF-8 (iconv -f UTF-16 -t UTF-8)")
            digest.update(raw)
            if raw.isspace():
                continue
            count += 1
            with contextlib.suppress(handler.Unreadable, UnicodeDecodeError):
                days.add(handler.day_and_hour(handler.parse(raw.decode()), arrived)[0])
    return Source(path, digest.hexdigest(), count, frozenset(days))


def lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, as (ordinal, text).

    The ordinal is the line's number in the file as an editor shows it: from 1, blank lines counted. Raises Refused at
    the end where the content is no longer what was inspected.
    """
    digest = hashlib.sha256()
    with _reading(source.path) as stream:
        for ordinal, raw in enumerate(stream, 1):
            digest.update(raw)
            if not raw.isspace():
                yield ordinal, text_of(raw)
    if digest.hexdigest() != source.id:
        raise Refused(f"{source.path}: changed while it was read. Run again, and leave it alone meanwhile")


def text_of(raw: bytes) -> bytes:
    """A line without what ends it."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == GZIP_MAGIC
            plain.seek(0)
            if not packed and path.suffix == ".gz":
                raise SourceRefused(path, "named .gz, but its header is not gzip's")
            yield io.BufferedReader(gzip.GzipFile(fileobj=plain), 1 << 20) if packed else plain
    except EOFError as error:
        raise SourceRefused(path, "the gzip is cut off") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceRefused(path, f"the gzip is corrupt ({error})") from error
    except OSError as error:
        raise SourceRefused(path, f"it cannot be read ({error.strerror})") from error
