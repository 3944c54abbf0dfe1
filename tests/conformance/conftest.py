"""The deployed template, and a process that looks like a shell after ``boathouse env``."""

import warnings
from collections.abc import Iterator

import boto3
import pytest

from tests.e2e.lakehouse import Lakehouse


@pytest.fixture(scope="session")
def lakehouse(aws_env: dict[str, str]) -> Lakehouse:
    """The template's stack: the bucket with its policy and key, the workgroup ``analytics``."""
    found = Lakehouse(aws_env)
    found.pipelines("deploy")
    return found


@pytest.fixture
def _shell(lakehouse: Lakehouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's environment becomes that after ``boathouse env``; clients are made from nothing else."""
    for name, value in lakehouse.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries beneath the clients
        yield
