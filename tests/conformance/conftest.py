"""The deployed template, and a process that looks like a shell after ``boathouse env``."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="session")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    """The template's stack: the bucket with its policy and key, the workgroup ``analytics``."""
    found = Lakehouse(aws_env)
    found.pipelines("deploy")
    return found


@contextmanager
def in_shell(lakehouse: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's environment becomes that after ``boathouse env``; clients are made from nothing else."""
    for name, value in lakehouse.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries beneath the clients
        yield


@pytest.fixture
def _shell(lakehouse: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with in_shell(lakehouse, monkeypatch):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a base is known to do otherwise must fail there: else the page that lists it would be wrong."""
    known = bases()
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        base = item.path.stem.removeprefix("test_on_")
        for deviation in known.get(base, known["ministack"])["deviations"]:
            if deviation["test"] in (item.name, item.name.partition("[")[0]):
                item.add_marker(pytest.mark.xfail(strict=True, reason=deviation["says"]))


def bases() -> dict[str, Any]:
    """By name: what a user should know of a base, and the tests that fail on it."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "deviations.yaml").read_text())
    return found
