"""kill -9 at random moments in a loop of runs. ``KILLS_SEED`` repeats those of an earlier time."""

import itertools
import os
import random
import secrets
from pathlib import Path

import pytest

from tests.fire.kills import KILLS, Undisturbed, assert_as_undisturbed
from tests.fire.victim import until
from tests.fire.works import DISTURBED, DONE, KILLED, SHORT_LEASE, Works

pytestmark = [pytest.mark.fire, pytest.mark.timeout(900)]
RANDOM_KILLS = 20


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
