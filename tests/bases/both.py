"""Fixtures of tests that hold on more than one base: import them all into a conftest.py, and all beside it run on each.

What tests/conftest.py makes of its platform is here anew: pytest would hand out what it made before of the other.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boathouse import launch
from boathouse.settings import BaseUrl, Settings
from tests.bases.processes import localstack
from tests.conftest import ClientOf, clients_of, environment_of

__all__ = ["aws_dir", "aws_env", "bases", "client", "localstack_base", "platform"]


@pytest.fixture(scope="session")
def localstack_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseUrl]:
    base = localstack(tmp_path_factory.mktemp("localstack")).start()
    yield BaseUrl(base.url)
    base.stop()


@pytest.fixture(scope="session", params=["ministack", pytest.param("localstack", marks=pytest.mark.bases)])
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


@pytest.fixture(scope="session")
def aws_dir(platform: launch.Platform) -> Path:
    return Path(platform.health["aws_dir"])


@pytest.fixture(scope="session")
def aws_env(aws_dir: Path) -> dict[str, str]:
    return environment_of(aws_dir)


@pytest.fixture(scope="session")
def client(platform: launch.Platform) -> ClientOf:
    return clients_of(platform)
