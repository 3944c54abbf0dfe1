"""The AWS profile ``boathouse``: files that point ordinary AWS clients at the platform, and nowhere else.

Whoever uses them sees no other credentials: safety by mechanism. https://docs.aws.amazon.com/sdkref/latest/guide/
feature-ss-endpoints.html describes ``endpoint_url`` in a profile.
"""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from boathouse.context import DEFAULT_ACCOUNT, DEFAULT_REGION

PROFILE = "boathouse"
SECRET_KEY = "local-stand-in-no-secret"  # noqa: S105 (as it says)
OVERRIDING = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)
"""What would win over a profile; AWS_ENDPOINT_URL and its siblings for each service come on top."""


def write(folder: Path, endpoint: str) -> None:
    """Writes ``config`` and ``credentials`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config").write_text(
        f"[profile {PROFILE}]\nregion = {DEFAULT_REGION}\nendpoint_url = {endpoint}\noutput = json\n"
        "s3 =\n    addressing_style = path\n"
    )
    credentials = folder / "credentials"
    credentials.touch(mode=0o600)
    credentials.write_text(
        f"[{PROFILE}]\naws_access_key_id = {DEFAULT_ACCOUNT}\naws_secret_access_key = {SECRET_KEY}\n"
    )


LOOPBACK = ("127.0.0.1", "localhost")


def environment(folder: Path) -> dict[str, str]:
    """The variables that select the profile."""
    return {
        "AWS_CONFIG_FILE": str(folder.resolve() / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder.resolve() / "credentials"),
        "AWS_PROFILE": PROFILE,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def overriding(environ: dict[str, str]) -> list[str]:
    """Names of variables in ``environ`` that would override the profile."""
    return sorted(name for name in environ if name in OVERRIDING or name.startswith("AWS_ENDPOINT_URL"))


def past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that have clients reach the platform itself, beside whatever ``environ`` names.

    client(boto3, aws cli): a proxy in the environment is asked for 127.0.0.1 too, unless it is named in NO_PROXY.
    """
    given = (environ.get("no_proxy") or environ.get("NO_PROXY") or "").split(",")
    hosts = [*LOOPBACK, *(host for host in given if host and host not in LOOPBACK)]
    return dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(hosts))


def shell(folder: Path, environ: dict[str, str]) -> str:
    """What ``eval`` takes: exports of the profile, and unsets of what would override it."""
    return _shell(environment(folder) | past_proxies(environ), overriding(environ))


def shell_elsewhere(endpoint: str) -> str:
    """The same for a shell that sees none of our files, as where the platform runs in a container: what would override
    it, and which proxies there are, is found out there."""
    values = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": DEFAULT_ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": DEFAULT_REGION,
        "AWS_REGION": DEFAULT_REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    direct = ",".join(LOOPBACK)
    return "\n".join(
        [
            _shell(values, ["AWS_PROFILE", "$(env | sed -n 's/^\\(AWS_ENDPOINT_URL_[A-Z0-9_]*\\)=.*/\\1/p')"]),
            'no_proxy="${no_proxy:-${NO_PROXY:-}}"',
            f'export no_proxy="{direct}${{no_proxy:+,$no_proxy}}"',
            'export NO_PROXY="$no_proxy"',
        ]
    )


def _shell(values: Mapping[str, str], more: Iterable[str]) -> str:
    names = sorted({*OVERRIDING, "AWS_ENDPOINT_URL", *more} - values.keys())
    exports = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return "\n".join([f"unset {' '.join(names)}", *exports])
