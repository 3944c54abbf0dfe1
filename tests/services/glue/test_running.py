"""What becomes of runs, with a pool that only pretends: states, attempts, limits, ends that nobody asked for."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Context, Principal, root_of
from boathouse.errors import AwsError, StartError
from boathouse.lake.catalog import Catalog
from boathouse.lake.sessions import Sessions
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services import glue
from boathouse.settings import Settings
from boathouse.workers.glue import Ended, Pool, Script
from boathouse.workers.supervisor import Outcome, Sink, Supervisor

COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://artifacts/scripts/job.py"}
ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR"}
SUCCESS = Outcome(0, None, killed=False, timed_out=False)
FAILURE = Outcome(1, None, killed=False, timed_out=False)


class PretendedPool(Pool):
    """Ends each run as it is told to; with ``held`` only when it is released."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(Supervisor(folder, clock), 0, refill=False)
        self.ends: list[Ended | Exception] = []
        self.scripts: list[Script] = []
        self.held = False
        self.release = asyncio.Event()
        self.texts: list[str] = []

    async def run(self, script: Script, stdout: Sink, stderr: Sink, started: Callable[[], None]) -> Ended:
        self.scripts.append(script)
        self.texts.append(script.path.read_text())
        end = self.ends.pop(0) if self.ends else Ended(SUCCESS, None)
        if isinstance(end, Exception):
            raise end
        started()
        await stdout("a line")
        if self.held:
            await self.release.wait()
        return end


class Platform:
    """The service with everything around it made up: S3 that has one script, logs that are kept."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.state = State()
        self.settings = Settings(state_dir=folder)
        self.settings.ca_file.parent.mkdir(parents=True, exist_ok=True)
        self.pool = PretendedPool(folder, self.clock)
        self.objects = {"scripts/job.py": b"print('hello')", "lib/tools.py": b"A = 1", "lib/more.zip": b"PK"}
        self.logged: list[str] = []
        self.asked_as: list[str] = []
        self.sessions = Sessions(self.state, self.clock)
        self.service = self.build()

    def build(self) -> Service:
        call = Call()
        call.bind(self._answer)
        return glue.build(
            state=self.state, clock=self.clock, call=call, settings=self.settings, sessions=self.sessions,
            catalog=Catalog(self.state, self.clock), spark=self.pool,
        )  # fmt: skip

    async def _answer(self, service: str, name: str, params: Mapping[str, Any], as_: Principal) -> dict[str, Any]:
        self.asked_as.append(as_.arn)
        if service == "s3":
            if params["Key"] not in self.objects:
                raise AwsError("NoSuchKey", "The specified key does not exist.")
            return {"Body": self.objects[params["Key"]]}
        if name == "PutLogEvents":
            self.logged.append(params["logGroupName"])
        return {}

    async def ask(self, operation: str, **request: Any) -> dict[str, Any]:
        context = Context("r", "glue", operation, root_of(), "http://127.0.0.1:4566")
        return await self.service.handlers[operation](context, request) or {}

    async def job(self, **more: Any) -> str:
        await self.ask("CreateJob", Name="job", Role="etl", Command=COMMAND, **more)
        return "job"

    async def start(self, **more: Any) -> str:
        return str((await self.ask("StartJobRun", JobName="job", **more))["JobRunId"])

    async def run(self, run_id: str) -> dict[str, Any]:
        return dict((await self.ask("GetJobRun", JobName="job", RunId=run_id))["JobRun"])

    async def until(self, run_id: str, *states: str) -> dict[str, Any]:
        while (run := await self.run(run_id))["JobRunState"] not in (states or ENDED):  # noqa: ASYNC110
            await asyncio.sleep(0)
        return run

    async def ended(self, run_id: str) -> dict[str, Any]:
        return await self.until(run_id)


Work = Callable[[Platform], Coroutine[Any, Any, None]]


@pytest.fixture
def on_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    monkeypatch.setattr("boathouse.workers.spark.write_truststore", lambda *_: None)

    def run(work: Work) -> None:
        async def main() -> None:
            platform = Platform(tmp_path)
            async with asyncio.timeout(20):
                await platform.service.start()
                try:
                    await work(platform)
                finally:
                    await platform.service.stop()

        asyncio.run(main())

    return run


On = Callable[[Work], None]


def test_a_run_from_start_to_success(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job(WorkerType="G.2X", NumberOfWorkers=2, Timeout=5)
        platform.pool.held = True
        run_id = await platform.start(Arguments={"--day": "2015-01-01"})
        running = await platform.until(run_id, "RUNNING")
        assert "CompletedOn" not in running
        platform.clock.advance(90)
        assert (await platform.run(run_id))["ExecutionTime"] == 90
        platform.pool.release.set()
        run = await platform.ended(run_id)
        assert (run["JobRunState"], run["ExecutionTime"], run["Attempt"]) == ("SUCCEEDED", 90, 0)
        assert (run["MaxCapacity"], run["Timeout"], run["LogGroupName"]) == (4.0, 5, "/aws-glue/jobs")
        assert run["CompletedOn"] >= run["StartedOn"]
        assert "ErrorMessage" not in run
        assert platform.logged == ["/aws-glue/jobs/output"]

    on_platform(work)


def test_a_script_is_fetched_and_run_as_the_jobs_role(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job(
            DefaultArguments={
                "--a": "default",
                "--b": "default",
                "--extra-py-files": "s3://x/lib/tools.py,s3://x/lib/more.zip",
            },
            NonOverridableArguments={"--c": "fixed"},
        )
        run_id = await platform.start(Arguments={"--b": "given", "--c": "given"})
        await platform.ended(run_id)
        # documented(https://docs.aws.amazon.com/glue/latest/dg/create-service-policy.html) but for the session's name
        assert set(platform.asked_as) == {"arn:aws:sts::000000000000:assumed-role/etl/GlueJobRunnerSession"}
        (script,) = platform.pool.scripts
        assert platform.pool.texts == ["print('hello')"]
        pairs = dict(zip(script.arguments[::2], script.arguments[1::2], strict=True))
        assert (pairs["--a"], pairs["--b"], pairs["--c"]) == ("default", "given", "fixed")
        assert (pairs["--JOB_NAME"], pairs["--JOB_RUN_ID"]) == ("job", run_id)
        assert [Path(part).name for part in script.python_path] == ["modules", "more.zip"]
        for name, value in script.environment.items():
            assert script.properties[f"spark.executorEnv.{name}"] == value
        assert "fs.s3a.encryption.algorithm" not in str(script.properties)
        assert platform.sessions.find(script.environment["AWS_ACCESS_KEY_ID"]) is None  # ended with its run
        assert not script.path.exists()

    on_platform(work)


def test_s3_encryption_comes_from_the_security_configuration(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        kms = {"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": "arn:aws:kms:us-east-1:0:key/1"}
        logs = {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": "arn:aws:kms:us-east-1:0:key/1"}
        await platform.ask(
            "CreateSecurityConfiguration", Name="kms",
            EncryptionConfiguration={"S3Encryption": [kms], "CloudWatchEncryption": logs},
        )  # fmt: skip
        await platform.job()
        run = await platform.ended(await platform.start(SecurityConfiguration="kms"))
        properties = platform.pool.scripts[0].properties
        assert properties["spark.hadoop.fs.s3a.encryption.algorithm"] == "SSE-KMS"
        assert properties["spark.hadoop.fs.s3a.encryption.key"] == kms["KmsKeyArn"]
        # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html): LogGroupName
        assert run["LogGroupName"] == "/aws-glue/jobs-etl-kms"

    on_platform(work)


@pytest.mark.parametrize(
    ("end", "state", "message"),
    [
        (Ended(FAILURE, "KeyError: 'dt'"), "FAILED", "KeyError: 'dt'"),
        (Ended(Outcome(3, None, killed=False, timed_out=False), None), "FAILED", "SystemExit: 3"),
        (Ended(Outcome(None, 9, killed=False, timed_out=False), None), "FAILED", "Command failed with signal SIGKILL"),
        (Ended(Outcome(None, 9, killed=True, timed_out=True), None), "TIMEOUT", "Job run exceeded its timeout."),
        (StartError("no Java"), "FAILED", "emulator: no Java"),
        (OSError("no room"), "FAILED", "emulator: internal error: OSError('no room'); the log has more"),
    ],
)
def test_how_a_run_ends(on_platform: On, end: Ended | Exception, state: str, message: str) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        platform.pool.ends = [end]
        run = await platform.ended(await platform.start())
        assert (run["JobRunState"], run["ErrorMessage"]) == (state, message)

    on_platform(work)


def test_a_script_that_is_not_there_fails_the_run(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        platform.objects.clear()
        run = await platform.ended(await platform.start())
        assert run["JobRunState"] == "FAILED"
        assert run["ErrorMessage"] == "NoSuchKey: s3://artifacts/scripts/job.py: The specified key does not exist."
        assert platform.pool.scripts == []

    on_platform(work)


def test_a_run_fails_and_is_tried_again(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job(MaxRetries=2)
        platform.pool.ends = [Ended(FAILURE, "first"), Ended(FAILURE, "second")]
        first = await platform.start(Arguments={"--n": "1"})
        await platform.ended(first)
        await platform.ended(f"{first}_attempt_1")
        third = await platform.ended(f"{first}_attempt_2")
        assert third["JobRunState"] == "SUCCEEDED"
        runs = (await platform.ask("GetJobRuns", JobName="job"))["JobRuns"]
        # assumed: the ids; documented(https://docs.aws.amazon.com/glue/latest/webapi/API_JobRun.html): the rest
        assert [(run["Id"], run["Attempt"], run["JobRunState"]) for run in runs] == [
            (f"{first}_attempt_2", 2, "SUCCEEDED"), (f"{first}_attempt_1", 1, "FAILED"), (first, 0, "FAILED"),
        ]  # fmt: skip
        assert third["PreviousRunId"] == f"{first}_attempt_1"
        assert third["Arguments"] == {"--n": "1"}
        assert "ErrorMessage" not in third

    on_platform(work)


def test_a_run_can_be_retried_by_its_id(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        platform.pool.ends = [Ended(FAILURE, "first")]
        first = await platform.start(Arguments={"--n": "1"})
        await platform.ended(first)
        second = await platform.ended(await platform.start(JobRunId=first))
        assert (second["PreviousRunId"], second["Attempt"], second["Arguments"]) == (first, 1, {"--n": "1"})

    on_platform(work)


def test_more_runs_than_allowed_are_refused(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job(ExecutionProperty={"MaxConcurrentRuns": 2})
        platform.pool.held = True
        for _ in range(2):
            await platform.start()
        with pytest.raises(AwsError) as caught:
            await platform.start()
        # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_StartJobRun.html)
        assert caught.value.code == "ConcurrentRunsExceededException"
        platform.pool.release.set()

    on_platform(work)


def test_a_run_is_stopped_and_a_stopped_one_is_not_stopped_again(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job(MaxRetries=1)
        platform.pool.held = True
        run_id = await platform.start()
        await platform.until(run_id, "RUNNING")
        answer = await platform.ask("BatchStopJobRun", JobName="job", JobRunIds=[run_id, "jr_none"])
        assert answer["SuccessfulSubmissions"] == [{"JobName": "job", "JobRunId": run_id}]
        assert [error["ErrorDetail"]["ErrorCode"] for error in answer["Errors"]] == ["EntityNotFoundException"]
        assert (await platform.run(run_id))["JobRunState"] == "STOPPING"
        assert (await platform.ended(run_id))["JobRunState"] == "STOPPED"
        again = await platform.ask("BatchStopJobRun", JobName="job", JobRunIds=[run_id])
        assert again["SuccessfulSubmissions"] == []
        assert len((await platform.ask("GetJobRuns", JobName="job"))["JobRuns"]) == 1

    on_platform(work)


@pytest.mark.parametrize("stopping", [False, True])
def test_runs_that_the_platform_left_going_say_so_at_the_next_start(on_platform: On, stopping: bool) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        platform.pool.held = True
        run_id = await platform.start()
        await platform.until(run_id, "RUNNING")
        if stopping:
            await platform.ask("BatchStopJobRun", JobName="job", JobRunIds=[run_id])
        platform.service = platform.build()  # another process on the same state
        await platform.service.start()
        run = await platform.run(run_id)
        # client(airflow): of the ends that nobody wished for, GlueJobOperator knows FAILED and TIMEOUT
        assert run["JobRunState"] == ("STOPPED" if stopping else "FAILED")
        cut_off = "emulator: the platform ended while this run was going; start it again"
        assert run.get("ErrorMessage") == (None if stopping else cut_off)
        platform.pool.release.set()

    on_platform(work)


def test_runs_are_forgotten_after_ninety_days_and_with_their_job(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        await platform.ended(await platform.start())
        platform.clock.advance(timedelta(days=91).total_seconds())
        # documented(https://docs.aws.amazon.com/glue/latest/dg/view-job-runs.html)
        assert (await platform.ask("GetJobRuns", JobName="job"))["JobRuns"] == []
        await platform.ended(await platform.start())
        await platform.ask("DeleteJob", JobName="job")
        await platform.job()
        assert (await platform.ask("GetJobRuns", JobName="job"))["JobRuns"] == []

    on_platform(work)


def test_a_run_takes_no_argument_that_a_job_may_not_have(on_platform: On) -> None:
    async def work(platform: Platform) -> None:
        await platform.job()
        with pytest.raises(AwsError, match=r"--conf spark\.x=1"):
            await platform.start(Arguments={"--conf": "spark.x=1"})
        assert (await platform.ask("GetJobRuns", JobName="job"))["JobRuns"] == []

    on_platform(work)
