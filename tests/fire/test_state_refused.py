"""A platform does not start on what it cannot read, nor where it cannot listen: it says why, and what to do."""

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.fire.victim import Victim

pytestmark = pytest.mark.fire
Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a platform that was killed."""
    victim = Victim(tmp_path_factory.mktemp("left"))
    victim.up()
    victim.client("secretsmanager").create_secret(Name="webhook", SecretString="https://example.org/hook")
    victim.client("glue").create_database(DatabaseInput={"Name": "lake"})
    s3 = victim.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="a", Body=b"1")
    s3.create_multipart_upload(Bucket="kept", Key="large")
    folder = victim.work_dir.parent
    victim.kill()
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as ours:
        ours.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what lies in the log, too, is not lost with the file
    return folder


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def of_a_later_version(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"__ministack_format__": 99}))


def filled_with_something_else(path: Path) -> None:
    path.write_bytes(b"something else" * 1000)


def of_another_form(path: Path) -> None:
    path.write_text(json.dumps(["no", "state"]))


SPOILT = [
    ("state.sqlite", halved, "was cut off"),
    ("state.sqlite", emptied, "was cut off"),
    ("state.sqlite", filled_with_something_else, "cannot be read"),
    ("ministack/state/secretsmanager.json", halved, "cannot be read"),
    ("ministack/state/secretsmanager.json", emptied, "cannot be read"),
    ("ministack/state/secretsmanager.json", of_another_form, "cannot be read"),
    ("ministack/state/s3.json", of_a_later_version, "version 99"),
    ("ministack/state/uploads/*/*/upload.json", halved, "cannot be read"),
    ("ministack/s3/000000000000/kept/a.meta.json", emptied, "cannot be read"),
]


@pytest.mark.parametrize(("file", "spoil", "why"), SPOILT)
def test_a_spoilt_file_is_refused_with_the_next_step(
    left: Path, tmp_path: Path, file: str, spoil: Spoil, why: str
) -> None:
    subprocess.run(["cp", "-a", left, tmp_path / "state"], check=True)
    (spoilt,) = (tmp_path / "state").glob(file)
    spoil(spoilt)
    before = spoilt.read_bytes()
    code, said = start(tmp_path)
    assert code == 1
    assert str(spoilt) in said["refused"]
    assert why in said["refused"]
    assert "--state DIR" in said["refused"]
    assert spoilt.read_bytes() == before


def start(folder: Path, port: int | None = None) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of a platform that cannot start."""
    settings = Settings(state_dir=folder / "state", aws_dir=folder / "aws", port=port or launch.free_port(), workers=0)
    ended = subprocess.run(
        [sys.executable, "-m", "boathouse", settings.to_json()],
        stdout=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(ended.stdout)
    return ended.returncode, answer


@pytest.mark.parametrize("beyond", [0, 1], ids=["http", "https"])
def test_a_port_in_use_is_named(tmp_path: Path, beyond: int) -> None:
    port = launch.free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + beyond))
        other.listen()
        code, said = start(tmp_path, port)
    assert code == 1
    assert said["refused"].startswith(f"port {port + beyond} on 127.0.0.1")
    assert "--port N" in said["refused"]
