"""The wheel in somebody else's project: installed by pip, and what the README shows is what happens."""

import re
from pathlib import Path

import pytest

from tests.testing.project import TELLING, Project, told, wait_until_gone, wait_until_killed
from tests.wheel.conftest import EXAMPLE
from tests.wheel.environments import ROOT, Environment

pytestmark = pytest.mark.fire


def test_nothing_of_a_generic_name_is_installed(environment: Environment) -> None:
    listed = environment.pip("show", "--files", "boathouse").partition("Files:\n")[2].split("\n")
    files = [line.strip() for line in listed if line.strip() and "__pycache__" not in line]
    assert len(files) > 100
    assert {file.partition("/")[0] for file in files if not file.startswith("../")} == {
        "boathouse", f"boathouse-{version(environment)}.dist-info",
    }  # fmt: skip
    assert [file for file in files if file.startswith("../")] == ["../../../bin/boathouse"]


def version(environment: Environment) -> str:
    found = re.search(r"^Version: (.*)$", environment.pip("show", "boathouse"), re.MULTILINE)
    assert found
    return found[1]


def test_the_readmes_ten_lines_pass_and_print_what_it_shows(project: Project) -> None:
    text = (EXAMPLE / "test_lake.py").read_text()
    assert len(text.splitlines()) == 10
    readme = (ROOT / "README.md").read_text()
    assert f"```python\n{text}```" in readme
    printed = without_seconds(project.pytest("test_lake.py"))
    assert f"$ pytest -q test_lake.py\n{printed}```" in without_seconds(readme)


def without_seconds(text: str) -> str:
    return re.sub(r"\bin [0-9.]+s\b", "in …s", text)


def test_its_glue_function_takes_less_than_two_seconds_when_warm(project: Project) -> None:
    printed = project.pytest("test_jobs.py", "--durations=0", "--durations-min=0")
    assert "2 passed" in printed
    parts = re.findall(r"([0-9.]+)s (?:setup|call) +test_jobs.py::test_one_is_kept", printed)
    assert len(parts) == 2
    assert sum(map(float, parts)) < 2, printed


def test_under_xdist_each_worker_has_a_platform_of_its_own(project: Project, tmp_path: Path) -> None:
    base = tmp_path / "base"
    printed = project.write({"conftest.py": TELLING}).pytest("-n", "2", "--dist", "each", f"--basetemp={base}")
    assert "6 passed" in printed
    found = told(base)
    assert len({endpoint for endpoint, _ in found.values()}) == 2
    for _, processes in found.values():
        wait_until_gone(processes)


def test_a_worker_that_is_killed_leaves_no_process(project: Project, tmp_path: Path) -> None:
    """While the other goes on: what is gone is gone by itself, not because the session ended."""
    base = tmp_path / "base"
    project.write({"conftest.py": TELLING})
    arguments = ("-n", "2", "--dist", "each", "--max-worker-restart", "0", f"--basetemp={base}")
    with project.start(*arguments, environment={"TO_BE_KILLED": "gw1 test_pushes_are_kept"}) as running:
        try:
            wait_until_killed(running, base, "gw1")
            _, killed = told(base)["gw1"]
            assert len(killed) > 2, "the platform, its base and Spark's Java"
            wait_until_gone(killed)
            printed, _ = running.communicate(timeout=120)
        finally:
            running.kill()
    assert "worker 'gw1' crashed" in printed
    for _, processes in told(base).values():
        wait_until_gone(processes)
