"""What people do with their clients, done by these in an environment of their own, as it is without Boathouse in it."""

import subprocess

import pytest

from tests.clients import program
from tests.e2e.lakehouse import ROOT, Lakehouse


@pytest.mark.parametrize("what", ["reading", "writing"])
def test_clients(lakehouse: Lakehouse, what: str) -> None:
    done = subprocess.run(
        [
            program("python"), "-m", "pytest", "-q", "--noconftest", "-p", "tests.conformance.apart",
            "-p", "no:cacheprovider", f"tests/conformance/clients_{what}.py",
        ],
        cwd=ROOT, env=lakehouse.environment, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_boathouse_is_not_among_them() -> None:
    look = "import importlib.util; print(importlib.util.find_spec('boathouse'))"
    done = subprocess.run([program("python"), "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
