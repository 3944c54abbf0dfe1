"""Lines and files that the pipeline's tests read."""

import gzip
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.lakebucket import LakeBucket


@pytest.fixture
def real_lines(real_events: Path) -> Callable[[str], list[str]]:
    """``real_lines("gharchive-2016-*")``: the lines of the real files whose names match, in order."""

    def read(pattern: str) -> list[str]:
        lines: list[str] = []
        for path in sorted(real_events.glob(pattern)):
            with gzip.open(path, "rb") as stream:
                lines += [line.decode().removesuffix("\n") for line in stream]
        return lines

    return read


@pytest.fixture
def lake(client: Callable[..., Any], bucket: str) -> LakeBucket:
    """An empty bucket of the platform's, and a key that its objects are encrypted with."""
    key_arn = client("kms").create_key()["KeyMetadata"]["Arn"]
    return LakeBucket(client("s3"), bucket, key_arn)


@pytest.fixture
def unused_port() -> int:
    """A port where nothing listens, as far as one can know."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
