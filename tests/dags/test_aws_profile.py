"""The DAGs on AWS, as MWAA runs them: no variable names a profile, and everything asked goes to AWS, signed for it.

The operators' hooks and the deferred triggers are botocore's and aiobotocore's: see aws_shell/sitecustomize.py.
"""

import json
import os
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.credentials import Credentials

from boathouse import launch
from pipelines import deploy
from pipelines.settings import Profile
from tests.dags.conftest import SECRETS, Airflow, dag_test
from tests.e2e import sources
from tests.e2e.aws_account import allowed_to, of_a_user, variables
from tests.e2e.aws_stand_in import Sent, faults
from tests.e2e.lakehouse import ROOT

ClientOf = Callable[..., Any]
pytestmark = pytest.mark.timeout(600)
ACCOUNT, REGION = "777777777777", "eu-west-1"
DAY = "2024-06-19"
DAGS = ("ingest_github_events", "transform_silver", "aggregate_gold")
SERVICES = {"athena", "cloudformation", "glue", "kinesis", "monitoring", "s3", "secretsmanager", "sns"}


@pytest.fixture(scope="module")
def credentials(client: ClientOf) -> Credentials:
    return of_a_user(client("iam", account=ACCOUNT))


@pytest.fixture(scope="module")
def deployed(
    platform: launch.Platform, credentials: Credentials, client: ClientOf, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The stack's outputs, deployed with AWS's own parameters; the DAGs take their day from a folder here."""
    folder = tmp_path_factory.mktemp("archive")
    for path in sources.hours(folder, DAY, events=60):
        shutil.copy(path, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CA_BUNDLE", variables(platform, credentials, REGION)["AWS_CA_BUNDLE"])
        session = boto3.Session(credentials.access_key, credentials.secret_key, region_name=REGION)
        outputs = deploy.deploy(Profile("aws", session, REGION, platform.health["tls_endpoint"]), lambda _: None)
    secrets = client("secretsmanager", account=ACCOUNT, region=REGION)
    secrets.put_secret_value(SecretId="airflow/variables/github_events_source", SecretString=str(folder))
    return outputs


@dataclass(frozen=True)
class Heard:
    sent: list[Sent]
    escaped: list[str]


@pytest.fixture(scope="module")
def heard(
    offline_airflow: Airflow,
    platform: launch.Platform,
    credentials: Credentials,
    deployed: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Heard:
    """All that the three DAGs sent, each run once, in a home of their own."""
    folder = tmp_path_factory.mktemp("aws")
    offline = Airflow(folder, offline_airflow.environment | {"AIRFLOW_HOME": str(folder)})
    offline.run(("db", "migrate"), ("dags", "reserialize"))
    airflow = Airflow(
        folder,
        offline.environment
        | variables(platform, credentials, REGION)
        | {
            "AIRFLOW__SECRETS__BACKEND": "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend",
            "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(SECRETS),
            "AWS_DEFAULT_REGION": REGION,  # assumed: MWAA sets both names of it; boto3 reads this one alone
            "AWS_STAND_IN": platform.health["tls_endpoint"],
            "AWS_STAND_IN_SENT": str(folder / "sent"),
            "AWS_STAND_IN_ESCAPED": str(folder / "escaped"),
            "PIPELINES_FIRST_DAY": DAY,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "aws_shell"), str(ROOT)]),
        },
    )
    airflow.run(*(dag_test(dag, DAY) for dag in DAGS))
    return Heard([read(line) for line in lines(folder / "sent")], [str(line) for line in lines(folder / "escaped")])


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def read(line: dict[str, Any]) -> Sent:
    body = None if line["body"] is None else b64decode(line["body"])
    return Sent(line["method"], line["url"], line["headers"], body)


def test_every_request_is_for_aws_and_signed_for_it(heard: Heard, credentials: Credentials) -> None:
    assert faults(heard.sent, credentials, REGION) == []
    assert {request.service for request in heard.sent} >= SERVICES
    assert heard.escaped == []


def test_the_operators_asked_and_waited_there_too(heard: Heard) -> None:
    """client(apache-airflow-providers-amazon): its user agent names it; a trigger's client is aiobotocore's."""
    agents = [(request.action, request.headers["user-agent"]) for request in heard.sent]
    by_operators = {action for action, agent in agents if "Airflow" in agent}
    assert {"glue:StartJobRun", "glue:GetJobRun", "athena:StartQueryExecution"} <= by_operators
    assert {action for action, agent in agents if "aiobotocore" in agent} >= {
        "glue:GetJobRun",
        "athena:GetQueryExecution",
    }


def test_the_templates_role_may_do_all_that_the_dags_ask(heard: Heard) -> None:
    assert {request.action for request in heard.sent} - allowed_to("PipelineRole") == set()


def test_gold_has_the_day(heard: Heard, client: ClientOf, deployed: dict[str, str]) -> None:
    glue = client("glue", account=ACCOUNT, region=REGION)
    days = glue.get_partitions(DatabaseName=deployed["Database"], TableName="fact_events")["Partitions"]
    assert [day["Values"] for day in days] == [[DAY]]
