"""The suite with MinIO as S3, which checks signatures and knows one KMS key; the default base for the rest."""

from collections.abc import Iterator

import pytest

from boathouse import launch
from tests.bases.processes import Minio
from tests.conformance.on_base import *  # noqa: F403
from tests.conformance.on_base import _shell, platform_on

__all__ = ["_shell"]

pytestmark = pytest.mark.bases


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[launch.Platform]:
    folder = tmp_path_factory.mktemp("on-minio")
    base = Minio(folder).start()
    try:
        started = platform_on(folder, {"s3": base.base})
        yield started
        started.stop()
    finally:
        base.stop()
