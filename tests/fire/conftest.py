"""For those who kill: works of a module's own, and what its sources give when nobody kills."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.generator import archive
from tests.e2e import expected
from tests.fire.gate import nothing
from tests.fire.kills import Undisturbed
from tests.fire.works import FILES, Works

EVENTS = 240
FIRST_HOUR = datetime(2024, 4, 30, 21, tzinfo=UTC)  # half of the hours are one day's, half the next one's


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return archive.write(archive.Recipe(EVENTS, 7, FIRST_HOUR, FILES), tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def ever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    made = Works(tmp_path_factory.mktemp("works"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def undisturbed(ever: Works, sources: list[Path]) -> Undisturbed:
    ever.gate.shut_before(nothing)
    record = ever.run(sources).record()
    found = Undisturbed(ever.tables(), record["equation"], ever.gate.open())
    wanted = expected.of_files(sources)
    assert ever.lakehouse.facts_of(found.tables["fact_events"], wanted.days) == wanted.facts
    assert len(found.tables["silver_cleaned"]) == len(wanted.kept)
    return found


@pytest.fixture
def works(ever: Works, undisturbed: Undisturbed) -> Works:
    ever.reset()
    return ever
