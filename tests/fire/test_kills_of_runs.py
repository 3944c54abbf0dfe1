"""kill -9 at every turn of a run, of the pipeline and of the platform: run again, the tables are an undisturbed run's.

``KILLS_SEED`` repeats the random kills of an earlier time.
"""

import itertools
import os
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.generator import archive
from tests.e2e import expected
from tests.e2e.lakehouse import Row
from tests.fire.gate import Asked, Chosen
from tests.fire.victim import until
from tests.fire.works import DISTURBED, DONE, KILLED, SHORT_LEASE, Run, Works

pytestmark = [pytest.mark.fire, pytest.mark.timeout(900)]
EVENTS, FILES = 240, 6
FIRST_HOUR = datetime(2024, 4, 30, 21, tzinfo=UTC)  # three hours of one day, three of the next
PUT = "PutRecords"  # once for each file
RANDOM_KILLS = 20
Kill = Callable[[Works, Run], None]


def nothing(_: Asked) -> bool:
    return False


@dataclass(frozen=True)
class Undisturbed:
    """What a run of all sources gives that nobody kills; ``requests`` is how many calls it made."""

    tables: dict[str, list[Row]]
    equation: dict[str, int]
    requests: int


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


@dataclass(frozen=True)
class Moment:
    """``held``: the requests that the gate keeps from being made. ``watch`` begins before the run, and returns what
    tells that it has come to the moment."""

    watch: Callable[[Works], Callable[[], bool]]
    held: Chosen = nothing


def put(count: int) -> Moment:
    """So many PutRecords are acknowledged, and the next has not been asked for."""

    def watch(works: Works) -> Callable[[], bool]:
        return lambda: works.gate.answered(PUT) == count and works.gate.holds

    return Moment(watch, lambda asked: asked.operation == PUT and asked.of_its_kind > count)


def fresh(seen: Callable[[Works], set[str]]) -> Moment:
    """One more run has come so far that it is ``seen``."""

    def watch(works: Works) -> Callable[[], bool]:
        before = seen(works)
        return lambda: bool(seen(works) - before)

    return Moment(watch)


MOMENTS = {
    "after the first PutRecords": put(1),
    "before the last PutRecords": put(FILES - 1),
    "after Spark's first file": fresh(Works.runs_of_spark),
    "after the first CTAS": fresh(Works.runs_of_athena),
}


def kill_pipeline(works: Works, run: Run) -> None:
    run.kill()
    works.gate.open()


def kill_platform(works: Works, run: Run) -> None:
    """And starts it again at once: the run goes on, or says why it does not."""
    works.victim.kill()
    works.gate.open()
    works.victim.up()


def kill_gateway(works: Works, run: Run) -> None:
    """The same, but that the base and the workers hear of it instead of dying with it."""
    works.victim.kill_one()
    works.gate.open()
    works.victim.up()


def kill_everything(works: Works, run: Run) -> None:
    works.victim.kill()
    kill_pipeline(works, run)
    works.victim.up()
    assert works.under_way() == []


KILLS = (kill_pipeline, kill_platform, kill_everything, kill_gateway)


def assert_as_undisturbed(works: Works, run: Run, undisturbed: Undisturbed) -> None:
    """``redelivered`` and with it ``copies`` count what Firehose or a second try brought again."""
    equation = run.record()["equation"]
    assert equation["closes"]
    assert equation | {name: undisturbed.equation[name] for name in ("copies", "redelivered")} == undisturbed.equation
    assert works.tables() == undisturbed.tables
    until(lambda: works.under_way() == [])  # a killed pipeline's job goes on to its own end
    until(lambda: works.folders_of_jobs() == [])
    assert works.lakehouse.staging_tables() == []


PIPELINE, EVERYTHING = (kill_pipeline, kill_pipeline), (kill_everything, kill_everything)
UNDER_IT = (kill_everything, kill_platform)


@pytest.mark.parametrize(
    ("moment", "kills"),
    [
        pytest.param(moment, kills, id=f"{moment}-{name}")
        for moment, of_the_platform in zip(MOMENTS, (EVERYTHING, EVERYTHING, UNDER_IT, UNDER_IT), strict=True)
        for name, kills in (("the pipeline", PIPELINE), ("the platform", of_the_platform))
    ],
)
def test_killed_twice_and_run_again(
    works: Works, undisturbed: Undisturbed, sources: list[Path], moment: str, kills: tuple[Kill, Kill]
) -> None:
    for kill in kills:
        works.gate.shut_before(MOMENTS[moment].held)
        has_come = MOMENTS[moment].watch(works)
        run = works.run(sources, *SHORT_LEASE)
        until(lambda: has_come() or run.has_ended)  # noqa: B023 - called before they change
        assert not run.has_ended, run.said
        kill(works, run)
        assert run.end() in (KILLED, *DISTURBED), run.said
    assert_as_undisturbed(works, works.run(sources), undisturbed)


def test_killed_at_random_moments(works: Works, undisturbed: Undisturbed, sources: list[Path]) -> None:
    """Each before some request of runs for one source after the other. What survives a kill is there for the next."""
    seed = int(os.environ.get("KILLS_SEED") or secrets.randbits(32))
    print(f"KILLS_SEED={seed}")
    dice = random.Random(seed)
    kills, source = itertools.cycle(KILLS), itertools.cycle(sources)
    current, killed = next(source), 0
    allowed: tuple[int, ...] = (DONE,)
    run = works.run([current], *SHORT_LEASE)
    while killed < RANDOM_KILLS:
        number = 1 + int(undisturbed.requests * dice.random() ** 2)  # late moments cost a Spark each: fewer of them
        works.gate.shut_before(lambda asked: asked.of_all == number)  # noqa: B023 - of this turn
        until(lambda: works.gate.holds or run.has_ended)  # noqa: B023 - called before it changes
        if works.gate.holds:
            kill, killed = next(kills), killed + 1
            print(f"{killed}: {kill.__name__} before request {number}, with {current.name}")
            kill(works, run)
            allowed = (KILLED, *DISTURBED)
        if run.has_ended:
            code = run.end()
            assert code in allowed, run.said
            current = next(source) if code == DONE else current
            run, allowed = works.run([current], *SHORT_LEASE), (DONE,)
    run.kill()
    works.gate.open()
    assert_as_undisturbed(works, works.run(sources), undisturbed)
