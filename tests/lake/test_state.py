"""State: what is written is there after a kill, as it was, and only under its own account and region."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boathouse.errors import StartError
from boathouse.lake.state import State

HERE = ("000000000000", "us-east-1")
THERE = ("000000000000", "eu-west-1")


def test_documents_come_back_as_they_went_in() -> None:
    kept = State().collection("things")
    document = {"when": datetime(2026, 1, 2, tzinfo=UTC), "bytes": b"\x00\xff", "nested": {"list": [1, None, "é"]}}
    kept.put(HERE, "a", document)
    assert kept.get(HERE, "a") == document
    assert kept.get(THERE, "a") is None


def test_a_prefix_finds_its_keys_and_no_others() -> None:
    kept = State().collection("things")
    for key in ("a", "a/", "a/1", "a/\U0001f600", "a0", "b/1"):
        kept.put(HERE, key, {"key": key})
    assert [key for key, _ in kept.items(HERE, "a/")] == ["a/", "a/1", "a/\U0001f600"]
    assert kept.delete_prefix(HERE, "a/")
    assert [key for key, _ in kept.items(HERE)] == ["a", "a0", "b/1"]


def test_a_transaction_is_all_or_nothing() -> None:
    state = State()
    kept = state.collection("things")

    def fails() -> None:
        with state.transaction():
            kept.put(HERE, "a", {})
            with state.transaction():
                kept.put(HERE, "b", {})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    assert kept.items(HERE) == []


def test_what_was_written_survives_kill_9(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, pathlib; from boathouse.lake.state import State;"
        "s = State(pathlib.Path(sys.argv[1])); s.collection('c').put(('a', 'r'), 'k', {'v': 1});"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path / "s")], check=False)
    assert killed.returncode == -9
    assert State(tmp_path / "s").collection("c").get(("a", "r"), "k") == {"v": 1}


def test_a_file_that_is_no_state_is_refused_with_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"this was truncated" * 100)
    with pytest.raises(StartError, match="--state DIR"):
        State(path)
    assert path.read_bytes().startswith(b"this was truncated")


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version=99")
    newer.close()
    with pytest.raises(StartError, match="version 99"):
        State(path)


def test_a_reset_empties_every_declared_table() -> None:
    state = State()
    state.declare("log", "position INTEGER PRIMARY KEY, line TEXT")
    state.execute_many("INSERT INTO log VALUES (?, ?)", [(1, "a"), (2, "b")])
    state.collection("things").put(HERE, "a", {})
    state.clear()
    assert state.execute("SELECT count(*) FROM log").fetchone() == (0,)
    assert state.collection("things").all() == []
