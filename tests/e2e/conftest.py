"""The lakehouse on the platform under test, deployed and used as its users do."""

from collections.abc import Callable

import pytest

from boathouse import launch
from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="session")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    return Lakehouse(aws_env)


@pytest.fixture(scope="session")
def troubles(platform: launch.Platform) -> Callable[[], dict[str, str]]:
    """What the platform says does not get on, as ``boathouse status`` shows it."""

    def ask() -> dict[str, str]:
        health = launch.health(platform.endpoint)
        assert health is not None
        found: dict[str, str] = health["troubles"]
        return found

    return ask
