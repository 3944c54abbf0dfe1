"""docs/coverage.md says what was heard here: who answers each operation, and which SQL is exact."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from boathouse import launch
from boathouse.dialects.athena import coverage
from boathouse.settings import Settings
from tests.conformance.conftest import bases
from tests.conformance.probes import SERVICES, Heard, probe

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
NATIVE = {"lambda": "lambda_"}


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Heard]]]:
    """Every operation of every API asked once, on a platform of its own since some of them destroy things."""
    own = launch.launch(
        Settings(ephemeral=True, port=launch.free_port(), aws_dir=tmp_path_factory.mktemp("aws"), workers=0)
    )
    session = boto3.Session(aws_access_key_id="000000000000", aws_secret_access_key="x", region_name="us-east-1")
    config = Config(
        retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=30, inject_host_prefix=False
    )
    try:
        yield {
            name: list(probe(session.client(name, endpoint_url=own.endpoint, config=config), name, ours(own, name)))
            for name in SERVICES
        }
    finally:
        own.stop()


def ours(platform: launch.Platform, service: str) -> list[str]:
    found: list[str] = platform.health["services"].get(service, {}).get("ours", [])
    return found


def test_no_operation_of_ours_fails_inside(heard: dict[str, list[Heard]]) -> None:
    failed = [
        f"{service}.{one.operation}: {one.status} {one.code}"
        for service, all_heard in heard.items()
        for one in all_heard
        if one.owner == "ours" and one.status >= 500 and one.code != "NotImplemented"
    ]
    assert failed == []


def test_the_page_says_what_was_heard(heard: dict[str, list[Heard]], request: pytest.FixtureRequest) -> None:
    page = "\n".join([INTRODUCTION, of_bases(), *(section(service, heard[service]) for service in SERVICES), sql()])
    if request.config.getoption("--write-coverage"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "write it again with: make coverage"


INTRODUCTION = """# Coverage

Made by `make coverage` from what a running platform answered; a test holds it to that. Per operation of AWS's API:

- **ours**: Boathouse answers it itself.
- **base**: the base emulator answers it (ministack, or the one that you named), as well as it can.
- **501**: nobody does; the answer is HTTP 501 and names the operation.

What holds everywhere: signatures are not checked, and until governance comes engines, jobs and functions read and
write as the account's root. An access key of twelve digits is an account; one that IAM gave to a user is that user in
its account, one of AssumeRole that role's session; any other is the root of account 000000000000. Bytes at rest are
plain and the base's KMS is no real cryptography: encryption is what requests, policies and answers say of it.
"""


def of_bases() -> str:
    """How the bases differ, as tests/conformance holds them to it."""
    lines = [
        "## The bases\n",
        "The same tests run on three: boto3, the AWS CLI, PyAthena, awswrangler, and the pipeline whole. Bucket",
        "policies and SSE-KMS hold on each. What each does otherwise than AWS:\n",
    ]
    for base in bases().values():
        lines += [f"### {base['title']}\n", f"{base['about']}\n"]
        lines += [*(f"- {deviation['says']}" for deviation in base["deviations"]), ""]
    return "\n".join(lines)


def section(service: str, all_heard: list[Heard]) -> str:
    lines = [f"## {service}\n"]
    if (deviations := said_by(service)) is not None:
        lines.append(deviations + "\n")
    for owner in ("ours", "base", "501"):
        names = [one.operation for one in all_heard if one.owner == owner]
        if names:
            lines.append(f"**{owner}** ({len(names)}): {', '.join(names)}\n")
    return "\n".join(lines)


def said_by(service: str) -> str | None:
    """What the service's own package says that it owns and how it deviates."""
    try:
        package = importlib.import_module(f"boathouse.services.{NATIVE.get(service, service)}")
    except ModuleNotFoundError:
        return None
    return inspect.cleandoc(package.__doc__ or "")


def sql() -> str:
    """Every function of Trino's: exact, or refused by name with its line and column."""
    functions = coverage()
    whole = [one.name for one in functions if one.exact and not one.refused]
    partly = [one for one in functions if one.exact and one.refused]
    refused = [one.name for one in functions if not one.exact]
    lines = [
        "## SQL functions\n",
        "Of Trino's functions, those that are exact here, in value and type; what is refused fails the query with its",
        "name, line and column. None is approximated.\n",
        f"**exact** ({len(whole)}): {', '.join(whole)}\n",
        f"**exact for some types** ({len(partly)}):\n",
        *(f"- `{one.name}`: not {', '.join(f'`{text}`' for text in one.refused)}" for one in partly),
        "",
        f"**refused** ({len(refused)}): {', '.join(refused)}\n",
    ]
    return "\n".join(lines)
