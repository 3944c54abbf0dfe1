"""What a user can set, in one place, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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
    with ``refill_workers`` off, a used session is not replaced.
    """

    state_dir: Path = Path(".boathouse")
    host: str = "127.0.0.1"
    port: int = 4566
    ephemeral: bool = False
    hurry: float = 60.0
    workers: int = 1
    refill_workers: bool = True
    bases: Mapping[str, BaseUrl] = field(default_factory=dict)

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
