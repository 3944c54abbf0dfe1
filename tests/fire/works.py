"""The pipeline's command on a victim: as a process that a test lets come to a moment and kills, or to its end."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import Refused
from tests.conftest import environment_of
from tests.e2e.lakehouse import ROOT, Lakehouse, Row
from tests.fire.gate import Gate
from tests.fire.victim import Victim

KILLED, DONE, FAILED, NO_PLATFORM, UNFINISHED = -9, 0, 1, 3, 4
DISTURBED = (DONE, FAILED, NO_PLATFORM, UNFINISHED)
"""How a run may end whose platform was killed under it. 5 would be a loss, 2 a mistake of ours."""
FILES = 6
"""Of a run's sources."""
SHORT_LEASE = ("--lease", "4")
"""A killed run's lock is taken for dead sooner, so that a test does not wait half a minute."""
RUN = re.compile(r"\d{8}t\d{6}_[0-9a-f]{6}")
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "CANCELLED")


class Run:
    """``python -m pipelines run all`` as a process."""

    def __init__(self, aws_dir: Path, folder: Path, sources: Sequence[Path], *more: str) -> None:
        folder.mkdir()
        self._answer, self._log = folder / "stdout", folder / "stderr"
        with self._answer.open("wb") as stdout, self._log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipelines", "run", "all", "--json", "--source", *map(str, sources), *more],
                cwd=ROOT, env=environment_of(aws_dir), stdout=stdout, stderr=stderr,
            )  # fmt: skip

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def said(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """Its exit code, once it has come to its own end, without a traceback."""
        code = self._process.wait()
        assert "Traceback" not in self.said, self.said
        return code

    def record(self) -> dict[str, Any]:
        """What a run says that has succeeded."""
        assert self.end() == DONE, self.said
        record: dict[str, Any] = json.loads(self._answer.read_text())
        return record


class Works:
    """A victim, the door before it, and the lakehouse on it as people read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs = 0
        self.victim = Victim(folder, workers=1)
        self.victim.up()
        self.gate = Gate(self.victim.endpoint, folder / "through-the-gate")
        self.lakehouse = Lakehouse(environment_of(folder / "aws"))

    def reset(self) -> None:
        """As after a first start: without a stack, and so with other keys once there is one."""
        self.victim.reset()
        self.lakehouse = Lakehouse(self.lakehouse.environment)

    def stop(self) -> None:
        self.gate.stop()
        self.victim.stop()

    def run(self, sources: Sequence[Path], *more: str) -> Run:
        self._runs += 1
        return Run(self.gate.aws_dir, self._folder / f"run-{self._runs}", sources, *more)

    def tables(self) -> dict[str, list[Row]]:
        return self.lakehouse.tables()

    def runs_of_spark(self) -> set[str]:
        """The runs of which Spark has begun to write a file; none while there is no stack."""
        try:
            return {RUN.findall(key)[0] for key in self.lakehouse.bucket.keys("cleaned/run=") if "/part-" in key}
        except Refused:
            return set()

    def runs_of_athena(self) -> set[str]:
        """The runs of which a CTAS has made a staging table."""
        try:
            return {RUN.findall(name)[0] for name in self.lakehouse.staging_tables()}
        except Refused:
            return set()

    def under_way(self) -> list[str]:
        """The job runs and the queries that have not ended, whoever began them."""
        try:
            stack = self.lakehouse.stack
        except Refused:
            return []
        glue, athena = self.victim.client("glue"), self.victim.client("athena")
        runs = glue.get_job_runs(JobName=stack.silver_job)["JobRuns"]
        found = [run["Id"] for run in runs if run["JobRunState"] not in OVER]
        pages = athena.get_paginator("list_query_executions").paginate(WorkGroup=stack.work_group)
        for ids in (page["QueryExecutionIds"] for page in pages if page["QueryExecutionIds"]):
            queries = athena.batch_get_query_execution(QueryExecutionIds=ids)["QueryExecutions"]
            found += [each["QueryExecutionId"] for each in queries if each["Status"]["State"] not in OVER]
        return found

    def folders_of_jobs(self) -> list[Path]:
        """What lies about of runs that have or had their script and modules there."""
        return list((self.victim.work_dir / "glue").glob("*"))
