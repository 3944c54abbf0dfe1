"""kill -9 of a run and of the platform at four turns: run again, the tables are an undisturbed run's."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fire.gate import Chosen, nothing
from tests.fire.kills import (
    Kill,
    Undisturbed,
    assert_as_undisturbed,
    kill_everything,
    kill_pipeline,
    kill_platform,
)
from tests.fire.victim import until
from tests.fire.works import DISTURBED, FILES, KILLED, SHORT_LEASE, Works

pytestmark = [pytest.mark.fire, pytest.mark.timeout(900)]
PUT = "PutRecords"  # once for each file


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
