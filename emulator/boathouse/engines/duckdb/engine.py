"""SQL over relations, run by DuckDB outside the event loop. Knows neither Glue nor Athena, nor who may read what."""

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from boathouse.engines.duckdb import coercion, json_macros, text, wall
from boathouse.engines.duckdb.errors import ScanTooLarge, translated
from boathouse.engines.duckdb.footers import Footers
from boathouse.engines.duckdb.output import Layout, WrittenFile, write_csv, write_parquet
from boathouse.engines.duckdb.pool import Instance, Pool
from boathouse.engines.duckdb.relations import bind, statement
from boathouse.engines.duckdb.types import text as constant
from boathouse.relation import Column, Relation

MACROS = (*text.MACROS, *coercion.MACROS, *json_macros.MACROS)
INTERRUPT_AGAIN = 0.05
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: ``owner`` names those who may share what an instance has cached, the rest are S3 credentials."""

    owner: str
    access_key: str
    secret_key: str
    session_token: str
    region: str


@dataclass(frozen=True, slots=True)
class Work:
    """``sql`` is one SELECT in DuckDB's SQL over the relations' names; ``columns`` are its result's, by position.

    ``most_bytes``: a query that must scan more is not run (ScanTooLarge).
    """

    sql: str
    columns: tuple[Column, ...]
    relations: Mapping[str, Relation]
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """``scanned`` in bytes. The files are gone once the block that asked for them is left."""

    rows: int
    scanned: int
    files: tuple[WrittenFile, ...]


class DuckDB:
    """At most ``slots`` queries at a time; ``macros`` are a dialect's own. ``endpoint`` is where S3 is (HTTP)."""

    def __init__(self, folder: Path, endpoint: str, macros: Sequence[str] = (), slots: int = 4) -> None:
        self.slots = slots
        self._host = endpoint.removeprefix("http://")
        self._pool = Pool(folder, (*MACROS, *macros), slots)
        self._footers = Footers()
        self._threads = ThreadPoolExecutor(slots + 1, thread_name_prefix="duckdb")

    def warm_up(self) -> None:
        """Has an instance stand ready, without waiting for it."""
        self._threads.submit(self._pool.prepare)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, self._pool.close)
        self._threads.shutdown(wait=True)

    @asynccontextmanager
    async def csv(self, work: Work, reader: Reader) -> AsyncIterator[Written]:
        """The result as one file of Athena's CSV without its header."""

        def write(instance: Instance, folder: Path) -> Written:
            sql, size = self._bound(instance.connection, work)
            rows, files = write_csv(instance.connection, sql, work.columns, folder / "result.csv")
            return Written(rows, size, tuple(files))

        async with self._run(reader, write) as written:
            yield written

    @asynccontextmanager
    async def parquet(self, work: Work, reader: Reader, layout: Layout) -> AsyncIterator[Written]:
        """The result as Parquet files."""

        def write(instance: Instance, folder: Path) -> Written:
            sql, size = self._bound(instance.connection, work)
            rows, files = write_parquet(instance.connection, sql, work.columns, folder / "files", layout)
            return Written(rows, size, tuple(files))

        async with self._run(reader, write) as written:
            yield written

    def _bound(self, connection: duckdb.DuckDBPyConnection, work: Work) -> tuple[str, int]:
        wall.check(connection, work.sql, work.relations)
        bounds = {alias: bind(connection, relation, self._footers) for alias, relation in work.relations.items()}
        scanned = sum(bound.scanned for bound in bounds.values())
        if work.most_bytes is not None and scanned > work.most_bytes:
            raise ScanTooLarge(scanned)
        return statement(work.sql, bounds), scanned

    @asynccontextmanager
    async def _run(self, reader: Reader, write: Callable[[Instance, Path], T]) -> AsyncIterator[T]:
        instance = await self._taken(reader.owner)
        folder = instance.scratch / uuid.uuid4().hex
        folder.mkdir()
        try:
            try:
                yield await self._interruptible(instance, lambda: self._write(instance, folder, reader, write))
            finally:
                await self._in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))
        finally:
            self._pool.give(instance)
            self.warm_up()  # not sooner: opening one would slow the query down

    def _write(self, instance: Instance, folder: Path, reader: Reader, write: Callable[[Instance, Path], T]) -> T:
        try:
            instance.connection.execute(self._secret(reader))
            return write(instance, folder)
        except duckdb.Error as error:
            raise translated(error) from error

    def _secret(self, reader: Reader) -> str:
        return (
            f"CREATE OR REPLACE SECRET reader (TYPE s3, KEY_ID {constant(reader.access_key)},"
            f" SECRET {constant(reader.secret_key)}, SESSION_TOKEN {constant(reader.session_token)},"
            f" REGION {constant(reader.region)}, ENDPOINT {constant(self._host)}, URL_STYLE 'path', USE_SSL false)"
        )

    async def _taken(self, owner: str) -> Instance:
        """An instance from the pool; who is cancelled while one is being opened gives it back once it is there."""
        taking = asyncio.get_running_loop().run_in_executor(self._threads, lambda: self._pool.take(owner))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(lambda taken: None if taken.exception() else self._pool.give(taken.result()))
            raise

    async def _interruptible(self, instance: Instance, work: Callable[[], T]) -> T:
        """Cancelling interrupts the query and waits until it has let go of the instance, however often one cancels."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            letting_go = asyncio.ensure_future(self._interrupt(instance, running))
            while not letting_go.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.shield(letting_go)
            raise

    @staticmethod
    async def _interrupt(instance: Instance, running: asyncio.Future[T]) -> None:
        """An interrupt between two statements is lost, so it is repeated."""
        while not running.done():
            instance.connection.interrupt()
            await asyncio.wait([running], timeout=INTERRUPT_AGAIN)
        running.exception()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
