"""``python -m pipelines``: deploy, run, generate. Progress goes to stderr, answers to stdout."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.exceptions import ConnectionError as ConnectionFailed
from rich.console import Console
from rich.markup import escape

from pipelines import deploy, report, runs
from pipelines import stack as stacks
from pipelines.athena import Athena
from pipelines.errors import NoPlatform, PipelineError, Refused
from pipelines.generator import archive
from pipelines.plan import Plan
from pipelines.progress import Reporter
from pipelines.settings import PROFILES, START, Profile, profile
from pipelines.sources import files

DESCRIPTION = "GitHub's public events from Kinesis to a star schema, on AWS or on a platform that speaks its protocols."
EXIT_CODES = (
    "exit codes: 0 done, 1 failed, 2 cannot be asked like this, 3 no platform runs, 4 unfinished: run again, 5 \
the numbers do not add up"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; see EXIT_CODES."""
    asked = _parser().parse_args(arguments)
    try:
        asked.command(asked)
    except PipelineError as error:
        return _stop(str(error), error.exit_code)
    except ConnectionFailed as error:
        where = "nothing answers" if isinstance(error, EndpointConnectionError) else "the connection broke"
        return _stop(f"{where}: {error} If the platform does not run, {START}", NoPlatform.exit_code)
    except ClientError as error:
        return _stop(" ".join([str(error), *_next_step(error)]), 1)
    except BotoCoreError as error:
        return _stop(str(error), 1)
    except KeyboardInterrupt:
        return _stop("stopped. Run again: what is done is not done twice", 130)
    return 0


def _next_step(error: ClientError) -> list[str]:
    """What AWS's sentence leaves open. A stack does not notice that its bucket is gone; an update changes nothing."""
    if error.response["Error"]["Code"] != "NoSuchBucket":
        return []
    command = f"aws cloudformation delete-stack --stack-name {stacks.STACK_NAME}"
    return [f"It was deleted behind the stack's back: delete that, too ({command}), and run again, with all sources"]


def _stop(text: str, code: int) -> int:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]✗[/] {escape(text)}", highlight=False)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=DESCRIPTION, epilog=EXIT_CODES)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="the answer as JSON on stdout")
    reached = argparse.ArgumentParser(add_help=False)
    reached.add_argument("--profile", choices=PROFILES, default="local", help="where the platform is (%(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    deploying = commands.add_parser("deploy", parents=[common, reached], help="make or update the stack")
    deploying.add_argument("--yes", action="store_true", help="on AWS, do not ask before anything is made")
    deploying.set_defaults(command=_deploy)
    _run_arguments(commands.add_parser("run", parents=[common, reached], help="bring events to Gold"))
    _generate_arguments(commands.add_parser("generate", parents=[common], help="make up hours of events"))
    return parser


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = runs.Limits()
    parser.add_argument("step", choices=runs.STEPS, help="one step for the sources, or all of them")
    parser.add_argument(
        "--source", nargs="+", action="extend", required=True, type=Path, metavar="FILE",
        help="GH Archive files, plain or gzip, or folders of them",
    )  # fmt: skip
    parser.add_argument("--from", dest="first", metavar="HOUR", help="only hours from this one, 2016-01-01-1")
    parser.add_argument("--to", dest="last", metavar="HOUR", help="only hours up to this one, itself included")
    parser.add_argument("--report", action="store_true", help="end with a page of answers")
    parser.add_argument(
        "--deadline", type=float, default=defaults.patience, metavar="SECONDS",
        help="how long nothing may arrive before the run fails (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--wait", type=float, default=defaults.lock_patience, metavar="SECONDS",
        help="how long to wait while another run publishes (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--lease", type=float, default=defaults.lease, metavar="SECONDS",
        help="how long others wait for this run once it was killed while publishing (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--grace", type=float, default=defaults.grace, metavar="SECONDS",
        help="how long superseded files stay, for those still reading them (%(default)s)",
    )  # fmt: skip
    parser.set_defaults(command=_run)


def _generate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--events", type=int, default=10_000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes (%(default)s)")
    parser.add_argument(
        "--from", dest="first", default="2025-10-08-18", metavar="HOUR",
        help="the first hour, from 2011-02-12-0 on; events are in the format of their day, which GitHub changed in"
        " 2012, 2015 and on 2025-10-09 (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--hours", type=int, default=12, help="how many files (%(default)s)")
    parser.add_argument("--oversize", type=int, default=0, help="lines too large for a record (%(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the files go")
    parser.set_defaults(command=_generate)


def _deploy(asked: argparse.Namespace) -> None:
    reached, reporter = _reached(asked.profile), Reporter()
    if not reached.deploys_itself:
        _agreed(Plan.of(reached), reporter.console, asked.yes)
    with reporter.step("deploy") as step:
        outputs = deploy.deploy(reached, step.say)
    if asked.json:
        return _print_json(outputs)
    for name, value in sorted(outputs.items()):
        sys.stdout.write(f"{name:20} {value}\n")
    return None


def _agreed(plan: Plan, console: Console, yes: bool) -> None:
    """Says what will be made and what it costs, and asks; raises Refused unless the answer is yes."""
    for line in plan.lines():
        console.print(escape(line), highlight=False, soft_wrap=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("nobody can be asked here: deploy with --yes to agree to that")
    if console.input("Go on? \\[y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing was made")


def _run(asked: argparse.Namespace) -> None:
    paths = files.find(asked.source, asked.first, asked.last)
    reached, reporter = _reached(asked.profile), Reporter()
    for path in files.left_out(asked.source):
        reporter.console.print(escape(f"left out, not being .json, .jsonl or .ndjson, plain or .gz: {path}"))
    limits = runs.Limits(asked.deadline, asked.wait, asked.lease, asked.grace)
    outcome = runs.run(reached, asked.step, paths, reporter, limits)
    if asked.report:
        _report(reached, outcome)
    elif asked.json:
        _print_json(outcome.as_json())
    else:
        equation = outcome.equation
        lines = [f"run {outcome.run} {outcome.outcome}", *([] if equation is None else equation.lines())]
        sys.stdout.write("\n  ".join(lines) + "\n")


def _reached(name: str) -> Profile:
    reached = profile(name)
    reached.check_reachable()
    return reached


def _report(reached: Profile, outcome: runs.Outcome) -> None:
    athena = Athena.of(reached, stacks.find(reached.client("cloudformation")))
    report.show(Console(), outcome, report.ask(athena, outcome.days))


def _generate(asked: argparse.Namespace) -> None:
    if asked.events < asked.hours or asked.hours < 1:
        raise Refused("generate wants at least one hour, and at least one event an hour")
    first = files.asked_hour(asked.first)
    recipe = archive.Recipe(asked.events, asked.seed, first, asked.hours, oversize=asked.oversize)
    written = [str(path) for path in archive.write(recipe, asked.out)]
    if asked.json:
        return _print_json({"files": written})
    sys.stdout.write("\n".join(written) + "\n")
    return None


def _print_json(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
