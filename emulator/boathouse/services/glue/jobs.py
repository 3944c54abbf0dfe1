"""Job operations: what is to run, and with what."""

from typing import Any

from boathouse.clock import Clock
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.glue.job_settings import complete, role_arn
from boathouse.services.glue.job_store import Job, JobStore
from boathouse.services.glue.requests import page
from boathouse.services.glue.tags import Tags


def arn_of_job(context: Context, name: str) -> str:
    return context.arn(f"job/{name}", "glue")


class Jobs:
    def __init__(self, store: JobStore, tags: Tags, clock: Clock) -> None:
        self._store = store
        self._tags = tags
        self._clock = clock

    @operation("CreateJob")
    async def create_job(self, context: Context, request: Request) -> Response:
        if self._store.find(context.scope, request["Name"]) is not None:
            raise AwsError("AlreadyExistsException", f"Job with name {request['Name']} already submitted.")
        now = self._clock.now()
        self._store.put(context.scope, {**self._checked(context, request), "CreatedOn": now, "LastModifiedOn": now})
        if tags := request.get("Tags"):
            self._tags.add(context.scope, arn_of_job(context, request["Name"]), tags)
        return {"Name": request["Name"]}

    @operation("UpdateJob")
    async def update_job(self, context: Context, request: Request) -> Response:
        """What the update does not name goes back to its default: the former definition is overwritten."""
        name = request["JobName"]
        before = self._store.get(context.scope, name)
        update = request["JobUpdate"]
        kept = {member: update.get(member, before[member]) for member in ("Role", "Command")}
        after = self._checked(context, {**update, **kept, "Name": name})
        stamps = {"CreatedOn": before["CreatedOn"], "LastModifiedOn": self._clock.now()}
        self._store.put(context.scope, {**after, **stamps})
        return {"JobName": name}

    @operation("GetJob")
    async def get_job(self, context: Context, request: Request) -> Response:
        return {"Job": self._store.get(context.scope, request["JobName"])}

    @operation("GetJobs")
    async def get_jobs(self, context: Context, request: Request) -> Response:
        found, following = page(self._store.jobs(context.scope), request)
        return {"Jobs": found, **following}

    @operation("BatchGetJobs")
    async def batch_get_jobs(self, context: Context, request: Request) -> Response:
        found = {name: self._store.find(context.scope, name) for name in request["JobNames"]}
        return {
            "Jobs": [job for job in found.values() if job is not None],
            "JobsNotFound": [name for name, job in found.items() if job is None],
        }

    @operation("ListJobs")
    async def list_jobs(self, context: Context, request: Request) -> Response:
        wanted = request.get("Tags", {}).items()
        jobs = [
            (name, job)
            for name, job in self._store.jobs(context.scope)
            if wanted <= self._tags.of(context.scope, arn_of_job(context, name)).items()
        ]
        found, following = page(jobs, request)
        return {"JobNames": [job["Name"] for job in found], **following}

    @operation("DeleteJob")
    async def delete_job(self, context: Context, request: Request) -> Response:
        """No error where there is none: https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteJob.html."""
        self._store.delete(context.scope, request["JobName"])
        self._tags.forget(context.scope, arn_of_job(context, request["JobName"]))
        return {"JobName": request["JobName"]}

    def _checked(self, context: Context, job: dict[str, Any]) -> Job:
        role_arn(context, job["Role"])
        return complete(job)
