"""The suite on LocalStack, which serves Kinesis too, as docker compose has it."""

from collections.abc import Iterator

import pytest

from boathouse import launch
from boathouse.settings import BaseUrl
from tests.bases.processes import localstack
from tests.conformance.on_base import *  # noqa: F403
from tests.conformance.on_base import _shell, platform_on

__all__ = ["_shell"]

pytestmark = pytest.mark.bases


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[launch.Platform]:
    folder = tmp_path_factory.mktemp("on-localstack")
    base = localstack(folder).start()
    try:
        started = platform_on(folder, {"": BaseUrl(base.url), "kinesis": BaseUrl(base.url)})
        yield started
        started.stop()
    finally:
        base.stop()
