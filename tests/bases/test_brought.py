"""Bases that the user brings: one for a service, or one for all; found out at the start if they are not there."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from boathouse import launch
from boathouse.errors import StartError
from boathouse.settings import BaseUrl, Settings


class Emulator(ThreadingHTTPServer):
    """Answers every request alike, as KMS and Kinesis would; remembers the headers of each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Emulator

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        body = json.dumps({"StreamNames": ["of the base"], "Keys": [], "Truncated": False}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing into the test's output."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def settings(folder: Path, **bases: str) -> Settings:
    found = {name.replace("others", ""): BaseUrl(url) for name, url in bases.items()}
    return Settings(ephemeral=True, port=launch.free_port(), aws_dir=folder, workers=0, bases=found)


def clients(endpoint: str) -> Any:
    session = boto3.Session(aws_access_key_id="111111111111", aws_secret_access_key="x", region_name="eu-west-1")
    return lambda name: session.client(name, endpoint_url=endpoint)


def printed_status(aws_dir: Path) -> str:
    command = [sys.executable, "-m", "boathouse.cli", "status", "--aws-dir", str(aws_dir)]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.splitlines())


def test_a_base_for_a_service_answers_all_of_it_and_the_default_base_the_rest(
    emulator: Emulator, tmp_path: Path
) -> None:
    own = launch.launch(settings(tmp_path, kinesis=emulator.url, kms=emulator.url))
    try:
        client = clients(own.endpoint)
        assert "kinesis" not in own.health["services"]
        assert client("kinesis").list_streams()["StreamNames"] == ["of the base"]
        assert client("kms").list_keys()["Keys"] == []
        asked = emulator.asked[0]
        assert "Credential=111111111111/" in asked["authorization"]
        assert "/eu-west-1/kinesis/" in asked["authorization"]
        client("s3").create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        assert client("sns").list_topics()["Topics"] == []
        said = printed_status(tmp_path)
        assert re.search(rf"^kinesis +{emulator.url}$", said, re.MULTILINE)
        assert re.search(rf"^s3 +\d+ operations +{own.health['bases']['*']}$", said, re.MULTILINE)
        assert launch.reset(own.endpoint) == [emulator.url]
        assert client("s3").list_buckets()["Buckets"] == []
    finally:
        own.stop()


def test_a_base_for_all_starts_no_other(emulator: Emulator, tmp_path: Path) -> None:
    own = launch.launch(settings(tmp_path, others=emulator.url))
    try:
        assert own.health["bases"] == {"*": emulator.url}
        assert clients(own.endpoint)("kms").list_keys()["Keys"] == []
    finally:
        own.stop()


def test_a_base_that_goes_away_is_named(emulator: Emulator, tmp_path: Path) -> None:
    own = launch.launch(settings(tmp_path, kms=emulator.url))
    try:
        emulator.shutdown()
        emulator.server_close()
        kms = clients(own.endpoint)("kms")
        with pytest.raises(ClientError, match=f"the base at {emulator.url} does not answer") as refused:
            kms.list_keys()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    finally:
        own.stop()


def test_a_base_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{launch.free_port()}"
    with pytest.raises(StartError, match=f"the base at {nobody} does not answer .* start it first"):
        launch.launch(settings(tmp_path, others=nobody))


def test_a_base_for_no_service_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="--base s33=…: there is no service of that name"):
        launch.launch(settings(tmp_path, s33=emulator.url))
