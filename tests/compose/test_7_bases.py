"""Another base in LocalStack's place, or beside it, without Airflow: one that keeps its objects keeps the lake."""

import os
from pathlib import Path

import pytest

from tests.compose.airflow import until
from tests.compose.conftest import InContainers
from tests.compose.containers import ROOT, Compose
from tests.e2e import expected, sources

DAY = "2025-10-20"


@pytest.mark.parametrize(
    ("base", "more"), [("minio", ["localstack", "minio"]), ("ministack", ["localstack", "ministack"])]
)
def test_the_lake_survives_the_death_of_what_keeps_it(engine: None, base: str, more: list[str], tmp_path: Path) -> None:
    files = sources.hours(tmp_path, DAY, events=40, seed=9, count=2)
    wanted = expected.of_files(files)
    compose = Compose(f"boathouse-test-{base}", env_file=str(ROOT / "compose" / "bases" / f"{base}.env"))
    services = ["emulator", "deploy", *more]
    lakehouse = InContainers(dict(os.environ) | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{compose.port}"})
    compose.run("build", *services)
    try:
        compose.run("up", "--detach", "--wait", *services)
        lakehouse.run("all", *files, more=("--profile", "compose"))
        assert lakehouse.facts(wanted.days) == wanted.facts

        compose.kill(base)
        until(lambda: compose.restarts(base) > 0 and compose.states()[base] == "healthy", f"{base} again", 120)
        assert lakehouse.facts(wanted.days) == wanted.facts
    finally:
        compose.down()
