"""What a user can set, in one place, and what follows from it."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from boathouse.errors import StartError

ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared with, not listened on)
"""Addresses that mean all of the machine's, and how the machine itself reaches what listens on them."""

MARKER = "boathouse-marker-"
"""How the names of what we put into a brought base begin, to know it again; its own users do not see them."""


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """Where a base emulator listens, with credentials where it checks signatures."""

    url: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """``bases`` maps a botocore service name, or ``""`` for all others, to a base; empty: ministack as a child.

    ``state_dir`` holds everything that outlives the process; with ``ephemeral`` it is a temporary folder that the
    platform removes when it ends. ``hurry``: see Clock. ``workers``: warm Glue sessions kept ready, 0 for none;
    with ``refill_workers`` off, a used session is not replaced. ``aws_dir`` is where the AWS profile is written.
    ``end_with_starter``: end when standard input closes, which is how a starter's death is heard of.
    ``host`` is listened on, ``callback_url`` is how bases reach us where that is not by ``endpoint``.
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
    callback_url: str = ""

    def replace(self, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_json(self) -> str:
        """Without the bases' keys, since arguments of processes can be read by others; see ``base_keys``."""
        given = dataclasses.asdict(self)
        given["bases"] = {service: {"url": base.url} for service, base in self.bases.items()}
        return json.dumps(given, default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        given = json.loads(text)
        for name in ("state_dir", "aws_dir"):
            if name in given:
                given[name] = Path(given[name])
        if "bases" in given:
            given["bases"] = {service: BaseUrl(**base) for service, base in given["bases"].items()}
        return cls(**given)

    def base_keys(self) -> dict[str, str]:
        """The bases' keys as environment variables: BOATHOUSE_BASE_S3_ACCESS_KEY and BOATHOUSE_BASE_S3_SECRET_KEY for
        the base of S3, BOATHOUSE_BASE_ACCESS_KEY and BOATHOUSE_BASE_SECRET_KEY for that of all other services."""
        return {
            _key_variable(service, which): key
            for service, base in self.bases.items()
            for which, key in (("ACCESS", base.access_key), ("SECRET", base.secret_key))
            if key
        }

    def with_base_keys(self, environ: Mapping[str, str]) -> Self:
        """With the bases' keys of ``environ``. A variable's name with _FILE names a file that holds the key, as
        containers are handed secrets. Raises StartError where there is no such file."""

        def with_keys(service: str, base: BaseUrl) -> BaseUrl:
            access, secret = (_key(environ, _key_variable(service, which)) for which in ("ACCESS", "SECRET"))
            return BaseUrl(base.url, access or base.access_key, secret or base.secret_key)

        return self.replace(bases={service: with_keys(service, base) for service, base in self.bases.items()})

    @property
    def own_host(self) -> str:
        """How our own engines and workers reach us: what we listen on, or loopback where that is everything."""
        host = ANY_HOST.get(self.host, self.host)
        return f"[{host}]" if ":" in host else host

    @property
    def endpoint(self) -> str:
        return f"http://{self.own_host}:{self.port}"

    @property
    def callback(self) -> str:
        """How a base reaches us, as when it sends a notification."""
        return self.callback_url or self.endpoint

    @property
    def host_names(self) -> tuple[str, ...]:
        """What we are called by, besides localhost: the HTTPS certificate covers it."""
        return tuple(dict.fromkeys((self.host, urlsplit(self.callback).hostname or self.host)))

    @property
    def tls_port(self) -> int:
        return self.port + 1

    @property
    def tls_endpoint(self) -> str:
        """HTTPS, for Spark: S3A sends SSE-KMS headers over HTTPS only."""
        return f"https://{self.own_host}:{self.tls_port}"

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


def _key_variable(service: str, which: str) -> str:
    name = f"{service.upper().replace('-', '_')}_" if service else ""
    return f"BOATHOUSE_BASE_{name}{which}_KEY"


def _key(environ: Mapping[str, str], variable: str) -> str | None:
    file = environ.get(f"{variable}_FILE")
    if environ.get(variable) or not file:
        return environ.get(variable)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise StartError(f"{variable}_FILE: {file} cannot be read ({error.strerror})") from error
