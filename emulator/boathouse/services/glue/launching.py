"""What a run starts with: its script and modules from S3, its arguments, its credentials, Spark's settings."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from boathouse.call import Call
from boathouse.context import Principal
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog.refusals import invalid
from boathouse.lake.sessions import Sessions
from boathouse.services.glue.job_store import Job, Run
from boathouse.settings import Settings
from boathouse.workers.glue import Script
from boathouse.workers.spark import Encryption, Keys, job_environment, job_properties

ARCHIVES = frozenset({".zip", ".whl", ".egg"})
SLACK = 3600  # seconds that a run's credentials outlive its timeout: it may have waited for a worker


class Launcher:
    def __init__(self, call: Call, sessions: Sessions, settings: Settings) -> None:
        self.call = call
        self._sessions = sessions
        self._settings = settings
        self._folder = settings.work_dir.absolute() / "glue"

    async def clear(self) -> None:
        """Takes away what runs of an earlier platform that was killed left."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    @asynccontextmanager
    async def launch(self, role: Principal, job: Job, run: Run, encryption: Encryption | None) -> AsyncIterator[Script]:
        """A run's script, ready to run; leaving takes its folder and its credentials away.

        Raises AwsError where S3 does not hand out the script or a module to the job's role.
        """
        arguments = merged(job, run)
        folder = self._folder / run["Id"]
        credentials = self._sessions.mint(role, run["Timeout"] * 60 + SLACK)
        keys = Keys(credentials.access_key, credentials.secret_key, credentials.session_token, role.region)
        try:
            path, modules = await self._fetch(role, job, arguments, folder)
            environment = job_environment(self._settings, keys)
            workers = {**environment, "PYTHONPATH": ":".join(modules)}
            properties = await asyncio.to_thread(job_properties, self._settings, job["Name"], keys, encryption, workers)
            yield Script(
                name=job["Name"],
                path=path,
                cwd=folder,
                arguments=_as_argv(arguments, job, run),
                environment=environment,
                properties=properties,
                python_path=modules,
                timeout=run["Timeout"] * 60,
            )
        finally:
            self._sessions.end(credentials.access_key)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _fetch(
        self, role: Principal, job: Job, arguments: Mapping[str, str], folder: Path
    ) -> tuple[Path, list[str]]:
        """The script's file, and what goes on Python's path: archives themselves, modules by their folder."""
        location = arguments.get("--scriptLocation") or job["Command"]["ScriptLocation"]
        script = await self._download(role, location, folder)
        path = list[str]()
        extra = (part.strip() for part in arguments.get("--extra-py-files", "").split(","))
        for uri in filter(None, extra):
            suffix = Path(uri).suffix
            if suffix not in ARCHIVES | {".py"}:
                raise Unsupported(f"--extra-py-files {uri}: a .py, .zip, .whl or .egg file is; another kind")
            module = await self._download(role, uri, folder / "modules")
            path.append(str(module.parent if suffix == ".py" else module))
        return script, list(dict.fromkeys(path))

    async def _download(self, role: Principal, uri: str, folder: Path) -> Path:
        bucket, _, key = uri.removeprefix("s3://").removeprefix("s3a://").partition("/")
        if not uri.startswith(("s3://", "s3a://")) or not key:
            raise invalid(f"{uri} is no location of an object in S3.")
        try:
            found = await self.call("s3", "GetObject", {"Bucket": bucket, "Key": key}, as_=role)
        except AwsError as error:
            raise AwsError(error.code, f"{uri}: {error.message}") from error
        return await asyncio.to_thread(_write, folder / key.rpartition("/")[2], found["Body"])


def merged(job: Job, run: Run) -> dict[str, str]:
    """The job's arguments, the run's over them, and over both those that a run cannot override."""
    return {**job.get("DefaultArguments", {}), **run.get("Arguments", {}), **job.get("NonOverridableArguments", {})}


def _as_argv(arguments: Mapping[str, str], job: Job, run: Run) -> list[str]:
    own = {
        "--JOB_NAME": job["Name"],
        "--JOB_ID": "j_" + hashlib.sha256(job["Name"].encode()).hexdigest(),
        "--JOB_RUN_ID": run["Id"],
    }
    if "SecurityConfiguration" in run:
        own["--SECURITY_CONFIGURATION"] = run["SecurityConfiguration"]
    return [part for pair in {**arguments, **own}.items() for part in pair]


def _write(file: Path, data: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file
