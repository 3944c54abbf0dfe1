"""A base that comes back empty: nothing of ours answers from the past, and the next step is named."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from boathouse import launch
from boathouse.errors import StartError
from boathouse.settings import BaseUrl, Settings
from tests.bases.processes import Child, Minio, localstack, ministack

PATIENCE = 20
pytestmark = pytest.mark.bases
NEXT_STEP = "docker compose run --rm deploy --from-empty"


def platform_on(folder: Path, bases: dict[str, BaseUrl], port: int = 0) -> launch.Platform:
    return launch.launch(
        Settings(state_dir=folder / "state", aws_dir=folder / "aws", port=port or launch.free_port(), workers=0,
                 bases=bases)
    )  # fmt: skip


def clients(platform: launch.Platform) -> Callable[[str], Any]:
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
    once = Config(retries={"total_max_attempts": 1})
    return lambda name: session.client(name, endpoint_url=platform.endpoint, config=once)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """LocalStack, which each test finds as another left it: a platform's own marker is what matters to it."""
    found = localstack(tmp_path_factory.mktemp("localstack")).start()
    yield found
    found.stop()


@pytest.fixture
def own(tmp_path: Path, base: Child) -> Iterator[launch.Platform]:
    found = platform_on(tmp_path, {"": BaseUrl(base.url)})
    yield found
    found.stop()


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "list_buckets", {}),  # the base's
    ("kms", "list_keys", {}),
    ("glue", "get_databases", {}),  # ours, which no base is asked for
    ("athena", "list_work_groups", {}),
    ("sns", "create_topic", {"Name": "t"}),
    ("cloudformation", "describe_stacks", {}),
]


def refusals(client: Callable[[str], Any]) -> dict[str, tuple[int, str]]:
    """Of each call that is refused, the status and the code; its message names the next step."""
    found = {}
    for service, operation, params in CALLS:
        try:
            getattr(client(service), operation)(**params)
        except ClientError as error:
            response = error.response
            found[service] = (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"])
            if NEXT_STEP not in response["Error"]["Message"]:
                raise
    return found


def test_a_base_that_lost_its_memory_shuts_the_door(own: launch.Platform, base: Child) -> None:
    client = clients(own)
    client("s3").create_bucket(Bucket="lake")
    client("glue").create_database(DatabaseInput={"Name": "kept"})
    base.stop()
    base.start()
    assert refusals(client) == {service: (503, "ServiceUnavailable") for service, _, _ in CALLS}
    health = launch.health(own.endpoint)
    assert health is not None
    (trouble,) = health["troubles"].values()
    assert f"the base at {base.url} came back empty" in trouble

    assert launch.reset(own.endpoint) == [base.url]
    assert refusals(client) == {}
    assert client("glue").get_databases()["DatabaseList"] == []
    health = launch.health(own.endpoint)
    assert health is not None
    assert health["troubles"] == {}
    assert client("s3").list_buckets()["Buckets"] == []  # the marker shows in no listing


def test_no_request_reaches_a_base_that_lost_its_memory(own: launch.Platform, base: Child) -> None:
    """Not even the first one over a connection made anew, by which a bucket would come to be again."""
    client = clients(own)
    client("s3").list_buckets()
    base.stop()
    base.start()
    with pytest.raises(ClientError, match="came back empty"):
        client("s3").create_bucket(Bucket="ghost")
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
    assert session.client("s3", endpoint_url=base.url).list_buckets()["Buckets"] == []


def test_it_is_noticed_at_the_start(tmp_path: Path, base: Child) -> None:
    first = platform_on(tmp_path, {"": BaseUrl(base.url)})
    first.stop()
    base.stop()
    base.start()
    second = platform_on(tmp_path, {"": BaseUrl(base.url)})
    try:
        assert len(refusals(clients(second))) == len(CALLS)
        launch.reset(second.endpoint)
        assert refusals(clients(second)) == {}
    finally:
        second.stop()


@pytest.mark.parametrize("kind", ["minio", "ministack"])
def test_what_a_base_keeps_survives_its_end(kind: str, tmp_path: Path) -> None:
    """Both killed, one after the other: no marker is missed, and the lake is there."""
    (tmp_path / "base").mkdir()
    base = Minio(tmp_path / "base") if kind == "minio" else ministack(tmp_path / "base")
    base.start()
    bases = {"s3": base.base} if isinstance(base, Minio) else {"": BaseUrl(base.url)}
    own = platform_on(tmp_path, bases)
    try:
        client = clients(own)
        client("s3").create_bucket(Bucket="lake")
        client("s3").put_object(Bucket="lake", Key="a", Body=b"x")
        base.stop()
        with pytest.raises(ClientError, match="does not answer"):
            client("s3").list_objects_v2(Bucket="lake")
        client("glue").get_databases()  # ours: it goes on without
        base.start()
        assert client("s3").get_object(Bucket="lake", Key="a")["Body"].read() == b"x"
        own.kill()
        own = platform_on(tmp_path, bases)
        assert clients(own)("s3").get_object(Bucket="lake", Key="a")["Body"].read() == b"x"
        assert [found["Name"] for found in clients(own)("s3").list_buckets()["Buckets"]] == ["lake"]
    finally:
        own.stop()
        base.stop()


def test_wrong_keys_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    base = Minio(tmp_path / "base").start()
    variable = "its keys are taken from BOATHOUSE_BASE_S3_ACCESS_KEY"
    try:
        for wrong in (BaseUrl(base.url, base.access_key, "wrong"), BaseUrl(base.url, "nobody", "wrong"),
                      BaseUrl(base.url)):  # fmt: skip
            with pytest.raises(StartError, match=f"does not let us in .* {variable}"):
                platform_on(tmp_path, {"s3": wrong})
        platform_on(tmp_path, {"s3": base.base}).stop()
        with pytest.raises(StartError, match=variable):
            platform_on(tmp_path, {"s3": BaseUrl(base.url, base.access_key, "changed")})
    finally:
        base.stop()


def test_the_end_of_a_base_is_noticed_without_asking_it(own: launch.Platform, base: Child) -> None:
    """Nothing goes over a connection to it: the one that is held for this only."""
    glue = clients(own)("glue")
    glue.get_databases()
    base.stop()
    base.start()
    until = time.monotonic() + PATIENCE
    while not (launch.health(own.endpoint) or {}).get("troubles"):
        assert time.monotonic() < until
    with pytest.raises(ClientError, match="came back empty"):
        glue.get_databases()


def test_no_marker_is_left_behind(tmp_path: Path, base: Child) -> None:
    """By a reset, or by a platform that keeps nothing."""
    session = boto3.Session(aws_access_key_id="999999999999", aws_secret_access_key="x", region_name="us-east-1")

    def markers() -> set[str]:
        return {found["Name"] for found in session.client("s3", endpoint_url=base.url).list_buckets()["Buckets"]}

    before = markers()
    own = launch.launch(
        Settings(ephemeral=True, aws_dir=tmp_path, port=launch.free_port(), workers=0, bases={"": BaseUrl(base.url)})
    )
    try:
        (first,) = markers() - before
        launch.reset(own.endpoint)
        (second,) = markers() - before
        assert first != second
    finally:
        own.stop()
    assert markers() == before


def test_each_of_two_bases_holds_one(tmp_path: Path, base: Child) -> None:
    """MinIO for S3 keeps what it has; LocalStack, which serves the rest, does not, and has a topic for a marker."""
    (tmp_path / "minio").mkdir()
    minio = Minio(tmp_path / "minio").start()
    own = platform_on(tmp_path, {"": BaseUrl(base.url), "s3": minio.base})
    try:
        client = clients(own)
        client("s3").create_bucket(Bucket="lake")
        key = client("kms").create_key()["KeyMetadata"]["Arn"]
        client("s3").put_object(Bucket="lake", Key="a", Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
        assert client("s3").head_object(Bucket="lake", Key="a")["SSEKMSKeyId"] == key
        assert client("sns").list_topics()["Topics"] == []
        base.stop()
        base.start()
        assert len(refusals(client)) == len(CALLS)
        assert set(launch.reset(own.endpoint)) == {base.url, minio.url}
        assert refusals(client) == {}
        # the lake is there, and says which key it was that is gone
        assert client("s3").head_object(Bucket="lake", Key="a")["SSEKMSKeyId"] == key
    finally:
        own.stop()
        minio.stop()
