"""The ways to kill under a run, and what must be true after it was run again."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.lakehouse import Row
from tests.fire.victim import until
from tests.fire.works import Run, Works

Kill = Callable[[Works, Run], None]


@dataclass(frozen=True)
class Undisturbed:
    """What a run of all sources gives that nobody kills; ``requests`` is how many calls it made."""

    tables: dict[str, list[Row]]
    equation: dict[str, int]
    requests: int


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
