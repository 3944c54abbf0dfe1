"""Fixtures of tests that hold on more than one base: import them into a conftest.py, and all beside it run on each."""

from collections.abc import Iterator

import pytest

from boathouse import launch
from boathouse.settings import BaseUrl, Settings
from tests.bases.processes import localstack


@pytest.fixture(scope="session")
def localstack_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseUrl]:
    base = localstack(tmp_path_factory.mktemp("localstack")).start()
    yield BaseUrl(base.url)
    base.stop()


@pytest.fixture(scope="session", params=["ministack", "localstack"])
def bases(request: pytest.FixtureRequest) -> dict[str, BaseUrl]:
    """As settings have them."""
    return {} if request.param == "ministack" else {"": request.getfixturevalue("localstack_base")}


@pytest.fixture(scope="session")
def platform(
    bases: dict[str, BaseUrl], platform: launch.Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[launch.Platform]:
    if not bases:
        yield platform
        return
    aws = tmp_path_factory.mktemp("on-localstack") / "aws"
    started = launch.launch(Settings(ephemeral=True, port=launch.free_port(), aws_dir=aws, workers=0, bases=bases))
    yield started
    started.stop()
