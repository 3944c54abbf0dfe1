"""With ``--profile aws`` the same code and template go to AWS and nowhere else; without it, never to AWS.

The whole of deploy, ingest, Silver, Gold and their accounting runs in this process, and every request that botocore
makes is looked at. See aws_stand_in.py.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from boathouse import launch
from pipelines import cli
from tests.e2e import sources
from tests.e2e.aws_stand_in import Sent, only_loopback, recorded

ClientOf = Callable[..., Any]
ACCOUNT, REGION = "555555555555", "eu-west-1"
DAY = "2024-06-18"
SERVICES = {"athena", "cloudformation", "glue", "kinesis", "s3", "sts"}
HOST = re.compile(r"(?:(?P<bucket>[a-z0-9-]+)\.)?(?P<service>[a-z0-9]+)\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
HOSTILE = {
    "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
    "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.us-east-1.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_REGION": "us-gov-west-1",
    "AWS_DEFAULT_REGION": "us-gov-west-1",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "HTTP_PROXY": "http://proxy.example.org:3128",
    "HTTPS_PROXY": "http://proxy.example.org:3128",
}


@pytest.fixture(scope="module")
def credentials(client: ClientOf) -> Credentials:
    """An IAM user's, of the account that stands for one of AWS's."""
    iam, name = client("iam", account=ACCOUNT), f"ann-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return sources.hours(tmp_path_factory.mktemp("aws"), DAY, events=120, oversize=1)


@pytest.fixture(scope="module")
def sent(platform: launch.Platform, credentials: Credentials, events: list[Path]) -> Iterator[list[Sent]]:
    """All that deploying and running on AWS sends."""
    shell = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_REGION": REGION,
        "AWS_CA_BUNDLE": str(Path(platform.health["state_dir"]) / "tls" / "ca.pem"),
    }
    with pytest.MonkeyPatch.context() as patch, only_loopback() as escaped:
        for name, value in shell.items():
            patch.setenv(name, value)
        with recorded(platform.health["tls_endpoint"]) as record:
            assert cli.main(["deploy", "--profile", "aws", "--yes", "--json"]) == 0
            source = ["--source", *map(str, events)]
            assert cli.main(["run", "all", "--profile", "aws", *source, "--report", "--deadline", "60"]) == 0
            assert cli.main(["deploy", "--profile", "aws", "--yes", "--json"]) == 0
        yield record.requests
        assert escaped == []


def test_every_request_is_for_a_host_of_aws_in_the_region(sent: list[Sent], client: ClientOf) -> None:
    services = set()
    for request in sent:
        assert request.scheme == "https", request.url
        found = HOST.fullmatch(request.host)
        assert found is not None, request.url
        assert found["region"] == REGION, request.url
        assert (found["bucket"] is not None) <= (found["service"] == "s3"), request.url
        services.add(found["service"])
    assert services == SERVICES


def test_every_request_is_signed_with_the_shells_credentials(sent: list[Sent], credentials: Credentials) -> None:
    # documented(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html)
    for request in sent:
        scope = request.scope
        assert (scope["key"], scope["region"]) == (credentials.access_key, REGION), request.url
        assert scope["service"] in request.host.split("."), request.url
        assert request.is_signed_by(credentials), request.url
    assert not sent[0].is_signed_by(Credentials(credentials.access_key, "another secret"))


def test_nothing_local_is_left_in_what_is_asked(sent: list[Sent]) -> None:
    local = re.compile(rb"127\.0\.0\.1|localhost|:4566|000000000000|boathouse", re.IGNORECASE)
    for request in sent:
        said = "\n".join([request.url, *(f"{name}: {value}" for name, value in request.headers.items())]).encode()
        assert local.search(said + (request.body or b"")) is None, request.url


def test_it_all_happened(sent: list[Sent], client: ClientOf) -> None:
    """In the account and region that the credentials are of; with the bucket refusing plain HTTP, as on AWS."""
    asked = {"account": ACCOUNT, "region": REGION}
    (stack,) = client("cloudformation", **asked).describe_stacks(StackName="github-analytics")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert stack["StackStatus"] == "CREATE_COMPLETE", "the second deploy changed nothing"
    assert outputs["DataBucket"] == f"github-analytics-data-{ACCOUNT}-{REGION}"
    policy = client("s3", **asked).get_bucket_policy(Bucket=outputs["DataBucket"])["Policy"]
    assert "DenyPlainHttp" in policy
    days = client("glue", **asked).get_partitions(DatabaseName="github_analytics_db", TableName="fact_events")
    assert [day["Values"] for day in days["Partitions"]] == [[DAY]]


def test_the_guard_guards() -> None:
    """Or else the tests above would prove nothing."""
    s3 = boto3.Session("AKIAREALREALREALREAL", "real", region_name=REGION).client("s3")
    with only_loopback() as escaped, pytest.raises(BotoCoreError):
        s3.list_buckets()
    assert escaped
    assert "s3.eu-west-1.amazonaws.com" in escaped[0]


@pytest.mark.parametrize("profile", ["local", "compose"])
def test_nothing_goes_to_aws_without_the_profile(
    profile: str, platform: launch.Platform, aws_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever lies about in the shell."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".boathouse").mkdir()
    (tmp_path / ".boathouse" / "aws").symlink_to(aws_dir)
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    if profile == "compose":
        monkeypatch.setenv("AWS_ENDPOINT_URL", platform.endpoint)
    source = map(str, sources.hours(tmp_path, DAY, events=60, seed=len(profile)))
    with only_loopback() as escaped, recorded() as record:
        assert cli.main(["run", "all", "--profile", profile, "--source", *source, "--deadline", "60"]) == 0
    assert escaped == []
    assert {f"{request.scheme}://{request.host}" for request in record.requests} == {platform.endpoint}
    assert {request.scope["key"] for request in record.requests} == {"000000000000"}
