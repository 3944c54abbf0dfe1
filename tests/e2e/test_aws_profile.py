"""With ``--profile aws`` the same code and template go to AWS and nowhere else; without it, never to AWS.

The whole of deploy, ingest, Silver, Gold and their accounting runs in this process, and every request that botocore
makes is looked at: see aws_stand_in.py. The DAGs: tests/dags/test_aws_profile.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from boathouse import launch
from pipelines import cli
from tests.e2e import sources
from tests.e2e.aws_account import allowed_to, of_a_user, variables
from tests.e2e.aws_stand_in import Sent, faults, only_loopback, recorded

ClientOf = Callable[..., Any]
ACCOUNT, REGION = "555555555555", "eu-west-1"
DAY = "2024-06-18"
SERVICES = {"athena", "cloudformation", "glue", "kinesis", "s3", "sts"}
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
    return of_a_user(client("iam", account=ACCOUNT))


@dataclass(frozen=True)
class Story:
    """What each command sent: a first deployment, a run, and a deployment where nothing has changed."""

    deploying: list[Sent]
    running: list[Sent]
    deploying_again: list[Sent]

    @property
    def sent(self) -> list[Sent]:
        return self.deploying + self.running + self.deploying_again


@pytest.fixture(scope="module")
def story(platform: launch.Platform, credentials: Credentials, tmp_path_factory: pytest.TempPathFactory) -> Story:
    source = map(str, sources.hours(tmp_path_factory.mktemp("aws"), DAY, events=120, oversize=1))
    deploying = ["deploy", "--profile", "aws", "--yes", "--json"]
    running = ["run", "all", "--profile", "aws", "--source", *source, "--report", "--deadline", "60"]
    shell = variables(platform, credentials, REGION)
    return Story(*(listened_to(platform, shell, command) for command in (deploying, running, deploying)))


def listened_to(platform: launch.Platform, shell: dict[str, str], command: list[str]) -> list[Sent]:
    """All that a command of the pipeline sends in a shell with AWS's credentials and a region."""
    with pytest.MonkeyPatch.context() as patch, only_loopback() as escaped:
        for name, value in shell.items():
            patch.setenv(name, value)
        with recorded(platform.health["tls_endpoint"]) as record:
            assert cli.main(command) == 0
    assert escaped == []
    return record.requests


def test_every_request_is_for_aws_and_signed_for_it(story: Story, credentials: Credentials) -> None:
    """For a host of AWS's in the region, over HTTPS, signed with the shell's credentials, with nothing local in it."""
    # documented(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html)
    assert faults(story.sent, credentials, REGION) == []
    assert {request.service for request in story.sent} == SERVICES
    wrong, first = Credentials(credentials.access_key, "another secret"), story.sent[0]
    assert faults([first], wrong, REGION) == [f"{first.method} {first.url}: another signature"]


def test_the_templates_role_may_do_all_that_a_run_asks(story: Story) -> None:
    asked = {request.action for request in story.running}
    assert asked - allowed_to("PipelineRole") == set()
    assert {"kinesis:PutRecords", "glue:StartJobRun", "athena:StartQueryExecution", "s3:PutObject"} <= asked


def test_it_all_happened(story: Story, client: ClientOf) -> None:
    """In the account and region that the credentials are of; with the bucket refusing plain HTTP, as on AWS."""
    asked = {"account": ACCOUNT, "region": REGION}
    (stack,) = client("cloudformation", **asked).describe_stacks(StackName="github-analytics")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert stack["StackStatus"] == "CREATE_COMPLETE", "the second deploy changed nothing"
    assert outputs["DataBucket"] == f"github-analytics-data-{ACCOUNT}-{REGION}"
    policy = client("s3", **asked).get_bucket_policy(Bucket=outputs["DataBucket"])["Policy"]
    assert "DenyPlainHttp" in policy
    days = client("glue", **asked).get_partitions(DatabaseName="github_analytics_db", TableName="fact_events")
    assert sorted(day["Values"] for day in days["Partitions"]) == [[DAY]]


def test_the_guard_guards() -> None:
    """Or else the tests above would prove nothing."""
    s3 = boto3.Session("AKIAREALREALREALREAL", "real", region_name=REGION).client(
        "s3", config=Config(retries={"total_max_attempts": 1})
    )
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
