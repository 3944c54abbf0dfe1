"""``boathouse glue run``: a Glue script as it is, in this process: no bucket, role or job for it, and in a debugger."""

import os
import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from boathouse import launch
from boathouse.cli.common import DEFAULT_AWS_DIR, AwsDir, err, fail, running
from boathouse.context import DEFAULT_REGION
from boathouse.errors import StartError
from boathouse.profile import overriding, past_proxies
from boathouse.workers import foreground

app = typer.Typer(help="Glue scripts, without a job.", no_args_is_help=True)


@app.callback()
def glue() -> None:
    """Glue scripts, without a job."""


@app.command(context_settings={"allow_extra_args": True, "allow_interspersed_args": False})
def run(
    context: typer.Context,
    script: Annotated[Path, typer.Argument(help="The script; what follows are its arguments: --KEY value.")],
    aws_dir: AwsDir = DEFAULT_AWS_DIR,
) -> None:
    """Run a script as a Glue job would, on the running platform; breakpoints work."""
    if not script.is_file():
        fail(f"{script}: there is no such file")
    settings = launch.settings_of(running(aws_dir))
    for name in overriding(dict(os.environ)):
        del os.environ[name]
    os.environ.pop("AWS_PROFILE", None)  # boto3 refuses one that it does not find
    os.environ |= foreground.environment(settings, DEFAULT_REGION) | past_proxies(os.environ)
    try:
        with foreground.driver(settings, script.stem, DEFAULT_REGION):
            err.print(f"Spark is up; running {script}", markup=False)
            sys.argv = [str(script), *_arguments(context.args, script.stem)]
            sys.path.insert(0, str(script.resolve().parent))
            runpy.run_path(str(script), run_name="__main__")
    except StartError as error:
        fail(str(error))


def _arguments(given: list[str], name: str) -> list[str]:
    """Glue gives every job its name."""
    return given if "--JOB_NAME" in given else ["--JOB_NAME", name, *given]
