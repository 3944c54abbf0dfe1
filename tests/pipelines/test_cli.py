"""The command line: what it refuses, with which exit code, and that it says what to do next."""

import gzip
import json
import socket
from pathlib import Path

import pytest

from pipelines.cli import main


@pytest.fixture(autouse=True)
def _nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipelines.settings.ROOT", tmp_path / "checkout")


def test_without_a_platform_it_says_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy"]) == 3
    assert "boathouse up" in capsys.readouterr().err


def test_a_platform_that_no_longer_answers_is_said_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], unused_port: int
) -> None:
    folder = tmp_path / ".boathouse" / "aws"
    folder.mkdir(parents=True)
    (folder / "config").write_text(f"[profile boathouse]\nendpoint_url = http://127.0.0.1:{unused_port}\n")
    (folder / "credentials").write_text("[boathouse]\naws_access_key_id = x\naws_secret_access_key = y\n")
    assert main(["deploy"]) == 3
    assert "boathouse up" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "everything", "--source", "x"],
        ["run", "all"],
        ["run", "all", "--source", "nowhere.json"],
        ["run", "all", "--source", ".", "--from", "yesterday"],
        ["generate", "--out", "x", "--from", "yesterday"],
        ["deploy", "--profile", "prod"],
        [],
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(arguments)
    except SystemExit as exited:  # argparse's own
        code = int(str(exited.code))
    assert code == 2
    assert capsys.readouterr().err


def test_a_source_that_is_cut_off_stops_a_run_before_anything_is_asked_of_the_platform(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))  # takes connections and would never answer
    (tmp_path / "good.json").write_text("{}\n")
    (tmp_path / "2016-01-01-1.json.gz").write_bytes(gzip.compress(b"{}\n" * 100)[:-9])
    folder = tmp_path / ".boathouse" / "aws"
    folder.mkdir(parents=True)
    port = listener.getsockname()[1]
    (folder / "config").write_text(f"[profile boathouse]\nendpoint_url = http://127.0.0.1:{port}\n")
    assert main(["run", "all", "--source", str(tmp_path)]) == 2
    listener.close()
    said = capsys.readouterr().err
    assert "2016-01-01-1.json.gz" in said
    assert "nothing was written" in said


def test_generate_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["generate", "--events", "40", "--hours", "2", "--out", str(tmp_path / "hours"), "--json"]
    assert main(arguments) == 0
    written = [Path(name) for name in json.loads(capsys.readouterr().out)["files"]]
    assert [path.name for path in written] == ["2025-10-08-18.json.gz", "2025-10-08-19.json.gz"]
    assert all(path.is_file() for path in written)
