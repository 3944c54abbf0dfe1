"""``make bench``: what Boathouse costs, each figure beside what does the same work without it, in one run.

Figures are reported and nothing depends on them. ``--write`` puts the table into docs/performance.md.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from bench import demo_steps, glue_job, idle, ingest, small_query
from bench.figures import Figure, as_markdown, between, for_people

WIDTH = 110  # of a table that goes into a file
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
MEASUREMENTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "idle": idle.measure,
    "query": small_query.measure,
    "glue": glue_job.measure,
    "ingest": ingest.measure,
    "demo": demo_steps.measure,
}


def main(arguments: Sequence[str]) -> int:
    given = parser().parse_args(arguments)
    progress, figures = Console(stderr=True, highlight=False), list[Figure]()
    for name in given.only or MEASUREMENTS:
        began = time.perf_counter()
        with progress.status(name):
            for figure in MEASUREMENTS[name]():
                figures.append(figure)
                progress.print("  ".join(filter(None, figure.cells())))
        progress.print(f"{name}: measured in {time.perf_counter() - began:.0f} s")
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(for_people(figures))
    if given.write:
        DOCUMENT.write_text(between(DOCUMENT.read_text(), "bench", as_markdown(figures)))
    return 0


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").splitlines()[0])
    found.add_argument("--only", action="append", choices=MEASUREMENTS, help="leave the others out; may be repeated")
    found.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
