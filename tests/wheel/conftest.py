"""The wheel of this checkout, and an environment that it was installed into by pip. Minutes: all of it is ``fire``."""

from pathlib import Path

import pytest

from tests.testing.project import Project
from tests.wheel.environments import ROOT, TOOLS, Environment, build_wheel, interpreter

EXAMPLE = ROOT / "docs" / "examples" / "own-tests"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """With ``boathouse[glue]``, as the README says it, on the oldest Python."""
    folder, python = tmp_path_factory.mktemp("installed"), interpreter("3.11")
    if python is None:
        pytest.skip("no Python 3.11 on this machine")
    made = Environment(folder / "env", folder / "constraints.txt").make(python)
    made.install(f"{wheel}[glue]", *TOOLS)
    return made


@pytest.fixture
def project(environment: Environment, tmp_path: Path) -> Project:
    """The example of the README, where nothing else of ours is."""
    return Project(tmp_path / "project", environment.python).copy(EXAMPLE)
