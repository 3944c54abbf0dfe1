"""A sealed network as tests use it, and a shell in which everything leads to AWS."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tests.fire.sealed.inside import CONTAINER, METADATA, PROXY

ROOT = Path(__file__).parents[3]
INSIDE = Path(__file__).with_name("inside.py")
UNSHARE = ("unshare", "--net", "--mount", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")
"""With processes of their own, too: what is left of them ends with the first."""
LEFT = "left.txt"
CONFIG = """
[default]
region = eu-west-1
endpoint_url = https://s3.eu-west-1.amazonaws.com
credential_source = Ec2InstanceMetadata
role_arn = arn:aws:iam::123456789012:role/real

[profile production]
region = eu-west-1
services = ours
endpoint_url = https://s3.eu-west-1.amazonaws.com

[profile boathouse]
region = eu-west-1
endpoint_url = https://glue.eu-west-1.amazonaws.com

[services ours]
s3 =
  endpoint_url = https://s3.eu-west-1.amazonaws.com
glue =
  endpoint_url = https://glue.eu-west-1.amazonaws.com
"""
CREDENTIALS = "".join(
    f"[{name}]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n"
    for name in ("default", "production", "boathouse")
)


@dataclass(frozen=True)
class Ended:
    """``left`` is what was sent, or tried, to anywhere but this machine."""

    code: int
    printed: str
    left: list[str]


def why_not() -> str:
    """Why nothing can be sealed here; empty where it can."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    if missing := [name for name in ("unshare", "ip", "mount") if shutil.which(name) is None]:
        return f"no {', '.join(missing)} on this machine"
    tried = subprocess.run(
        [*UNSHARE, sys.executable, str(INSIDE), os.devnull, "true"], capture_output=True, text=True, check=False
    )
    return tried.stderr.strip().rpartition("\n")[2] if tried.returncode else ""


def sealed(command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float = 240) -> Ended:
    """``command`` run in ``folder``, in a network without an outside."""
    report = folder / LEFT
    report.write_text("")
    with subprocess.Popen(
        [*UNSHARE, sys.executable, str(INSIDE), str(report), *command],
        cwd=folder, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        try:
            printed, _ = running.communicate(timeout=timeout)
        finally:
            running.kill()
    return Ended(running.returncode, printed, report.read_text().splitlines())


def hostile(home: Path) -> dict[str, str]:
    """A shell of somebody who works on AWS, on an instance, behind a proxy: all that leads there at once."""
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(CONFIG)
    (home / ".aws" / "credentials").write_text(CREDENTIALS)
    (home / "token").write_text("real")
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), f"http://{PROXY}:3128")
    return kept | proxies | {name.lower(): value for name, value in proxies.items()} | {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "XDG_CACHE_HOME": str(platformdirs.user_cache_path()),  # where Spark's jars were put once
        "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_PROFILE": "production",
        "AWS_DEFAULT_PROFILE": "production",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_ENDPOINT_URL": "https://sts.eu-west-1.amazonaws.com",
        "AWS_ENDPOINT_URL_S3": "https://s3.eu-west-1.amazonaws.com",
        "AWS_ENDPOINT_URL_GLUE": "https://glue.eu-west-1.amazonaws.com",
        "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.eu-west-1.amazonaws.com",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://{METADATA}/",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{CONTAINER}/credentials",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/real",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"),
    }  # fmt: skip
