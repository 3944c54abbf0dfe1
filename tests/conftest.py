"""The platform under test: one for the session, started as users start it, reached with unmodified clients."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from boathouse import launch, profile
from boathouse.settings import Settings

ROOT = Path(__file__).parents[1]
REAL_EVENTS = ROOT.parent / "shared" / "data" / "github-events"
ClientOf = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def _no_aws_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the developer's own credentials, profiles or endpoints, and no client asks for metadata."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    nowhere = tmp_path_factory.mktemp("no-aws") / "none"
    os.environ |= {"AWS_CONFIG_FILE": str(nowhere), "AWS_SHARED_CREDENTIALS_FILE": str(nowhere)}
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    yield
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(kept)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[launch.Platform]:
    """A platform of its own for this session, with one warm Glue worker, gone with the session."""
    folder = tmp_path_factory.mktemp("platform")
    started = launch.launch(
        Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder / "aws", hurry=60, workers=1)
    )
    yield started
    started.stop()


@pytest.fixture(scope="session")
def aws_dir(platform: launch.Platform) -> Path:
    """Where the profile ``boathouse`` of the platform under test is written."""
    return Path(platform.health["aws_dir"])


@pytest.fixture(scope="session")
def aws_env(aws_dir: Path) -> dict[str, str]:
    """The environment of a process that talks to the platform as after ``boathouse env``."""
    return environment_of(aws_dir)


def environment_of(aws_dir: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return inherited | profile.environment(aws_dir)


@pytest.fixture(scope="session")
def client(platform: launch.Platform) -> ClientOf:
    """``client("athena")``: an unmodified boto3 client; ``account`` and ``region`` choose whose."""
    return clients_of(platform)


def clients_of(platform: launch.Platform) -> ClientOf:
    def make(service: str, *, account: str = "000000000000", region: str = "us-east-1", **options: Any) -> Any:
        session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="local", region_name=region)
        return session.client(service, endpoint_url=platform.endpoint, **options)

    return make


@pytest.fixture
def bucket(client: ClientOf, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty bucket with a name of this test's own, gone afterwards."""
    yield from empty_bucket(client("s3"), request.node.nodeid)


def empty_bucket(s3: Any, test: str) -> Iterator[str]:
    name = "test-" + str(abs(hash(test)))[:12]
    s3.create_bucket(Bucket=name)
    yield name
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        for entry in page.get("Contents", []):
            s3.delete_object(Bucket=name, Key=entry["Key"])
    s3.delete_bucket(Bucket=name)


@pytest.fixture(scope="session")
def real_events() -> Path:
    """The folder of real GH Archive hours; tests that need it are skipped, and say so, where it is missing."""
    if not REAL_EVENTS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"no real events in {REAL_EVENTS}: CI must not pass without them")
        pytest.skip(f"no real events in {REAL_EVENTS}")
    return REAL_EVENTS


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-coverage", action="store_true", help="write docs/coverage.md anew")
