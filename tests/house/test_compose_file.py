"""docker-compose.yml, without a Docker: pinned, on this machine only, replaceable, and described in .env.example."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
ONE_SHOTS = {"airflow-init", "deploy", "secrets"}


def variables() -> dict[str, str]:
    """Name to default."""
    return dict(re.findall(r"\$\{([A-Z0-9_]+):-([^}]*)\}", TEXT))


@pytest.mark.parametrize("service", SERVICES)
def test_every_container_is_bounded_and_looked_after(service: str) -> None:
    about = SERVICES[service]
    limits = about["deploy"]["resources"]["limits"]
    assert limits["memory"]
    assert limits["pids"]
    assert about["cap_drop"] == ["ALL"]
    if service not in ONE_SHOTS:
        assert about["restart"] == "unless-stopped"
        assert "healthcheck" in about or "HEALTHCHECK" in (ROOT / "compose" / service / "Dockerfile").read_text()
    for port in about.get("ports", []):
        assert port.startswith("127.0.0.1:${"), "bound to this machine, and movable"


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_is_pinned_and_can_be_replaced(service: str) -> None:
    image = re.fullmatch(r"\$\{[A-Z_]+:-([^}]+)\}", SERVICES[service]["image"])
    assert image, "a variable with a default"
    assert re.search(r":[^:]*\d+\.\d+", image[1]), "a version"


def test_what_can_be_told_is_in_the_example_with_its_default() -> None:
    example = dict(re.findall(r"^#([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example.pop("COMPOSE_PROFILES") == ""
    assert example == variables()


def test_a_bases_file_tells_only_what_the_example_knows() -> None:
    known = variables().keys() | {"COMPOSE_PROFILES"}
    for path in (ROOT / "compose" / "bases").glob("*.env"):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert {line.partition("=")[0] for line in lines} <= known, path.name


def test_a_dockerfile_is_what_any_engine_builds() -> None:
    found = [*(ROOT / "compose").glob("*/Dockerfile"), *(ROOT / "tests" / "compose").glob("*/*/Dockerfile")]
    assert len(found) > 5
    for path in found:
        text = path.read_text()
        assert "# syntax" not in text, f"{path}: fetches a parser"
        assert "<<" not in text, f"{path}: a heredoc, which an engine of Debian's does not know"
