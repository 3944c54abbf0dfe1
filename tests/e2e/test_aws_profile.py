"""With ``--profile aws`` the same code and template go to AWS and nowhere else; without it, never to AWS.

The whole of deploy, ingest, Silver, Gold and their accounting runs in this process, then what the DAGs' tasks do, and
every request that botocore makes is looked at. See aws_stand_in.py.
"""

import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from boathouse import launch
from pipelines import cli, settings
from pipelines.orchestration import alerts, gold, raw, silver
from pipelines.orchestration.asked import Asked
from tests.e2e import sources
from tests.e2e.aws_stand_in import Record, Sent, only_loopback, recorded

ClientOf = Callable[..., Any]
Shell = Callable[[], AbstractContextManager[Record]]
pytestmark = pytest.mark.timeout(600)  # one story: two runs, and all of the DAGs

ACCOUNT, REGION = "555555555555", "eu-west-1"
DAY, DAG_DAY = "2024-06-18", "2024-06-19"
SERVICES = {"athena", "cloudformation", "glue", "kinesis", "monitoring", "s3", "sns", "sts"}
"""As their hosts are called."""
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
def shell(platform: launch.Platform, credentials: Credentials) -> Shell:
    """``with shell() as record``: this process has AWS's credentials and a region, and is listened to."""
    variables = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_REGION": REGION,
        "AWS_CA_BUNDLE": str(Path(platform.health["state_dir"]) / "tls" / "ca.pem"),
    }

    @contextmanager
    def listening() -> Iterator[Record]:
        with pytest.MonkeyPatch.context() as patch, only_loopback() as escaped:
            for name, value in variables.items():
                patch.setenv(name, value)
            with recorded(platform.health["tls_endpoint"]) as record:
                yield record
            assert escaped == []

    return listening


@pytest.fixture(scope="module")
def run(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """All that deploying and running on AWS sends."""
    source = map(str, sources.hours(tmp_path_factory.mktemp("aws"), DAY, events=120, oversize=1))
    running = ["run", "all", "--profile", "aws", "--source", *source, "--report", "--deadline", "60"]
    with shell() as record:
        assert cli.main(["deploy", "--profile", "aws", "--yes", "--json"]) == 0
        assert cli.main(running) == 0
        assert cli.main(["deploy", "--profile", "aws", "--yes", "--json"]) == 0
    return record.requests


@pytest.fixture(scope="module")
def dags(run: list[Sent], shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """All that the DAGs' own functions send, in their order, where no variable names a profile; what the provider's
    operators do between them is done by boto3."""
    folder = tmp_path_factory.mktemp("archive")
    for path in sources.hours(folder, DAG_DAY, events=80):
        shutil.copy(path, folder)
    with shell() as record:
        counted = raw.account(raw.bring(str(folder), [DAG_DAY]))
        asked = Asked(days=counted["days"], sources=counted["sources"])
        make_silver(asked)
        make_gold(asked)
        context = {"ti": TaskInstance(counted), "dag_run": DagRun()}
        alerts.succeeded(context)
        alerts.failed(context | {"exception": ValueError("no")})
    return record.requests


def make_silver(asked: Asked) -> None:
    begun = silver.begin(asked)
    silver.publish(begun, glue_job(begun["job"], begun["arguments"]))


def make_gold(asked: Asked) -> None:
    begun = gold.begin(asked)
    executions = [
        athena_query(gold.create_table_as(begun, number, 1), options)
        for number, options in enumerate(gold.statement_settings(begun))
    ]
    gold.publish(begun, gold.check(begun, executions))
    gold.account(begun)
    gold.release(begun)


@pytest.fixture(scope="module")
def sent(run: list[Sent], dags: list[Sent]) -> list[Sent]:
    return run + dags


@dataclass
class TaskInstance:
    """As much of Airflow's as the callbacks read."""

    value: Any
    dag_id: str = "transform_silver"
    run_id: str = "manual"
    task_id: str = "publish"
    map_index: int = -1
    try_number: int = 1
    log_url: str = "http://airflow.example.org/log"

    def xcom_pull(self, task_ids: str | None = None, **_: Any) -> Any:
        return self.value if task_ids == self.task_id else None


@dataclass
class DagRun:
    start_date: datetime = field(default_factory=lambda: datetime.now(UTC))
    run_after: datetime = field(default_factory=lambda: datetime.now(UTC))


def glue_job(name: str, arguments: dict[str, str]) -> str:
    glue = settings.profile("aws").client("glue")
    run: str = glue.start_job_run(JobName=name, Arguments=arguments)["JobRunId"]
    wait_for(lambda: glue.get_job_run(JobName=name, RunId=run)["JobRun"]["JobRunState"])
    return run


def athena_query(sql: str, options: dict[str, Any]) -> str:
    athena = settings.profile("aws").client("athena")
    started: str = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": options["database"]},
        WorkGroup=options["workgroup"],
        ResultConfiguration=options["result_configuration"],
    )["QueryExecutionId"]
    wait_for(lambda: athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]["State"])
    return started


def wait_for(state: Callable[[], str]) -> None:
    deadline = time.monotonic() + 120
    while (found := state()) != "SUCCEEDED":
        assert found not in ("FAILED", "CANCELLED", "ERROR", "TIMEOUT"), found
        assert time.monotonic() < deadline, "it never ended"


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
    assert sorted(day["Values"] for day in days["Partitions"]) == [[DAY], [DAG_DAY]]


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
