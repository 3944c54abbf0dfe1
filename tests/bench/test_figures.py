import os
import subprocess
import sys

import pytest

from bench import processes
from bench.figures import Figure, as_markdown, between

QUERY = Figure("small query", 42.4, "ms", "DuckDB alone", 21.2)


def test_a_figure_beside_what_it_is_held_against() -> None:
    assert as_markdown([QUERY, Figure("events", 12_345.6, "events/s")]).splitlines()[2:] == [
        "| small query | 42 ms | DuckDB alone | 21 ms | 2.00 |",
        "| events | 12,346 events/s |  |  |  |",
    ]


def test_the_table_replaces_the_one_before_and_nothing_else() -> None:
    page = "above\n<!-- bench -->\nold\n<!-- /bench -->\nbelow\n"
    assert between(page, "bench", "new\n") == "above\n<!-- bench -->\nnew\n<!-- /bench -->\nbelow\n"


@pytest.mark.parametrize("page", ["no lines", "<!-- bench -->\nnever closed\n"])
def test_a_page_without_a_place_for_the_table_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="not both there"):
        between(page, "bench", "new\n")


@pytest.mark.skipif(not processes.can_be_seen(), reason="needs Linux's /proc")
def test_what_a_process_starts_counts_with_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        pids = processes.tree(os.getpid())
        assert child.pid in pids
        assert processes.memory(pids) > processes.memory([child.pid]) > 0
        child.communicate(b"\n")
    assert processes.processor_time([child.pid]) == {}
