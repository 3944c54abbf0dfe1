"""The wheel in somebody else's project: installed by pip, and what the README shows is what happens."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.testing.project import TELLING, Project, told, wait_until_gone, wait_until_killed
from tests.wheel.conftest import EXAMPLE
from tests.wheel.environments import ROOT, Environment

pytestmark = [pytest.mark.fire, pytest.mark.timeout(600)]  # it installs, which a busy machine does slowly


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


A_WARM_TEST = """
    import pytest
    from jobs import keep_pushes
    from test_jobs import events

    @pytest.mark.parametrize("n", range(5))
    def test_warm(events, glue_context, n):
        assert keep_pushes(glue_context, "s3://events/one/", "s3://events/pushes/") == 1
"""


def test_its_glue_function_takes_less_than_two_seconds_when_warm(project: Project) -> None:
    """The quickest of a few, and more where more wants to run than there are cores: that is not its doing."""
    project.write({"test_warm.py": A_WARM_TEST})
    printed = project.pytest("test_jobs.py", "test_warm.py", "--durations=0", "--durations-min=0")
    assert "7 passed" in printed
    took = re.findall(r"([0-9.]+)s call +\S+::test_warm", printed)
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert min(map(float, took)) < 2 * busy, printed


def test_under_xdist_each_worker_has_a_platform_of_its_own(project: Project, tmp_path: Path) -> None:
    base = tmp_path / "base"
    arguments = ("-n", "2", "--dist", "each", f"--basetemp={base}", "test_lake.py")
    assert "2 passed" in project.write({"conftest.py": TELLING}).pytest(*arguments)
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
            printed, _ = running.communicate(timeout=400)
        finally:
            running.kill()
    assert "worker 'gw1' crashed" in printed
    for _, processes in told(base).values():
        wait_until_gone(processes)


def test_the_plugin_costs_a_start_of_pytest_less_than_30_ms(environment: Environment, tmp_path: Path) -> None:
    """All that pytest does because it is installed, as processor time, which others on the machine do not change."""
    (entry,) = environment.folder.glob("lib/python*/site-packages/boathouse-*.dist-info/entry_points.txt")
    hidden = entry.with_suffix(".hidden")
    with_it, without = list[float](), list[float]()
    for _ in range(8):
        with_it.append(processor_seconds(environment, tmp_path))
        entry.rename(hidden)
        try:
            without.append(processor_seconds(environment, tmp_path))
        finally:
            hidden.rename(entry)
    assert min(with_it) - min(without) < 0.03


def processor_seconds(environment: Environment, folder: Path) -> float:
    command = [str(environment.python), "-m", "pytest", "--collect-only", "-q"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as started:
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    assert started.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    return used.ru_utime + used.ru_stime
