"""The deployed platform as a test uses it: the pipeline's command line as a process, the tables as people read them."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines import stack as stacks
from pipelines.athena import Athena
from pipelines.lakebucket import LakeBucket
from pipelines.settings import Profile
from pipelines.stack import Stack
from tests.e2e.expected import FactKey

ROOT = Path(__file__).parents[2]
TABLES = ("silver_cleaned", "fact_events", "dim_date", "dim_repo", "dim_repo_names", "dim_user")
Row = tuple[str, ...]


class Lakehouse:
    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def pipelines(self, *arguments: str, expect: int = 0) -> str:
        """Runs ``python -m pipelines``; returns its stdout, or its stderr where it is expected to fail."""
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stderr
        return done.stderr if expect else done.stdout

    def run(self, step: str, *sources: Path, more: tuple[str, ...] = ()) -> dict[str, Any]:
        """Runs a step for the sources; returns the run's record."""
        record: dict[str, Any] = json.loads(
            self.pipelines("run", step, "--source", *map(str, sources), "--json", "--deadline", "60", *more)
        )
        return record

    @cached_property
    def profile(self) -> Profile:
        return settings.profile("local", self.environment)

    @cached_property
    def stack(self) -> Stack:
        return stacks.find(self.profile.client("cloudformation"))

    @cached_property
    def athena(self) -> Athena:
        return Athena.of(self.profile, self.stack)

    @cached_property
    def bucket(self) -> LakeBucket:
        return LakeBucket.of(self.profile, self.stack)

    def rows(self, sql: str) -> list[Row]:
        """All rows of a query, from its result file."""
        athena = self.athena
        execution = athena.client.get_query_execution(QueryExecutionId=athena.run(sql))["QueryExecution"]
        key = execution["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{self.bucket.name}/")
        return [tuple(row) for row in csv.reader(io.StringIO(self.bucket.get(key).decode()))][1:]

    def facts(self, days: list[str]) -> Counter[FactKey]:
        """(repo_id, user_id, event_type, dt) to event_count, as the table has it now."""
        return self.facts_of(self.rows("SELECT * FROM fact_events"), days)

    @staticmethod
    def facts_of(rows: list[Row], days: list[str]) -> Counter[FactKey]:
        counts: Counter[FactKey] = Counter()
        for repo, user, event_type, event_count, dt in rows:
            key = (_number(repo), _number(user), event_type, dt)
            assert key not in counts, "one row a combination"
            if dt in days:
                counts[key] = int(event_count)
        return counts

    def staging_tables(self) -> list[str]:
        pages = self.profile.client("glue").get_paginator("get_tables").paginate(DatabaseName=self.stack.database)
        names = [table["Name"] for page in pages for table in page["TableList"]]
        return [name for name in names if name.startswith("staging_")]

    def tables(self, *names: str) -> dict[str, list[Row]]:
        """Whole tables, in no order of theirs."""
        return {name: sorted(self.rows(f"SELECT * FROM {name}")) for name in names or TABLES}


def _number(text: str) -> int | None:
    return int(text) if text else None
