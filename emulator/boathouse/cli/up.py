"""``boathouse up``: the platform as a process, in the foreground."""

import os
import re
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from boathouse import launch
from boathouse.cli.common import DEFAULT_AWS_DIR, AwsDir, fail, out
from boathouse.cli.status import print_status
from boathouse.errors import StartError
from boathouse.settings import ANY_HOST, BaseUrl, Settings

Port = Annotated[int, typer.Option(help="HTTP on this port, HTTPS on the next. 0 finds a free one.", max=65_534, min=0)]
Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 in a container.")]
Base = Annotated[
    list[str] | None,
    typer.Option(
        help="URL, or SERVICE=URL: a base emulator of your own. May be repeated. Its keys, where it checks them, are"
        " taken from BOATHOUSE_BASE_ACCESS_KEY and _SECRET_KEY, for that of s3 BOATHOUSE_BASE_S3_ACCESS_KEY and so on;"
        " from files with _FILE after the name."
    ),
]
Callback = Annotated[str, typer.Option(help="The URL by which bases reach this platform. [default: the endpoint]")]
StateDir = Annotated[Path, typer.Option("--state", "--state-dir", help="The folder that keeps everything.")]
Ephemeral = Annotated[bool, typer.Option(help="Keep nothing: the state goes when the platform ends.")]
Hurry = Annotated[float, typer.Option(help="Divides AWS's buffer intervals and propagation; 1 is AWS's own pace.")]
Workers = Annotated[int, typer.Option(help="Warm Spark sessions kept ready for Glue jobs; 0 for none.", min=0)]
Refill = Annotated[bool, typer.Option(help="Replace a used Spark session by a new one.")]


def up(
    port: Port = 4566,
    host: Host = "127.0.0.1",
    base: Base = None,
    callback: Callback = "",
    state: StateDir = Path(".boathouse"),
    ephemeral: Ephemeral = False,
    hurry: Hurry = 60,
    workers: Workers = 1,
    refill: Refill = True,
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
) -> None:
    """Start the platform; it runs until Ctrl-C."""
    settings = Settings(
        state_dir=state, aws_dir=aws_dir, host=host, port=port or launch.free_port(), ephemeral=ephemeral,
        hurry=_positive(hurry, "--hurry"), workers=workers, refill_workers=refill, bases=_bases(base or []),
        callback_url=_url(callback, "--callback") if callback else "",
    )  # fmt: skip
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a container's first process ends by no signal else
    try:
        platform = launch.launch(settings)
    except StartError as error:
        fail(f"{error}{_who_holds(settings.port)}")
    _print_ready(platform.health, settings)
    try:
        code = platform.wait()
    except KeyboardInterrupt:
        out.print("\nstopping …")
        platform.stop()
        code = 0
    raise typer.Exit(code)


def _positive(number: float, option: str) -> float:
    if number <= 0:
        fail(f"{option} must be above 0")
    return number


def _bases(given: list[str]) -> dict[str, BaseUrl]:
    found = {}
    for text in given:
        service, _, url = text.rpartition("=") if re.match(r"[a-z0-9-]+=", text) else ("", "", text)
        found[service] = BaseUrl(_url(url, "--base"))
    return found


def _url(text: str, option: str) -> str:
    if re.fullmatch(r"https?://[^/]*@.*", text):
        fail(f"{option}: no keys in URLs, others see them; set BOATHOUSE_BASE_S3_ACCESS_KEY and _SECRET_KEY for s3's")
    if re.fullmatch(r"https?://[^/?#\s]+/?", text) is None:
        fail(
            f"{option} {text}: give a URL without a path, for a base also SERVICE=URL: --base s3=http://127.0.0.1:9000"
        )
    return text.rstrip("/")


def _who_holds(port: int) -> str:
    """A LocalStack on the port is what most people have there: say how both get along."""
    if not launch.is_localstack(f"http://127.0.0.1:{port}"):
        return ""
    return f"\nLocalStack listens there. To put Boathouse in front of it: boathouse up --port 4576 --base http://127.0.0.1:{port}"


def _print_ready(health: launch.Health, settings: Settings) -> None:
    out.print(f"[bold]Boathouse {health['version']}[/bold] is ready at [bold]{health['endpoint']}[/bold]")
    print_status(health, operations=False)
    kept = "nothing is kept (--ephemeral)" if settings.ephemeral else f"state is kept in {settings.state_dir}"
    pace = (
        "AWS's own pace" if settings.hurry == 1 else f"buffer intervals and propagation {settings.hurry:g} times faster"
    )
    out.print(f"\n{kept}; {pace} (--hurry)")
    option = "" if settings.aws_dir == DEFAULT_AWS_DIR else f" --aws-dir {settings.aws_dir}"
    if settings.host in ANY_HOST:
        option += f" --at {settings.endpoint}"
    out.print(f'\nIn another shell:  [bold]eval "$({_command()} env{option})"[/bold]\nCtrl-C stops it.')


def _command() -> str:
    """How another shell calls this command: as the image says, or by its name only where that is found."""
    if given := os.environ.get("BOATHOUSE_COMMAND"):
        return given
    if shutil.which("boathouse") is not None:
        return "boathouse"
    script = Path(sys.executable).with_name("boathouse")
    return shlex.quote(str(script)) if script.exists() else f"{shlex.quote(sys.executable)} -m boathouse.cli"
