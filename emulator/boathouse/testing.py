"""The pytest plugin that comes with the wheel: a platform of its own for a test session, and clients that find it.

Nothing starts, and nothing but this module is imported, until a test asks for a fixture. Under pytest-xdist each
worker has a platform of its own; every one is a child process that ends with the process that started it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boathouse.launch import Platform
    from boathouse.settings import Settings

GLUE = "boathouse_glue"
HURRY = "boathouse_hurry"
WORKERS = "boathouse_workers"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(GLUE, "make awsglue importable in this session", type="bool", default=False)
    parser.addini(WORKERS, "warm Spark sessions that the platform keeps ready for Glue jobs", default="0")
    parser.addini(HURRY, "divides AWS's buffer intervals and propagation; 1 is AWS's own pace", default="60")


def pytest_configure(config: pytest.Config) -> None:
    if config.getini(GLUE):  # by its name alone: nothing of it is imported here
        payload = str(Path(__file__).parent / "workers" / "payload")
        sys.path.append(payload)
        config.add_cleanup(lambda: sys.path.remove(payload))


class Boathouse:
    """A running platform: where it listens, what its clients need in their environment, and clients for it."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self._platform = platform
        self._folder = folder

    @property
    def endpoint(self) -> str:
        """``http://127.0.0.1:PORT``: for tools that want to be told."""
        return self._platform.endpoint

    @property
    def pid(self) -> int:
        """The platform's process."""
        return self._platform.pid

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at the platform, for subprocesses with an environment of their own."""
        from boathouse import profile

        return profile.environment(self._folder)

    @property
    def region(self) -> str:
        from boathouse.context import DEFAULT_REGION

        return DEFAULT_REGION

    @property
    def settings(self) -> Settings:
        """Where the platform is and where its files lie, as our own parts want to be told."""
        from boathouse import launch

        return launch.settings_of(self._platform.health)

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client for the platform; ``options`` are those of ``boto3.client``."""
        import boto3

        return boto3.client(service, **options)

    def reset(self) -> None:
        """Empties the platform: no bucket, table, stream or function is left."""
        from boathouse import launch

        launch.reset(self.endpoint)


@pytest.fixture(scope="session")
def boathouse(request: pytest.FixtureRequest) -> Iterator[Boathouse]:
    """The platform. From here to the end of the session plain boto3, PyAthena and awswrangler talk to it."""
    from boathouse import launch
    from boathouse.errors import StartError
    from boathouse.settings import Settings

    config = request.config
    with tempfile.TemporaryDirectory(prefix="boathouse-aws-") as name:
        folder = Path(name)
        settings = Settings(
            ephemeral=True,
            port=launch.free_port(),
            aws_dir=folder,
            hurry=float(config.getini(HURRY)),
            workers=int(config.getini(WORKERS)),
        )
        try:
            platform = launch.launch(settings)
        except StartError as error:
            pytest.fail(str(error), pytrace=False)  # it says what to do; where it was raised is of no use
        started = Boathouse(platform, folder)
        kept = _point_at(started)
        try:
            yield started
        finally:
            _restore(kept)
            platform.stop()


@pytest.fixture(scope="session")
def glue_context(boathouse: Boathouse, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A GlueContext on a Spark in this process, whose ``s3://`` is the platform's; it stays warm for the session."""
    from boathouse.errors import StartError
    from boathouse.workers import foreground

    if not request.config.getini(GLUE):
        pytest.fail(f"glue_context needs `{GLUE} = true` in pytest's configuration", pytrace=False)
    kept = dict(os.environ)
    try:
        with foreground.driver(boathouse.settings, "pytest", boathouse.region):
            from awsglue.context import GlueContext
            from pyspark import SparkContext

            context = GlueContext(SparkContext.getOrCreate())
            try:
                yield context
            finally:
                context.spark_session.stop()
    except StartError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        os.environ.clear()
        os.environ.update(kept)


@pytest.fixture
def boathouse_reset(boathouse: Boathouse) -> Boathouse:
    """The platform, empty."""
    boathouse.reset()
    return boathouse


def _point_at(platform: Boathouse) -> dict[str, str]:
    """Changes this process's environment; returns what it took out or replaced."""
    from boathouse import profile

    kept = {name: os.environ[name] for name in _ours()}
    for name in kept:
        del os.environ[name]
    os.environ.update(platform.environment | profile.past_proxies(kept))
    _forget_default_session()
    return kept


def _restore(kept: dict[str, str]) -> None:
    for name in _ours():
        del os.environ[name]
    os.environ.update(kept)
    _forget_default_session()


def _ours() -> list[str]:
    """What of the environment is changed: everything of AWS's, so that nothing overrides the profile, and NO_PROXY."""
    return [name for name in os.environ if name.startswith("AWS_") or name.upper() == "NO_PROXY"]


def _forget_default_session() -> None:
    """client(boto3): ``boto3.client`` keeps the session, and with it the credentials, of its first use."""
    import boto3

    boto3.DEFAULT_SESSION = None
