"""Airflow as the DAGs' tests use it: its own environment, a home of its own, no scheduler, no Docker."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.lakehouse import ROOT, Lakehouse

PYTHON = ROOT / ".venv-airflow" / "bin" / "python"
HERE = Path(__file__).parent
SECRETS = {"connections_prefix": "airflow/connections", "variables_prefix": "airflow/variables"}


class Airflow:
    """``environment`` is that of its processes; its database is a file in ``home``."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        self.environment = dict(environment)

    def script(self, name: str, *arguments: str, **environment: str) -> str:
        """What a script beside this file prints."""
        done = subprocess.run(
            [PYTHON, HERE / name, *arguments], env=self.environment | environment, cwd=self.home,
            capture_output=True, text=True, timeout=560, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *commands: tuple[str, ...], expect: int = 0, **environment: str) -> str:
        """Runs commands of Airflow's, each of which ends with ``expect``."""
        said = self.script("airflow_commands.py", json.dumps(commands), **environment)
        codes = [int(code) for code in re.findall(r"^\d+ exit code (\d+)$", said, re.MULTILINE)]
        assert codes == [expect] * len(commands), said[-20_000:]
        return said


def dag_test(dag: str, *days: str) -> tuple[str, ...]:
    """``airflow dags test`` for days given by hand, or of the day that the run is of."""
    if dag == "ingest_github_events":
        return ("dags", "test", dag, *days)
    return ("dags", "test", dag, "--conf", json.dumps({"days": days}))


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Skips, with a word, where Airflow is not installed; fails there in CI."""
    if not PYTHON.exists():
        said = f"no Airflow in {PYTHON.parents[1]}: it needs Python 3.11 or 3.12, and `make setup-airflow`"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return tmp_path_factory.mktemp("airflow")


@pytest.fixture(scope="session")
def offline_airflow(airflow_home: Path) -> Airflow:
    """Airflow that only reads DAGs: no platform, no database."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AIRFLOW_"))}
    return Airflow(
        airflow_home,
        inherited
        | {
            "AIRFLOW_HOME": str(airflow_home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONPATH": str(ROOT),
        },
    )


@pytest.fixture(scope="session")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    """Deployed, as `compose` does it, before a DAG is run."""
    lakehouse = Lakehouse(aws_env)
    lakehouse.pipelines("deploy")
    return lakehouse


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the DAGs take hour files from."""
    return tmp_path_factory.mktemp("archive")


@pytest.fixture(scope="session")
def airflow(offline_airflow: Airflow, aws_env: dict[str, str], lakehouse: Lakehouse, archive: Path) -> Airflow:
    """Airflow beside the platform under test, with MWAA's backend for what it does not know itself.

    documented(https://docs.aws.amazon.com/mwaa/latest/userguide/connections-secrets-manager.html)
    """
    secrets: Any = lakehouse.profile.client("secretsmanager")
    secrets.put_secret_value(SecretId="airflow/variables/github_events_source", SecretString=str(archive))
    airflow = Airflow(
        offline_airflow.home,
        offline_airflow.environment
        | {name: value for name, value in aws_env.items() if name.startswith("AWS_")}
        | {
            "AIRFLOW__SECRETS__BACKEND": "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend",
            "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps(SECRETS),
            "PIPELINES_PROFILE": "local",
            "PIPELINES_FIRST_DAY": "2024-01-01",  # before it no task runs
            "PIPELINES_RETRY_SECONDS": "0.1",
        },
    )
    airflow.run(("db", "migrate"), ("dags", "reserialize"))
    return airflow
