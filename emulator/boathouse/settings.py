"""What a user can set, in one place, and what follows from it."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """Where a base emulator listens, with credentials where it checks signatures."""

    url: str
    access_key: str | None = None
    secret_key: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """``bases`` maps a botocore service name, or ``""`` for all others, to a base; empty: ministack as a child.

    ``state_dir`` holds everything that outlives the process; with ``ephemeral`` it is a temporary folder that the
    platform removes when it ends. ``hurry``: see Clock. ``workers``: warm Glue sessions kept ready, 0 for none;
    with ``refill_workers`` off, a used session is not replaced. ``aws_dir`` is where the AWS profile is written.
    ``end_with_starter``: end when standard input closes, which is how a starter's death is heard of.
    """

    state_dir: Path = Path(".boathouse")
    aws_dir: Path = Path(".boathouse/aws")
    host: str = "127.0.0.1"
    port: int = 4566
    ephemeral: bool = False
    hurry: float = 60.0
    workers: int = 1
    refill_workers: bool = True
    bases: Mapping[str, BaseUrl] = field(default_factory=dict)
    end_with_starter: bool = False

    def replace(self, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        given = json.loads(text)
        for name in ("state_dir", "aws_dir"):
            if name in given:
                given[name] = Path(given[name])
        if "bases" in given:
            given["bases"] = {service: BaseUrl(**base) for service, base in given["bases"].items()}
        return cls(**given)

    @property
    def endpoint(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def tls_port(self) -> int:
        return self.port + 1

    @property
    def tls_endpoint(self) -> str:
        """HTTPS, for Spark: S3A sends SSE-KMS headers over HTTPS only."""
        return f"https://{self.host}:{self.tls_port}"

    @property
    def ca_file(self) -> Path:
        """The authority's certificate (PEM) that signed the HTTPS endpoint's."""
        return self.state_dir / "tls" / "ca.pem"

    @property
    def database(self) -> Path:
        return self.state_dir / "state.sqlite"

    @property
    def work_dir(self) -> Path:
        """Scratch space of workers and engines: unpacked functions, scripts, spilled queries."""
        return self.state_dir / "work"
