"""Where the demo's time goes: the whole pipeline over the sample, twice on one platform, one run beside the other."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from bench import places, sample
from bench.figures import Figure
from bench.places import Place

Seconds = dict[str, float]


def measure() -> Iterator[Figure]:
    with places.boathouse(workers=1, refill=True) as place:
        first = pipeline(place)
        places.await_worker(place)  # the second run is to find what the first found
        second = pipeline(place)
    for step, taken in sorted(first.items(), key=lambda item: -item[1]):
        again = second.get(step)
        yield Figure(f"demo, {step}", taken, "s", "" if again is None else "a second run", again)


def pipeline(place: Place) -> Seconds:
    """How long each of its steps took."""
    command = [sys.executable, "-m", "pipelines", "run", "all", "--source", str(sample.FOLDER), "--json"]
    outcome: dict[str, Any] = json.loads(places.run(command, place))
    return {name: float(taken) for name, taken in outcome["seconds"].items()}
