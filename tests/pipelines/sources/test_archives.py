"""Where hour files come from: each kind of place gives the same files, and says which hours it lacks."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import Incomplete, Refused
from pipelines.lakebucket import LakeBucket
from pipelines.sources import archives

DAY = "2016-01-02"
HOURS = {0: b"midnight", 9: b"nine", 23: b"late"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """An archive that has three hours of the day, and files that are none of it."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for hour, content in HOURS.items():
        (folder / f"{DAY}-{hour}.json.gz").write_bytes(content)
    (folder / "2016-01-03-0.json.gz").write_bytes(b"another day")
    (folder / f"{DAY}-09.json.gz").write_bytes(b"not how GH Archive writes nine o'clock")
    return folder


class Server(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if "/cut/" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"half")
        elif "/down/" in self.path:
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, *said: Any) -> None:
        """Nothing on the test's stderr."""


@pytest.fixture
def web(files: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(files))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["folder", "web", "s3"])
def address(request: pytest.FixtureRequest, files: Path, web: str, lake: LakeBucket) -> str:
    if request.param == "s3":
        for path in files.iterdir():
            lake.put(f"archive/{path.name}", path.read_bytes())
    return {"folder": str(files), "web": web, "s3": lake.uri("archive")}[request.param]


def test_every_kind_of_place_gives_the_days_hours_and_names_those_it_lacks(
    address: str, client: Callable[..., Any], tmp_path: Path
) -> None:
    found = archives.fetch_day(archives.at(address, client), DAY, tmp_path)
    assert {path.name: path.read_bytes() for path in found.paths} == {
        f"{DAY}-{hour}.json.gz": content for hour, content in HOURS.items()
    }
    assert found.missing == [hour for hour in range(24) if hour not in HOURS]


def test_a_day_that_is_not_there_has_24_hours_missing(files: Path, tmp_path: Path) -> None:
    found = archives.fetch_day(archives.Folder(files), "2016-01-09", tmp_path)
    assert (found.paths, found.missing) == ([], list(range(24)))


def test_an_hour_is_waited_for_until_it_cannot_be_expected_any_more(files: Path, tmp_path: Path) -> None:
    for hour in range(23):
        (files / f"{DAY}-{hour}.json.gz").touch()
    (files / f"{DAY}-23.json.gz").unlink()
    archive = archives.Folder(files)
    with pytest.raises(Incomplete, match=r"hours \[23\] of 2016-01-02 yet"):
        archives.fetch_day(archive, DAY, tmp_path, datetime(2016, 1, 3, 5, 59, tzinfo=UTC))
    assert archives.fetch_day(archive, DAY, tmp_path, datetime(2016, 1, 3, 6, 0, tzinfo=UTC)).missing == [23]


@pytest.mark.parametrize(("place", "said"), [("cut", "4 of 100 bytes came"), ("down", "503")])
def test_an_archive_that_fails_lacks_nothing(web: str, tmp_path: Path, place: str, said: str) -> None:
    with pytest.raises(Incomplete, match=said):
        archives.fetch_day(archives.Web(f"{web}/{place}/"), DAY, tmp_path)


def test_an_archive_out_of_reach_lacks_nothing(unused_port: int, tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match="refused"):
        archives.fetch_day(archives.Web(f"http://127.0.0.1:{unused_port}/"), DAY, tmp_path)


@pytest.mark.parametrize("address", ["no/such/folder", "ftp://example.org/", "file:///etc"])
def test_other_places_are_refused(address: str, client: Callable[..., Any]) -> None:
    with pytest.raises(Refused):
        archives.at(address, client)
