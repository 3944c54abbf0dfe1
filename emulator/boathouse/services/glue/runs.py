"""Job run operations: starting, stopping and looking at runs. What a run does is running.py's."""

import secrets
from collections.abc import Mapping
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.sessions import assumed_role
from boathouse.service import Request, Response, operation
from boathouse.services.glue.job_settings import capacity, check_arguments, role_arn, timeout
from boathouse.services.glue.job_store import GOING, Job, JobStore, Run, next_attempt
from boathouse.services.glue.requests import detail, page
from boathouse.services.glue.running import Going, Runner
from boathouse.services.glue.security_configurations import SecurityConfigurations, encrypts_logs, s3_encryption
from boathouse.workers.spark import Encryption

LARGEST_PAGE = 200
LOG_GROUP = "/aws-glue/jobs"
SESSION = "GlueJobRunnerSession"


class JobRuns:
    def __init__(self, store: JobStore, configurations: SecurityConfigurations, runner: Runner, clock: Clock) -> None:
        self._store = store
        self._configurations = configurations
        self._runner = runner
        self._clock = clock

    @operation("StartJobRun")
    async def start_job_run(self, context: Context, request: Request) -> Response:
        name = request["JobName"]
        job = self._store.find(context.scope, name)
        if job is None:
            raise AwsError("EntityNotFoundException", "Failed to start job run due to missing metadata")
        for member in ("ExecutionRoleSessionPolicy", "JobRunQueuingEnabled", "NotificationProperty"):
            if request.get(member):
                raise Unsupported(f"StartJobRun with {member}")
        check_arguments(request.get("Arguments", {}))
        self._check_concurrency(context, job)
        run, encryption = self._new_run(context, job, request)
        self._store.add_run(context.scope, run)
        role = assumed_role(role_arn(context, job["Role"]), SESSION, context.region)
        self._runner.begin(Going(context.scope, role, job, run, encryption))
        return {"JobRunId": run["Id"]}

    def _check_concurrency(self, context: Context, job: Job) -> None:
        going = [run for _, run in self._store.runs(context.scope, job["Name"]) if run["JobRunState"] in GOING]
        if len(going) >= job["ExecutionProperty"].get("MaxConcurrentRuns", 1):
            raise AwsError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}")

    def _new_run(self, context: Context, job: Job, request: Request) -> tuple[Run, Encryption | None]:
        now = self._clock.now()
        asked = {key: request[key] for key in ("WorkerType", "NumberOfWorkers", "MaxCapacity") if request.get(key)}
        sized = {key: job[key] for key in ("WorkerType", "NumberOfWorkers") if key in job} | asked
        security = request.get("SecurityConfiguration") or job.get("SecurityConfiguration")
        configuration = self._configurations.find(context.scope, security) if security else None
        run = {
            "Id": f"jr_{secrets.token_hex(32)}",
            "Attempt": 0,
            **self._of_previous(context, request),
            "JobName": job["Name"],
            "JobMode": job["JobMode"],
            "StartedOn": now,
            "LastModifiedOn": now,
            "JobRunState": "STARTING",
            "PredecessorRuns": [],
            "ExecutionTime": 0,
            "Timeout": timeout(request, job["Timeout"]),
            **sized,
            **(capacity(sized) if sized else {key: job[key] for key in ("MaxCapacity", "AllocatedCapacity")}),
            **({"SecurityConfiguration": security} if security else {}),
            "LogGroupName": _log_group(job, configuration),
            "GlueVersion": job["GlueVersion"],
            "ExecutionClass": request.get("ExecutionClass") or job["ExecutionClass"],
        }
        return run, None if configuration is None else s3_encryption(configuration)

    def _of_previous(self, context: Context, request: Request) -> dict[str, Any]:
        """A retry is a further attempt with the arguments of the run that it retries."""
        given = {"Arguments": request["Arguments"]} if request.get("Arguments") else {}
        if not (previous := request.get("JobRunId")):
            return given
        run = self._store.get_run(context.scope, request["JobName"], previous)
        if run["JobRunState"] in GOING:
            raise AwsError("InvalidInputException", f"Job run {previous} has not ended: it cannot be retried.")
        return next_attempt(run) | given

    @operation("GetJobRun")
    async def get_job_run(self, context: Context, request: Request) -> Response:
        return {"JobRun": self._shown(self._store.get_run(context.scope, request["JobName"], request["RunId"]))}

    @operation("GetJobRuns")
    async def get_job_runs(self, context: Context, request: Request) -> Response:
        self._store.get(context.scope, request["JobName"])
        found, following = page(self._store.runs(context.scope, request["JobName"]), request, LARGEST_PAGE)
        return {"JobRuns": [self._shown(run) for run in found], **following}

    @operation("BatchStopJobRun")
    async def batch_stop_job_run(self, context: Context, request: Request) -> Response:
        name = request["JobName"]
        stopped, errors = [], []
        for run_id in request["JobRunIds"]:
            names = {"JobName": name, "JobRunId": run_id}
            try:
                self._stop(context, name, run_id)
            except AwsError as error:
                errors.append({**names, "ErrorDetail": detail(error)})
            else:
                stopped.append(names)
        return {"SuccessfulSubmissions": stopped, "Errors": errors}

    def _stop(self, context: Context, name: str, run_id: str) -> None:
        run = self._store.get_run(context.scope, name, run_id)
        if run["JobRunState"] not in GOING:
            raise AwsError("InvalidInputException", f"Job run {run_id} is {run['JobRunState']}: it cannot be stopped.")
        self._runner.end(context.scope, run)

    def _shown(self, run: Mapping[str, Any]) -> dict[str, Any]:
        if run["JobRunState"] != "RUNNING":
            return dict(run)
        return {**run, "ExecutionTime": self._runner.seconds(run["Id"])}


def _log_group(job: Job, configuration: Mapping[str, Any] | None) -> str:
    """https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html says how it is named."""
    if configuration is None or not encrypts_logs(configuration):
        return LOG_GROUP
    return f"{LOG_GROUP}-{job['Role'].rpartition('/')[2]}-{configuration['Name']}"
