"""``docker run`` of the emulator's image, with no other container: on a base of its own, and as the README says it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from docker.models.containers import Container

from tests.compose.airflow import until
from tests.compose.containers import Compose, free_port

ASK = """
import boto3, json
s3 = boto3.client("s3")
s3.create_bucket(Bucket="lake")
print(json.dumps([s3.meta.endpoint_url, [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]]))
"""


@pytest.fixture
def alone(engine: None) -> Iterator[tuple[Container, int]]:
    compose = Compose("boathouse-alone")
    compose.run("build", "emulator")
    port = free_port(24566)
    with compose.docker() as docker:
        made = docker.containers.run("boathouse-emulator:0.1.0", detach=True, ports={"4566/tcp": ("127.0.0.1", port)})
        try:
            until(lambda: docker.containers.get(made.id or "").health == "healthy", "health", 60)
            yield made, port
        finally:
            made.remove(force=True, v=True)


def test_it_says_what_to_do_and_that_works_outside(alone: tuple[Container, int]) -> None:
    container, port = alone
    told = re.search(r'eval "\$\((docker exec \S+ boathouse env --at) (\S+)\)"', container.logs().decode())
    assert told
    assert told[2] == "http://127.0.0.1:4566"
    hostile = os.environ | {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com"}
    script = f'eval "$({told[1]} http://127.0.0.1:{port})"; exec "$0" -c "$1"'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, ASK], env=hostile, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [f"http://127.0.0.1:{port}", ["lake"]]


def test_it_ends_in_good_order(alone: tuple[Container, int]) -> None:
    container, _ = alone
    container.stop(timeout=30)
    assert container.wait()["StatusCode"] == 0
