"""The engine over objects in the platform's own S3, without Glue or Athena."""

import asyncio
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from boathouse.datatypes import parse
from boathouse.engines.duckdb import DuckDB, Reader, Work, Written
from boathouse.launch import Platform
from boathouse.relation import Column, File, Format, Relation
from boathouse.services.athena.results import read_rows

OPENX = "org.openx.data.jsonserde.JsonSerDe"
ACCOUNT = "000000000000"


@dataclass
class Bench:
    """``run`` answers rows as Athena's text, None for NULL."""

    engine: DuckDB
    s3: Any
    bucket: str
    runner: asyncio.Runner
    owner: str = ACCOUNT
    folder: str = ""
    written: list[Written] = field(default_factory=list)

    @property
    def reader(self) -> Reader:
        return Reader(self.owner, ACCOUNT, "any", "", "us-east-1")

    def put(self, key: str, body: bytes, partition: Sequence[str | None] = ()) -> File:
        key = f"{self.folder}/{key}"
        etag = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["ETag"]
        return File(f"s3://{self.bucket}/{key}", len(body), tuple(partition), etag)

    def json(self, lines: bytes, columns: dict[str, str], options: dict[str, str] | None = None) -> Relation:
        files = (self.put("lines.json", lines),)
        return Relation(columns_of(columns), (), Format("JSON", {"serde": OPENX, **(options or {})}), files)

    def run(self, sql: str, columns: Sequence[Column], **relations: Relation) -> list[list[str | None]]:
        async def query() -> str:
            async with self.engine.csv(Work(sql, tuple(columns), relations), self.reader) as written:
                self.written.append(written)
                return written.files[0].path.read_text()

        return rows_of(self.runner.run(query()))

    def read(self, relation: Relation) -> list[list[str | None]]:
        return self.run("SELECT * FROM r", [*relation.columns, *relation.partition_columns], r=relation)


def columns_of(columns: dict[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, parse(type_)) for name, type_ in columns.items())


def rows_of(text: str) -> list[list[str | None]]:
    rows, _ = read_rows(text.encode(), sys.maxsize)
    return [[datum.get("VarCharValue") for datum in row["Data"]] for row in rows]


@pytest.fixture(scope="session")
def shared_bench(
    platform: Platform, client: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    s3 = client("s3")
    s3.create_bucket(Bucket="engine-tests")
    with asyncio.Runner() as runner:
        engine = DuckDB(tmp_path_factory.mktemp("engine") / "duckdb", platform.endpoint, slots=2)
        yield Bench(engine, s3, "engine-tests", runner)
        runner.run(engine.close())


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    """One engine for all tests, and a folder of the bucket for each."""
    return replace(shared_bench, folder=uuid.uuid4().hex, written=[])
