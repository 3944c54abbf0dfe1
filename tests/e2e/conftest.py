"""A lakehouse of a test module's own on the platform under test."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.generator import archive
from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="session")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    return Lakehouse(aws_env)


@pytest.fixture
def hours(tmp_path: Path) -> Callable[..., list[Path]]:
    """``hours("2024-03-01", events=1000)``: files of made-up events of a day of the test's own."""

    def write(
        day: str, *, events: int, seed: int = 1, count: int = 2, first: int = 10, oversize: int = 0
    ) -> list[Path]:
        hour = datetime.fromisoformat(day).replace(hour=first, tzinfo=UTC)
        return archive.write(archive.Recipe(events, seed, hour, count, oversize=oversize), tmp_path / f"{day}-{seed}")

    return write
