"""``boathouse status``, ``env`` and ``reset``: what runs, and how to reach it."""

import os
import sys
from typing import Annotated

import typer
from rich.table import Table

from boathouse import launch, profile
from boathouse.cli.common import DEFAULT_AWS_DIR, AwsDir, out, running


def env(
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
    at: Annotated[
        str, typer.Option(metavar="URL", help="For a shell outside of this container, which reaches it by this URL.")
    ] = "",
) -> None:
    """Print what points a shell's AWS clients here: eval "$(boathouse env)"."""
    running(aws_dir)
    said = profile.shell_elsewhere(at.rstrip("/")) if at else profile.shell(aws_dir, dict(os.environ))
    sys.stdout.write(said + "\n")


def status(
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
    operations: Annotated[bool, typer.Option(help="List every operation that is ours.")] = False,
) -> None:
    """Say what runs, and which operations are whose."""
    health = running(aws_dir)
    out.print(f"Boathouse {health['version']} at {health['endpoint']}")
    print_status(health, operations)


def reset(
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Empty the running platform: buckets, tables, streams, stacks, everything."""
    health = running(aws_dir)
    if not yes:
        typer.confirm(f"Empty everything at {health['endpoint']}?", abort=True)
    left = launch.reset(health["endpoint"])
    out.print("empty" if not left else f"empty; what lies in {', '.join(left)} was left as it is")


def print_status(health: launch.Health, operations: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("service", "ours", "the rest"):
        table.add_column(heading)
    bases: dict[str, str] = health["bases"]
    for name, owned in health["services"].items():
        ours = ", ".join(owned["ours"]) if operations else f"{len(owned['ours'])} operations"
        table.add_row(name, ours, bases.get(name, bases["*"]) if owned["rest"] == "base" else "501")
    for name in sorted(bases.keys() - health["services"].keys() - {"*"}):
        table.add_row(name, "", bases[name])
    table.add_row("all others", "", bases["*"])
    out.print(table)
    out.print(f"HTTPS at {health['tls_endpoint']}")
    for line in _worker_lines(health):
        out.print(line)
    for what, trouble in health["troubles"].items():
        out.print(f"[red]{what}[/red]: {trouble}")


def _worker_lines(health: launch.Health) -> list[str]:
    return [f"{name}: {value}" for name, value in health.get("workers", {}).items()]
