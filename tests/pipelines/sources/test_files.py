"""Source files: identity, ordinals, and the refusal of what is cut off or corrupt."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import Refused
from pipelines.sources import files

FIRST = b'{"type":"A","created_at":"2016-01-01T01:00:00Z"}'
LAST = b'{"type":"B","created_at":"2016-01-02T01:00:00+02:00"}'
CONTENT = FIRST + b"\n\n \t\r\n" + b"not JSON\r\n" + b"\xff\xfe\n" + "\u2028é".encode() + b"\n" + LAST


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "packed",
    [
        CONTENT,
        gzip.compress(CONTENT),
        gzip.compress(CONTENT[:70]) + gzip.compress(CONTENT[70:]),
    ],
    ids=["plain", "gzip", "gzip of two members"],
)
def test_identity_and_lines_do_not_depend_on_the_packing(tmp_path: Path, packed: bytes) -> None:
    path = written(tmp_path / "some.json", packed)
    source = files.inspect(path)
    assert source.id == hashlib.sha256(CONTENT).hexdigest()
    assert source.lines == 5
    assert source.days == {"2016-01-01"}
    assert list(files.lines(source)) == [
        (1, FIRST),
        (4, b"not JSON"),
        (5, b"\xff\xfe"),
        (6, "\u2028é".encode()),
        (7, LAST),
    ]


def overwritten_header(packed: bytes) -> bytes:
    return b"\x00\x00\x00\x00" + packed[4:]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda packed: packed[:-20], "cut off"),
        (lambda packed: packed[:-1], "cut off"),
        (overwritten_header, "not gzip's"),
        (lambda _: b"", "not gzip's"),
        (lambda packed: packed[:-8] + bytes(8), "corrupt"),
        (lambda packed: packed[:30] + bytes([packed[30] ^ 255]) + packed[31:], "corrupt"),
        (lambda packed: packed + b"trailing", "corrupt"),
    ],
)
def test_a_spoilt_gzip_is_refused(tmp_path: Path, spoil: "object", reason: str) -> None:
    assert callable(spoil)
    path = written(tmp_path / "2016-01-01-1.json.gz", spoil(gzip.compress(CONTENT * 50)))
    with pytest.raises(files.SourceRefused, match=reason):
        files.inspect(path)


def test_a_file_that_changes_between_the_passes_is_noticed(tmp_path: Path) -> None:
    source = files.inspect(written(tmp_path / "a.json", CONTENT))
    written(source.path, CONTENT + b"\n{}")
    with pytest.raises(Refused, match="changed while"):
        list(files.lines(source))


def test_an_empty_file_is_a_source_of_no_lines(tmp_path: Path) -> None:
    source = files.inspect(written(tmp_path / "a.json", b"\n\n"))
    assert (source.lines, list(files.lines(source))) == (0, [])


def test_finds_the_hours_asked_for(tmp_path: Path) -> None:
    names = ["2016-01-01-9.json.gz", "2016-01-01-10.json.gz", "2016-01-01-11.json", "2016-01-02-0.json.gz"]
    for name in (*names, "README.md", ".hidden.json", "messy.ndjson", "index.tsv"):
        written(tmp_path / name, b"")
    assert [path.name for path in files.find([tmp_path])] == ["messy.ndjson", *names]
    assert [path.name for path in files.find([tmp_path], "2016-01-01-9", "2016-01-01-10")] == names[:2]
    assert [path.name for path in files.find([tmp_path], first="2016-01-01-11")] == names[2:]
    assert [path.name for path in files.find([tmp_path / "README.md"])] == ["README.md"]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("2017-01-01-0", "no source files"),
        *(
            (text, "is no hour")
            for text in ("yesterday", "2016-01-01", "2016-02-30-1", "2016-01-01-24", "x2016-01-01-1")
        ),
    ],
)
def test_says_so_when_nothing_is_meant(tmp_path: Path, first: str, reason: str) -> None:
    written(tmp_path / "2016-01-01-9.json.gz", b"")
    with pytest.raises(Refused, match=reason):
        files.find([tmp_path], first)


def test_says_what_of_a_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "2016").mkdir()
    (tmp_path / ".cache").mkdir()
    for name in ("2016-01-01-9.json.gz", "a.json.zst", "2016-01-01-10.parquet", "README.md", ".a.json", "index.tsv"):
        written(tmp_path / name, b"")
    left = files.left_out([tmp_path, tmp_path / "README.md"])
    assert [path.name for path in left] == ["2016", "a.json.zst", "2016-01-01-10.parquet"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_another_encoding_is_refused_by_its_byte_order_mark(
    tmp_path: Path, codec: str, pack: Callable[[bytes], bytes]
) -> None:
    path = written(tmp_path / "a.json", pack(f"\ufeff{FIRST.decode()}\n".encode(codec)))
    with pytest.raises(files.SourceRefused, match=r"a\.json: it is UTF-16.*iconv"):
        files.inspect(path)


def test_a_byte_order_mark_of_utf8_hides_no_day(tmp_path: Path) -> None:
    source = files.inspect(written(tmp_path / "a.json", b"\xef\xbb\xbf" + FIRST + b"\n\xef\xbb\xbf" + LAST))
    assert source.lines == 2
    assert source.days == {"2016-01-01"}
    assert next(files.lines(source)) == (1, b"\xef\xbb\xbf" + FIRST)


def test_what_the_handler_will_not_take_has_no_day(tmp_path: Path) -> None:
    later = b'{"type":"B","created_at":"9999-12-31T23:59:59Z"}\n{"type":"B","created_at":"2016-01-03T00:00:01Z"}'
    source = files.inspect(written(tmp_path / "a.json", FIRST + b"\n" + later), datetime(2016, 1, 2, tzinfo=UTC))
    assert source.lines == 3
    assert source.days == {"2016-01-01"}


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to("a.json")
    with pytest.raises(files.SourceRefused, match=r"a\.json: it cannot be read \(Too many levels"):
        files.inspect(tmp_path / "a.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"gone\.json: no such file"):
        files.find([tmp_path / "gone.json"])


@pytest.mark.data
def test_every_real_file_is_whole(real_events: Path) -> None:
    # The counts are those of the data's own README.
    counts = {path.name: files.inspect(path).lines for path in files.find([real_events])}
    assert sum(counts.values()) == 72_364
    assert counts["gharchive-2013-02-15-0.ndjson.gz"] == 6_851
