"""The suite for a base other than the default, for a module to take whole: ``from tests.conformance.on_base import *``.

Such a module has one more fixture, ``platform``, which starts the base and a platform on it; what hangs on that is here
once more, since pytest would hand out what the default platform's tests have made of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boathouse import launch
from boathouse.settings import BaseUrl, Settings
from tests.conformance.clients_reading import (  # noqa: F401
    connection,
    test_pyathena,
    test_pyathena_with_pandas,
    typed,
)
from tests.conformance.clients_writing import (  # noqa: F401
    encrypted,
    frame,
    root,
    test_awswrangler_makes_a_table_of_a_query,
    test_the_aws_cli_copies_large_files_in_parts,
)
from tests.conformance.conftest import in_shell
from tests.conformance.test_platform import *  # noqa: F403
from tests.conftest import ClientOf, clients_of, empty_bucket, environment_of
from tests.e2e.lakehouse import Lakehouse
from tests.services.s3.test_bucket_policies import *  # noqa: F403
from tests.services.s3.test_deletions import *  # noqa: F403
from tests.services.s3.test_encryption import *  # noqa: F403

del test_a_reset_forgets_the_keys_too  # noqa: F821 (it starts a platform of its own, on the default base)


def platform_on(folder: Path, bases: dict[str, BaseUrl]) -> launch.Platform:
    return launch.launch(
        Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder / "aws", workers=1, bases=bases)
    )


@pytest.fixture(scope="module")
def aws_env(platform: launch.Platform) -> dict[str, str]:
    return environment_of(Path(platform.health["aws_dir"]))


@pytest.fixture(scope="module")
def client(platform: launch.Platform) -> ClientOf:
    return clients_of(platform)


@pytest.fixture(scope="module")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    found = Lakehouse(aws_env)
    found.pipelines("deploy")
    return found


@pytest.fixture
def _shell(lakehouse: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with in_shell(lakehouse, monkeypatch):
        yield


@pytest.fixture
def bucket(client: ClientOf, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty bucket with a name of this test's own, gone afterwards."""
    yield from empty_bucket(client("s3"), request.node.nodeid)
