"""The command ``boathouse`` as a user types it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from boathouse import launch

COMMAND = [sys.executable, "-m", "boathouse.cli"]


def run(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def heed_ctrl_c() -> None:
    """As in a terminal: a shell that runs these tests in the background has its children ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``boathouse up`` in a folder of its own, and what it printed until it was ready."""
    process = subprocess.Popen(
        [*COMMAND, "up", "--port", "0", "--workers", "0"], cwd=folder, stdout=subprocess.PIPE, text=True,
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509 (it touches nothing that a thread might hold)
    )  # fmt: skip
    assert process.stdout is not None
    printed = ""
    while "Ctrl-C" not in printed:
        line = process.stdout.readline()
        assert line, f"it ended: {printed}"
        printed += line
    yield process, printed
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stdout.close()


def test_up_says_what_is_ready_whose_it_is_and_what_to_do(up: tuple[subprocess.Popen[str], str]) -> None:
    _, printed = up
    assert re.search(r"ready at http://127\.0\.0\.1:\d+", printed)
    assert re.search(r"glue +\d+ operations +501", printed)
    assert re.search(r"s3 +5 operations +http://127\.0\.0\.1:\d+", printed)
    assert re.search(r'eval "\$\((\S*/)?(boathouse|python\S* -m boathouse\.cli) env\)"', printed)
    assert "--hurry" in printed


@pytest.mark.parametrize("outside", [False, True], ids=["files", "variables"])
def test_env_points_clients_here_and_unsets_what_overrides(
    up: tuple[subprocess.Popen[str], str], folder: Path, outside: bool
) -> None:
    hostile = os.environ | {
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "NO_PROXY": "example.org",
        **({"AWS_PROFILE": "production"} if outside else {}),
    }
    endpoint = up[1].partition("ready at ")[2].split()[0]
    printed = run("env", *(["--at", endpoint] if outside else []), cwd=folder, env=None if outside else hostile)
    ask = (
        'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"],'
        ' *(boto3.client(name).meta.endpoint_url for name in ("sts", "s3")))'
    )
    script = f"{printed.stdout}\n{sys.executable} -c '{ask}'; echo $NO_PROXY $no_proxy"
    shown = subprocess.run(["bash", "-c", script], env=hostile, capture_output=True, text=True, check=True)
    whose, *asked = shown.stdout.split()
    assert whose == "arn:aws:iam::000000000000:root"
    assert asked[:2] == 2 * [endpoint]
    assert asked[2:] == 2 * ["127.0.0.1,localhost,example.org"]


def test_status_lists_operations(up: tuple[subprocess.Popen[str], str], folder: Path) -> None:
    assert "PutBucketPolicy" in run("status", "--operations", cwd=folder).stdout


def test_a_taken_port_is_named_with_the_option_that_changes_it(
    up: tuple[subprocess.Popen[str], str], folder: Path, tmp_path: Path
) -> None:
    health = launch.running(folder / ".boathouse" / "aws")
    assert health is not None
    port = health["endpoint"].rpartition(":")[2]
    refused = run("up", "--port", port, cwd=tmp_path)
    assert refused.returncode == 1
    assert f"port {port} on 127.0.0.1 is taken" in refused.stderr
    assert "--port" in refused.stderr


def test_localstack_on_the_port_is_known_and_can_be_put_behind(tmp_path: Path) -> None:
    class LocalStack(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"services": {}}')

    with ThreadingHTTPServer(("127.0.0.1", 0), LocalStack) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        refused = run("up", "--port", str(port), cwd=tmp_path)
        server.shutdown()
    assert refused.returncode == 1
    assert f"boathouse up --port 4576 --base http://127.0.0.1:{port}" in refused.stderr


def test_one_state_serves_one_platform(up: tuple[subprocess.Popen[str], str], folder: Path) -> None:
    refused = run("up", "--port", "0", cwd=folder)
    assert refused.returncode == 1
    assert "--state" in refused.stderr


@pytest.mark.parametrize("command", [["env"], ["status"], ["reset", "--yes"], ["query", "SELECT 1"], ["logs", "jr_1"]])
def test_without_a_platform_commands_say_so_and_exit_3(command: list[str], tmp_path: Path) -> None:
    refused = run(*command, cwd=tmp_path)
    assert refused.returncode == 3
    assert "boathouse up" in refused.stderr


@pytest.mark.parametrize(
    "option",
    [["--base", "localhost"], ["--base", "s33=http://127.0.0.1:1"], ["--hurry", "0"], ["--workers", "-1"],
     ["--port", "65535"]],
)  # fmt: skip
def test_options_that_mean_nothing_are_refused(option: list[str], tmp_path: Path) -> None:
    refused = run("up", *option, cwd=tmp_path)
    assert refused.returncode in (1, 2)
    assert option[0] in refused.stderr


def test_query_prints_rows_types_and_bytes(up: tuple[subprocess.Popen[str], str], folder: Path) -> None:
    shown = run("query", "SELECT 7/2 AS half, CAST(NULL AS varchar) AS nothing", cwd=folder)
    assert re.search(r"half +nothing", shown.stdout), shown.stdout + shown.stderr
    assert re.search(r"integer +varchar", shown.stdout)
    assert re.search(r"^3 +NULL", shown.stdout, re.MULTILINE)
    assert "1 row," in shown.stdout
    assert "0 bytes scanned" in shown.stdout


def test_query_shows_the_translation(up: tuple[subprocess.Popen[str], str], folder: Path) -> None:
    shown = run("query", "SELECT 7/2 AS half", "--explain-translation", cwd=folder)
    assert "-- gives half integer" in shown.stdout
    refused = run("query", "SELECT word_stem('x')", "--explain-translation", cwd=folder)
    assert refused.returncode == 1
    assert "line 1:8" in refused.stderr


def test_a_query_that_fails_says_where(up: tuple[subprocess.Popen[str], str], folder: Path) -> None:
    failed = run("query", "SELECT nothing FROM nowhere", cwd=folder)
    assert failed.returncode == 1
    assert "nowhere" in failed.stderr
