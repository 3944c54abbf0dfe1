"""A state file that was cut off is refused, wherever the cut and whatever lies beside it; a full disk loses nothing."""

import os
import shutil
from pathlib import Path

import pytest

from boathouse.errors import AwsError, StartError
from boathouse.lake.state import Document, State

HERE = ("000000000000", "us-east-1")
FULL: Document = {"x": "y" * 200_000}


@pytest.fixture
def left_by_a_kill(tmp_path: Path) -> Path:
    """A file with its write-ahead log beside it, as nobody closed them."""
    running, left = tmp_path / "running", tmp_path / "left"
    state = State(running / "state.sqlite")
    state.collection("things").put_many(HERE, {str(each): {"x": "y" * 1000} for each in range(500)})
    state.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    state.collection("things").put(HERE, "last", {"x": "in the log alone"})
    shutil.copytree(running, left)
    state.close()
    return left / "state.sqlite"


def test_a_file_and_its_log_are_read_together(left_by_a_kill: Path) -> None:
    assert State(left_by_a_kill).collection("things").get(HERE, "last") == {"x": "in the log alone"}


@pytest.mark.parametrize("log_too", [True, False], ids=["with its log", "without"])
@pytest.mark.parametrize("left", [0, 60, 4096, -1])
def test_a_file_that_was_cut_off_is_refused_and_left_alone(left_by_a_kill: Path, left: int, *, log_too: bool) -> None:
    if not log_too:
        for beside in left_by_a_kill.parent.glob("state.sqlite-*"):
            beside.unlink()
    os.truncate(left_by_a_kill, left_by_a_kill.stat().st_size + left if left < 0 else left)
    before = left_by_a_kill.read_bytes()
    with pytest.raises(StartError, match=r"was cut off.* --state DIR"):
        State(left_by_a_kill)
    assert left_by_a_kill.read_bytes() == before


def test_pages_that_only_the_log_has_are_not_missing(left_by_a_kill: Path, tmp_path: Path) -> None:
    """As after a kill while the log was moved into the file: the header counts pages that come only later."""
    state = State(tmp_path / "grown" / "state.sqlite")
    state.execute("PRAGMA wal_autocheckpoint=0")
    state.collection("things").put_many(HERE, {str(each): {"x": "y" * 1000} for each in range(500)})
    cut = tmp_path / "cut"
    shutil.copytree(tmp_path / "grown", cut)
    state.execute("PRAGMA wal_checkpoint(PASSIVE)")
    moved = (tmp_path / "grown" / "state.sqlite").read_bytes()
    state.close()
    (cut / "state.sqlite").write_bytes(moved[: len(moved) // 2])
    assert len(State(cut / "state.sqlite").collection("things").items(HERE)) == 500


def test_a_full_disk_is_told_and_keeps_what_was_there(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    kept = state.collection("things")
    kept.put(HERE, "a", {})
    (pages,) = state.execute("PRAGMA page_count").fetchone()
    state.execute(f"PRAGMA max_page_count={pages + 2}")
    for documents in ({"b": FULL}, {"c": {}, "d": FULL}):
        with pytest.raises(AwsError, match="Free space there") as refused:
            kept.put_many(HERE, documents)
        assert (refused.value.status, str(tmp_path) in refused.value.message) == (507, True)
    with pytest.raises(AwsError, match="Free space there"):
        kept.put(HERE, "b", FULL)
    state.execute("PRAGMA max_page_count=10000")
    kept.put(HERE, "b", FULL)
    assert [key for key, _ in kept.items(HERE)] == ["a", "b"]
