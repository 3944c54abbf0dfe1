"""Where the platform is: the profile's endpoint and credentials, and clients that cannot go anywhere else.

``local`` reaches what the AWS profile of ``boathouse up`` names, ``compose`` the containers' address, ``aws`` AWS by
the shell's own credentials. Nothing else differs between them but the parameters in infra/.
"""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.configprovider import ConstantProvider

from pipelines.errors import NoPlatform, Refused

ROOT = Path(__file__).parents[1]
PROFILES = ("local", "compose", "aws")
PROFILE_VARIABLE = "PIPELINES_PROFILE"
LOCAL_AWS_PROFILE = "boathouse"
LOCAL_AWS_FOLDER = Path(".boathouse/aws")
COMPOSE_ENDPOINT = "http://127.0.0.1:4566"
STAND_IN_KEY, STAND_IN_SECRET = "000000000000", "local-stand-in-no-secret"
DOCKER_HOST = "host.docker.internal"
AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn")
START = "start it with `boathouse up` in another terminal"


@dataclass(frozen=True)
class Profile:
    """``endpoint`` is the only address that clients may have; None: AWS's own addresses, and only those."""

    name: str
    session: boto3.Session
    region: str
    endpoint: str | None = None
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def deploys_itself(self) -> bool:
        """Whether a run deploys first where that is needed. On AWS a person decides."""
        return self.endpoint is not None

    def check_reachable(self) -> None:
        """Raises NoPlatform at once where boto3 would try for many seconds to reach a platform that does not run."""
        if self.endpoint is None:
            return
        address = urlsplit(self.endpoint)
        try:
            socket.create_connection((address.hostname, address.port or 80), timeout=5).close()
        except OSError as error:
            raise NoPlatform(f"nothing answers at {self.endpoint}: {START}") from error

    def client(self, service: str) -> Any:
        """A boto3 client; raises Refused for one that would talk to somewhere else than the profile says."""
        if service not in self._clients:
            self._clients[service] = self._checked(self._made(service))
        return self._clients[service]

    def _made(self, service: str) -> Any:
        options: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 5}, "max_pool_connections": 16}
        if self.endpoint is None:
            return self.session.client(service, config=Config(**options))
        # Each of these could lead elsewhere, or be refused beside an endpoint, were it taken from the environment.
        options |= {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False}
        options |= {"inject_host_prefix": False, "s3": {"addressing_style": "path"}}
        return self.session.client(
            service, region_name=self.region, endpoint_url=self.endpoint, config=Config(**options)
        )

    def _checked(self, client: Any) -> Any:
        resolved = client.meta.endpoint_url
        allowed = _is_aws(resolved) if self.endpoint is None else resolved == self.endpoint
        if not allowed:
            raise Refused(
                f"profile {self.name}: a client for {client.meta.service_model.service_name} would talk to {resolved}"
                f" and not to {self.endpoint or 'AWS'}. Unset AWS_ENDPOINT_URL* or choose another --profile"
            )
        return client


def profile(name: str, environ: Mapping[str, str] | None = None) -> Profile:
    """The profile by its name; NoPlatform where nothing is known to run, Refused where the shell says otherwise."""
    environ = os.environ if environ is None else environ
    if name == "local":
        return _local(environ)
    if name == "compose":
        return _compose(environ)
    if name == "aws":
        return _aws(environ)
    raise Refused(f"no profile {name!r}: choose one of {', '.join(PROFILES)}")


def of_this_process(environ: Mapping[str, str] | None = None) -> Profile:
    """The profile that PIPELINES_PROFILE names; ``aws`` where it is unset, as on MWAA, which sets no variables."""
    environ = os.environ if environ is None else environ
    return profile(environ.get(PROFILE_VARIABLE, "aws"), environ)


def _local(environ: Mapping[str, str]) -> Profile:
    folder = _local_folder(environ)
    if folder is None:
        raise NoPlatform(f"no platform has run here: {START}")
    session = botocore.session.Session(profile=LOCAL_AWS_PROFILE)
    session.set_config_variable("config_file", str(folder / "config"))
    session.set_config_variable("credentials_file", str(folder / "credentials"))
    settings = session.get_scoped_config()
    endpoint = settings.get("endpoint_url", "").rstrip("/")
    if not _is_this_machine(urlsplit(endpoint).hostname or ""):
        raise Refused(f"{folder / 'config'}: {endpoint or 'no endpoint_url'} is not on this machine, and local is")
    return Profile("local", boto3.Session(botocore_session=session), settings.get("region", "us-east-1"), endpoint)


def _local_folder(environ: Mapping[str, str]) -> Path | None:
    """The folder with the running platform's AWS profile: the shell's, else the one below here, else the checkout's."""
    named = [Path(environ["AWS_CONFIG_FILE"]).parent] if "AWS_CONFIG_FILE" in environ else []
    folders = (*named, LOCAL_AWS_FOLDER, ROOT / LOCAL_AWS_FOLDER)
    return next((folder for folder in folders if _has_local_profile(folder / "config")), None)


def _has_local_profile(config: Path) -> bool:
    return config.is_file() and f"[profile {LOCAL_AWS_PROFILE}]" in config.read_text(errors="replace")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_aws(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and (parts.hostname or "").endswith(AWS_DOMAINS)


def _compose(environ: Mapping[str, str]) -> Profile:
    endpoint = environ.get("AWS_ENDPOINT_URL", COMPOSE_ENDPOINT).rstrip("/")
    if not _is_near(urlsplit(endpoint).hostname or ""):
        raise Refused(
            f"profile compose: AWS_ENDPOINT_URL={endpoint} is neither this machine, nor a container, nor a private"
            f" address. Unset it ({COMPOSE_ENDPOINT} is the default), or choose --profile aws for AWS"
        )
    # Of the developer's own profiles and credentials nothing is read, so that none can be missing or taken.
    session = botocore.session.Session()
    session.get_component("config_store").set_config_provider("profile", ConstantProvider(None))
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    session.set_credentials(STAND_IN_KEY, STAND_IN_SECRET)
    return Profile("compose", boto3.Session(botocore_session=session), "us-east-1", endpoint)


def _is_near(host: str) -> bool:
    """This machine, a private network's address, or a name that no public DNS has: a container's, one label."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _is_this_machine(host) or host == DOCKER_HOST or (host != "" and "." not in host)
    return address.is_private and not address.is_link_local and not address.is_unspecified


def _aws(environ: Mapping[str, str]) -> Profile:
    if environ.get("AWS_PROFILE") == LOCAL_AWS_PROFILE or _has_local_profile(Path(environ.get("AWS_CONFIG_FILE", ""))):
        raise Refused(
            "profile aws: this shell is set to the local platform by `boathouse env`."
            " Open a shell without it, so that nothing meant for one goes to the other"
        )
    session = boto3.Session(region_name=environ.get("AWS_REGION"))  # which the CLI knows, and boto3 does not
    if session.region_name is None:
        raise Refused("profile aws: no region. Set AWS_REGION, or a region in the AWS profile that you use")
    return Profile("aws", session, session.region_name)
