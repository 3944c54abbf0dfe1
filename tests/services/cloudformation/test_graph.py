"""Order and walk: what may be done at once is, and a failure stops what it must."""

import asyncio

import pytest

from boathouse.errors import AwsError
from boathouse.services.cloudformation.graph import order, reverse, walk

DIAMOND = {"top": {"left", "right"}, "left": {"root"}, "right": {"root"}, "root": set[str]()}


def test_each_comes_after_what_it_needs() -> None:
    places = {name: place for place, name in enumerate(order(DIAMOND))}
    assert all(places[needed] < places[name] for name, needs in DIAMOND.items() for needed in needs)
    assert reverse(DIAMOND) == {"root": {"left", "right"}, "left": {"top"}, "right": {"top"}, "top": set()}


def test_a_circle_is_refused_by_its_members() -> None:
    # documented(https://repost.aws/knowledge-center/cloudformation-circular-dependency-errors)
    with pytest.raises(AwsError, match=r"Circular dependency between resources: \[a, b\]"):
        order({"a": {"b"}, "b": {"a"}, "c": {"a"}})


async def walked(failing: str | None, *, keep_going: bool = False) -> tuple[list[str], bool]:
    """Names in the order in which they began; both middle ones are under way before either ends."""
    began: list[str] = []
    both = asyncio.Event()

    async def visit(name: str) -> bool:
        began.append(name)
        if name in ("left", "right"):
            if {"left", "right"} <= set(began):
                both.set()
            await both.wait()
        return name != failing

    return began, await walk(DIAMOND, visit, keep_going=keep_going)


def test_what_may_be_done_at_once_is() -> None:
    began, succeeded = asyncio.run(walked(None))
    assert (began[0], set(began[1:3]), began[3], succeeded) == ("root", {"left", "right"}, "top", True)


@pytest.mark.parametrize(("failing", "expected"), [("root", ["root"]), ("left", ["root", "left", "right"])])
def test_after_a_failure_nothing_new_begins(failing: str, expected: list[str]) -> None:
    began, succeeded = asyncio.run(walked(failing))
    assert (sorted(began), succeeded) == (sorted(expected), False)


def test_keep_going_leaves_out_only_what_needs_what_failed() -> None:
    began: list[str] = []

    async def visit(name: str) -> bool:
        began.append(name)
        return name != "a"

    graph: dict[str, set[str]] = {"a": set(), "on-a": {"a"}, "b": set(), "on-b": {"b"}}
    assert asyncio.run(walk(graph, visit, keep_going=True)) is False
    assert sorted(began) == ["a", "b", "on-b"]
