"""``make bench``: where the demo's time goes, and how a second run compares with the first.

Both runs happen on one platform, one after the other, so their ratios hold when the machine's speed does not.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from boathouse import launch, profile
from boathouse.settings import Settings

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
IN_ALL = "in all"
WAIT = 0.05
Seconds = dict[str, float]

out = Console(highlight=False)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="boathouse-bench-") as folder:
        settings = Settings(ephemeral=True, port=launch.free_port(), aws_dir=Path(folder), workers=1)
        with started(settings) as (platform, starting):
            first = pipeline(settings) | starting
            await_worker(platform)
            second = pipeline(settings)
    out.print(comparison(first, second))
    return 0


@contextmanager
def started(settings: Settings) -> Iterator[tuple[launch.Platform, Seconds]]:
    began = time.perf_counter()
    platform = launch.launch(settings)
    ready = time.perf_counter() - began
    try:
        yield platform, {"start the platform": ready}
    finally:
        platform.stop()


def await_worker(platform: launch.Platform) -> None:
    """The second run is to find what the first found: a warm worker that nobody has used."""
    while (launch.health(platform.endpoint) or {})["workers"]["ready"] < 1:
        time.sleep(WAIT)


def pipeline(settings: Settings) -> Seconds:
    """The whole pipeline over the sample, and how long each of its steps took."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-m", "pipelines", "run", "all", "--source", str(SAMPLE), "--json"]
    ran = subprocess.run(
        command, env=environment | profile.environment(settings.aws_dir), stdout=subprocess.PIPE, check=True
    )
    outcome: dict[str, Any] = json.loads(ran.stdout)
    return {name: float(taken) for name, taken in outcome["seconds"].items()}


def comparison(first: Seconds, second: Seconds) -> Table:
    table = Table(title="Where the demo's time goes", title_justify="left", box=None, pad_edge=False)
    table.add_column("step")
    for heading in ("first run", "share", "second run", "second to first"):
        table.add_column(heading, justify="right")
    for step, taken in sorted(first.items(), key=lambda item: -item[1]):
        again = second.get(step)
        table.add_row(
            step,
            f"{taken:.2f} s",
            "" if step == IN_ALL else f"{taken / first[IN_ALL]:.0%}",
            "" if again is None else f"{again:.2f} s",
            "" if again is None or taken < 0.01 else f"{again / taken:.2f}",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
