"""What a job may ask for here. What Glue has and this has not is refused by name, before anything runs."""

import math
from collections.abc import Mapping
from typing import Any

from boathouse.context import Context
from boathouse.errors import Unsupported
from boathouse.lake.catalog.refusals import invalid

GLUE_VERSION = "5.1"
WORKERS, LONGEST_TIMEOUT, DEFAULT_TIMEOUT = 10, 10_080, 480  # minutes, of Glue 5.0 and later
DPUS = {
    "G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "G.12X": 12.0, "G.16X": 16.0,
    "R.1X": 1.0, "R.2X": 2.0, "R.4X": 4.0, "R.8X": 8.0,
}  # fmt: skip
# https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html, those that change what a job
# reads, writes or imports. Those that only add metrics, a Spark UI or insights are taken and add nothing.
UNSUPPORTED_ARGUMENTS = frozenset(
    "--additional-python-modules --class --conf --customer-driver-env-vars --customer-executor-env-vars"
    " --datalake-formats --enable-glue-datacatalog --enable-lakeformation-fine-grained-access --extra-files"
    " --extra-jars --job-bookmark-option --python-modules-installer-option --user-jars-first"
    " --write-shuffle-files-to-s3 --write-shuffle-spills-to-s3".split()
)
OFF = frozenset({"false", "job-bookmark-disable"})  # an argument without a value is on
UNSUPPORTED_MEMBERS = ("CodeGenConfigurationNodes", "MaintenanceWindow", "NotificationProperty", "SourceControlDetails")


def complete(job: Mapping[str, Any]) -> dict[str, Any]:
    """A job as GetJob shows it, from what CreateJob or UpdateJob was given. Raises AwsError."""
    _refuse_members(job)
    check_arguments(job.get("DefaultArguments", {}))
    check_arguments(job.get("NonOverridableArguments", {}))
    return {
        "JobMode": "SCRIPT",
        "ExecutionClass": "STANDARD",
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "GlueVersion": GLUE_VERSION,
        "MaxRetries": 0,
        **{key: value for key, value in job.items() if key != "Tags"},
        "Command": {"PythonVersion": "3", **job["Command"]},
        **capacity(job),
        "Timeout": timeout(job, DEFAULT_TIMEOUT),
    }


def _refuse_members(job: Mapping[str, Any]) -> None:
    command, version = job["Command"], job.get("GlueVersion", GLUE_VERSION)
    if command.get("Name", "glueetl") != "glueetl":
        raise Unsupported(f"the job command {command['Name']}: only glueetl runs, it")
    if command.get("PythonVersion", "3") not in ("3", "3.11"):
        raise invalid(f"PythonVersion {command['PythonVersion']} is not one of Glue {GLUE_VERSION}.")
    if not command.get("ScriptLocation"):
        raise invalid("Command.ScriptLocation is required.")
    if version != GLUE_VERSION:
        raise Unsupported(f"Glue {version}: only {GLUE_VERSION} (Spark 3.5.6) runs, it")
    if job.get("Connections", {}).get("Connections"):
        raise Unsupported("a job with Connections")
    if job.get("JobRunQueuingEnabled"):
        raise Unsupported("JobRunQueuingEnabled")
    for member in UNSUPPORTED_MEMBERS:
        if job.get(member):
            raise Unsupported(f"a job with {member}")


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Refuses, by name, arguments to Glue itself that would be ignored."""
    for name, value in arguments.items():
        if name in UNSUPPORTED_ARGUMENTS and value.lower() not in OFF:
            raise Unsupported(f"the job argument {name} {value}".rstrip())
        if name == "--job-language" and value != "python":
            raise Unsupported(f"the job language {value}")


def capacity(job: Mapping[str, Any]) -> dict[str, Any]:
    """WorkerType and NumberOfWorkers, and the DPUs that they come to."""
    kind = job.get("WorkerType")
    if kind is None:
        dpus = float(job.get("MaxCapacity") or job.get("AllocatedCapacity") or WORKERS)
        return {"MaxCapacity": dpus, "AllocatedCapacity": int(dpus)}
    if kind not in DPUS:
        raise invalid(f"Worker type {kind} is not one of Glue {GLUE_VERSION}.")
    if job.get("MaxCapacity"):
        raise invalid("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if not job.get("NumberOfWorkers"):
        raise invalid("Please set both Worker Type and Number of Workers.")
    dpus = DPUS[kind] * job["NumberOfWorkers"]
    return {"MaxCapacity": dpus, "AllocatedCapacity": math.ceil(dpus)}


def timeout(given: Mapping[str, Any], default: int) -> int:
    """Minutes."""
    minutes = given.get("Timeout") or default
    if minutes > LONGEST_TIMEOUT:
        raise invalid(f"Timeout is {minutes}, and must not be more than {LONGEST_TIMEOUT} minutes.")
    return int(minutes)


def role_arn(context: Context, role: str) -> str:
    """A role is given by its name or its ARN."""
    if not role.startswith("arn:"):
        return f"arn:aws:iam::{context.account}:role/{role}"
    parts = role.split(":", 5)
    if len(parts) < 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise invalid(f"{role} is not the ARN of a role.")
    if parts[4] != context.account:
        raise invalid("Cross-account pass role is not allowed.")
    return role
