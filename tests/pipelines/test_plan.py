"""What is said before anything is made on AWS, that it is true, and that nothing is made without a yes."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError

from boathouse import launch
from pipelines import cli, deploy, plan
from pipelines.plan import Plan
from pipelines.settings import Profile
from tests.clients import program
from tests.sql.template import Template

PAGE = Path(__file__).parents[2] / "docs" / "aws.md"
ACCOUNT, REGION = "666666666666", "eu-central-1"


@pytest.fixture
def aws(platform: launch.Platform, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """The profile aws, but for where it goes: the bucket's policy asks for TLS as on AWS."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(Path(platform.health["state_dir"]) / "tls" / "ca.pem"))
    session = boto3.Session(ACCOUNT, "x", region_name=REGION)
    return Profile("aws", session, REGION, platform.health["tls_endpoint"])


def test_it_lists_what_the_template_has() -> None:
    found = yaml.load(deploy.TEMPLATE.read_text(), Template)["Resources"]
    assert plan.resource_types(deploy.TEMPLATE.read_text()) == {name: one["Type"] for name, one in found.items()}


def test_every_standing_charge_is_looked_for_and_those_of_the_template_are_counted(aws: Profile) -> None:
    found = Plan.of(aws)
    types = plan.resource_types(deploy.TEMPLATE.read_text()).values()
    assert {each.type for _, each in found.standing} == {each.type for each in plan.STANDING} & set(types)
    shard = next(count for count, each in found.standing if each.type == "AWS::Kinesis::Stream")
    assert shard == 1
    assert found.dollars_a_month == pytest.approx(sum(count * each.dollars for count, each in found.standing))
    assert found.dollars_a_month >= 11.95, "a shard and a key, at least"
    assert f"about ${found.dollars_a_month:.0f} a month altogether" in PAGE.read_text()


def test_a_parameter_that_the_profile_gives_counts(aws: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "given_parameters", lambda _: {"StreamShards": "4"})
    assert {count for count, each in Plan.of(aws).standing if each.type == "AWS::Kinesis::Stream"} == {4}


def test_what_it_says_names_the_account_the_prices_and_how_to_remove_it(aws: Profile) -> None:
    said = "\n".join(Plan.of(aws).lines())
    for text in (ACCOUNT, REGION, "AWS::Kinesis::Stream", plan.PRICES_OF, "aws cloudformation delete-stack"):
        assert text in said
    assert f"github-analytics-artifacts-{ACCOUNT}-{REGION}" in said


@pytest.mark.parametrize("answer", ["", "n", "no", "yes please"])
def test_nothing_is_made_without_a_yes(aws: Profile, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr(cli, "profile", lambda _: Profile("aws", aws.session, REGION, None, _clients=clients(aws)))
    monkeypatch.setattr("sys.stdin", Typed(answer))
    assert cli.main(["deploy", "--profile", "aws"]) == 2
    with pytest.raises(ClientError, match="does not exist"):
        aws.client("cloudformation").describe_stacks(StackName="github-analytics")
    with pytest.raises(ClientError, match="404"):
        aws.client("s3").head_bucket(Bucket=Plan.of(aws).artifact_bucket)


def test_a_yes_is_enough(aws: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "profile", lambda _: Profile("aws", aws.session, REGION, None, _clients=clients(aws)))
    monkeypatch.setattr("sys.stdin", Typed("y"))
    monkeypatch.setattr(deploy, "deploy", lambda reached, _: {"DeployedTo": reached.name})
    assert cli.main(["deploy", "--profile", "aws"]) == 0
    assert capsys.readouterr().out.split() == ["DeployedTo", "aws"]


def test_where_nobody_can_be_asked_it_wants_the_yes_beforehand(
    aws: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "profile", lambda _: Profile("aws", aws.session, REGION, None, _clients=clients(aws)))
    assert cli.main(["deploy", "--profile", "aws"]) == 2
    assert "--yes" in capsys.readouterr().err


def test_what_was_made_is_what_was_said_and_its_commands_remove_it(aws: Profile, platform: launch.Platform) -> None:
    before = Plan.of(aws)
    outputs = deploy.deploy(aws, lambda _: None)
    aws.client("s3").put_object(
        Bucket=outputs["DataBucket"],
        Key="raw/a",
        Body=b"1",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=outputs["KeyArn"],
    )
    after = Plan.of(aws)
    assert (before.exists, after.exists) == (False, True)
    assert outputs["DataBucket"] == before.data_bucket
    made = aws.client("cloudformation").list_stack_resources(StackName="github-analytics")["StackResourceSummaries"]
    assert sorted(one["ResourceType"] for one in made) == sorted(before.types.elements())

    for command in after.removal:
        aws_cli(command, platform)
    assert Plan.of(aws) == before
    assert aws.client("s3").list_buckets()["Buckets"] == []


def aws_cli(command: str, platform: launch.Platform) -> None:
    name, *arguments = shlex.split(command)
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "x"}
    environment = os.environ | keys | {"AWS_ENDPOINT_URL": platform.health["tls_endpoint"]}
    done = subprocess.run(
        [program(name), *arguments],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def clients(of: Profile) -> dict[str, Any]:
    return {name: of.client(name) for name in ("sts", "cloudformation", "s3")}


class Typed:
    """A terminal at which somebody has typed a line."""

    def __init__(self, line: str) -> None:
        self._line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._line + "\n"
