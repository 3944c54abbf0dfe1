"""What there is after `docker compose up --wait`."""

import urllib.request

import pytest

from tests.compose.conftest import Platform
from tests.compose.containers import ROOT, Compose

ONE_SHOTS = {"airflow-init", "deploy", "secrets"}
LIMITS = {"boathouse-emulator:0.1.0": 1.2e9}


@pytest.mark.parametrize("base", [None, "minio", "ministack"])
def test_the_configuration_is_clean(engine: None, base: str | None) -> None:
    compose = Compose("boathouse-config", env_file=str(ROOT / "compose" / "bases" / f"{base}.env") if base else None)
    done = compose.run("config", "--quiet")
    assert done.stdout + done.stderr == ""


def test_all_is_healthy_soon_after_the_images_are_there(started: Platform) -> None:
    states = started.compose.states()
    assert {service: state for service, state in states.items() if state == "exited 0"}.keys() == ONE_SHOTS
    assert {state for service, state in states.items() if service not in ONE_SHOTS} == {"healthy"}
    assert started.seconds <= 90


def test_the_emulators_image_is_not_large(started: Platform) -> None:
    with started.compose.docker() as engine:
        sizes = {image: engine.images.get(image).attrs["Size"] for image in LIMITS}
    assert {image for image, size in sizes.items() if size >= LIMITS[image]} == set(), sizes


def test_nobody_is_root_and_nobody_listens_beyond_this_machine(started: Platform) -> None:
    for service, state in started.compose.states().items():
        inspected = started.compose.inspect(service)
        assert inspected["Config"]["User"].partition(":")[0] not in {"", "0", "root"}, service
        published = inspected["HostConfig"]["PortBindings"] or {}
        assert {binding["HostIp"] for each in published.values() for binding in each} <= {"127.0.0.1"}, service
        if state == "healthy":
            assert inspected["HostConfig"]["Memory"] > 0, service


def test_the_streams_are_localstacks_and_the_rest_of_the_lake_ours(started: Platform) -> None:
    said = started.compose.execute("emulator", "boathouse", "status").splitlines()
    owned = {line.split()[0]: line.split()[1] for line in said if line.endswith("the base") or "operations" in line}
    assert int(owned["glue"]) > 0
    assert owned.get("kinesis", "0") == "0"
    assert any("http://localstack:4566" in line for line in said)


def test_the_pages_answer(started: Platform) -> None:
    compose = started.compose
    for port in (compose.airflow_port, compose.slack_port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert b"<html" in answer.read().lower()
