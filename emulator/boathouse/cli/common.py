"""What every command needs: where the profile is, what runs there, and how to say no."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import boto3
import typer
from botocore.config import Config
from rich.console import Console

from boathouse import launch
from boathouse.context import DEFAULT_ACCOUNT, DEFAULT_REGION

NOT_RUNNING = 3
DEFAULT_AWS_DIR = Path(".boathouse/aws")
AwsDir = Annotated[Path, typer.Option(help="Where the AWS profile is written.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str, code: int = 1) -> NoReturn:
    err.print(message, markup=False)
    raise typer.Exit(code)


def running(aws_dir: Path) -> launch.Health:
    """What runs, or the end of the command with exit code 3."""
    if (found := launch.running(aws_dir)) is None:
        fail("no platform runs here; start one with: boathouse up", NOT_RUNNING)
    return found


def client(service: str, health: launch.Health) -> Any:
    """A boto3 client of the platform, whatever the shell's own AWS variables and proxies say."""
    session = boto3.Session(
        aws_access_key_id=DEFAULT_ACCOUNT,
        aws_secret_access_key="local",  # noqa: S106 (no secret: signatures are not checked)
        region_name=DEFAULT_REGION,
    )
    return session.client(service, endpoint_url=health["endpoint"], config=Config(proxies={}))
