"""What must come before what: order, cycles, and a walk that does at once whatever may be done at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Set
from graphlib import CycleError, TopologicalSorter

from boathouse.services.cloudformation.documents import invalid

Graph = Mapping[str, Set[str]]
"""Each name with those that it depends on."""


def order(graph: Graph) -> list[str]:
    """Every name after those that it depends on; refuses a cycle in AWS's words."""
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise invalid(f"Circular dependency between resources: [{names}]") from error


def reverse(graph: Graph) -> dict[str, set[str]]:
    """The order of undoing: each name with those that depend on it."""
    turned: dict[str, set[str]] = {name: set() for name in graph}
    for name, needs in graph.items():
        for needed in needs & turned.keys():
            turned[needed].add(name)
    return turned


async def walk(graph: Graph, visit: Callable[[str], Awaitable[bool]], *, keep_going: bool = False) -> bool:
    """Visits each name once those it depends on have succeeded; whether all did.

    After a failure nothing new begins (with ``keep_going``: nothing that needs what failed), and what has begun runs
    to its end: to stop in the middle of a call would leave something behind that nobody knows of.
    """
    sorter = TopologicalSorter({name: needs & graph.keys() for name, needs in graph.items()})
    sorter.prepare()
    running: dict[asyncio.Future[bool], str] = {}
    succeeded = True
    try:
        while True:
            if succeeded or keep_going:
                running.update((asyncio.ensure_future(visit(name)), name) for name in sorter.get_ready())
            if not running:
                return succeeded
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                name = running.pop(future)
                if future.result():
                    sorter.done(name)
                else:
                    succeeded = False
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)
