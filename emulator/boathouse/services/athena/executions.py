"""The noun of this service: one query's way from its text to its result, and the states on that way.

``Executions._carry_out`` is where a statement is parsed, its reads cut to what the principal may see, and run.
"""

import asyncio
from collections.abc import Callable, Sequence

from boathouse.clock import Clock
from boathouse.dialects.athena import SqlRefused, Statement
from boathouse.dialects.athena.statements import CreateTableAs, Describe, Query, ShowColumns
from boathouse.engines.duckdb import DuckDB, EngineError, Reader, ScanTooLarge, Work
from boathouse.errors import AwsError
from boathouse.lake.access import Access
from boathouse.relation import Table, TableName
from boathouse.services.athena.columns import column_infos
from boathouse.services.athena.creations import Creations
from boathouse.services.athena.definitions import Definitions
from boathouse.services.athena.failures import SYSTEM, TIMED_OUT, QueryFailed, failure_of, invalid, refusal
from boathouse.services.athena.orders import Order, Outcome
from boathouse.services.athena.readers import Readers
from boathouse.services.athena.results import Results
from boathouse.services.athena.store import Execution, ExecutionStore
from boathouse.tasks import Tasks

Parse = Callable[[str, str, Callable[[TableName], Table | None], Sequence[str]], Statement]
MOST_ACTIVE = 200
"""Running and waiting queries (AWS's quota for DML: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html)."""
TIMEOUT = 30 * 60
"""Of a query, in seconds (the same page's DML query timeout)."""
TOO_MANY = (
    "You have exceeded the limit for the number of queries you can run concurrently. Please reduce the number of"
    " concurrent queries submitted by this account. Contact customer support to request a concurrent query limit"
    " increase."
)


class Executions:
    """Queries under way; at most as many at a time as the engine has slots for, the others wait in turn."""

    def __init__(
        self,
        store: ExecutionStore,
        parse: Parse,
        access: Access,
        engine: DuckDB,
        readers: Readers,
        results: Results,
        creations: Creations,
        definitions: Definitions,
        clock: Clock,
    ) -> None:
        self._store = store
        self._parse = parse
        self._access = access
        self._engine = engine
        self._readers = readers
        self._results = results
        self._creations = creations
        self._definitions = definitions
        self._clock = clock
        self._slots = asyncio.Semaphore(engine.slots)
        self._tasks = Tasks()
        self._running: dict[str, tuple[Execution, asyncio.Task[None]]] = {}

    async def start(self) -> None:
        """Queries that were under way when the process ended did not finish, and say so."""
        self._engine.warm_up()
        for execution in self._store.unfinished():
            reason = "emulator: the platform stopped while the query was under way; start it again"
            self._end(execution, "FAILED", QueryFailed(reason, SYSTEM, 100, retryable=True))

    async def stop(self) -> None:
        await self._tasks.cancel()
        await self._engine.close()

    async def reset(self) -> None:
        await self._tasks.cancel()

    def begin(self, order: Order, token: str | None) -> Execution:
        """A new execution, under way. Raises InvalidRequestException for what is no statement at all."""
        if len(self._running) >= MOST_ACTIVE:
            raise AwsError("TooManyRequestsException", TOO_MANY, Reason="CONCURRENT_QUERY_LIMIT_EXCEEDED")
        outcome = self._parsed(order)
        if isinstance(outcome, SqlRefused) and outcome.kind == "syntax":
            raise invalid(outcome.message, "MALFORMED_QUERY")
        self._refuse_at_once(order, outcome)
        execution = order.execution(outcome, self._clock.now())
        self._store.add(execution, token)
        task = self._tasks.spawn(self._run(execution, order, outcome), f"athena query {execution.id}")
        self._running[execution.id] = (execution, task)
        watch = self._tasks.spawn(self._watch(execution), f"timeout of athena query {execution.id}")
        task.add_done_callback(lambda ended: self._let_go(execution, ended, watch))
        return execution

    async def _watch(self, execution: Execution) -> None:
        await self._clock.sleep(TIMEOUT)
        _, task = self._running[execution.id]
        self._end(execution, "FAILED", QueryFailed("Query timeout", SYSTEM, TIMED_OUT))
        task.cancel()

    def _let_go(self, execution: Execution, task: asyncio.Task[None], watch: asyncio.Task[None]) -> None:
        """A fault of ours must not leave a query running for ever."""
        watch.cancel()
        self._running.pop(execution.id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._end(execution, "FAILED", QueryFailed(f"emulator: internal error: {error!r}", SYSTEM, 100))

    def cancel(self, execution_id: str) -> None:
        """Nothing for a query that is over."""
        if execution_id in self._running:
            execution, task = self._running[execution_id]
            self._end(execution, "CANCELLED", "Query cancelled by user")
            task.cancel()

    def _parsed(self, order: Order) -> Outcome:
        try:
            return self._parse(
                order.sql, order.database, lambda name: self._access.schema(order.principal, name), order.parameters
            )
        except (SqlRefused, AwsError) as error:
            return error

    def _refuse_at_once(self, order: Order, outcome: Outcome) -> None:
        """What Athena refuses before there is an execution, in its words."""
        match outcome:
            case CreateTableAs(external_location=str()) if order.is_enforced:
                # documented: https://docs.aws.amazon.com/athena/latest/ug/workgroups-troubleshooting.html
                raise invalid(
                    "The Create Table As Select query failed because it was submitted with an 'external_location'"
                    " property to an Athena Workgroup that enforces a centralized output location for all queries."
                    " Please remove the 'external_location' property and resubmit the query."
                )
            case Describe(table=table) | ShowColumns(table=table):
                if self._access.schema(order.principal, table) is None:
                    raise invalid(f"Entity Not Found: Table {table.table} not found")

    async def _run(self, execution: Execution, order: Order, outcome: Outcome) -> None:
        """Only what the engine runs waits for one of its slots, and then sees the tables as they are by then."""
        if not isinstance(outcome, Query | CreateTableAs):
            await self._run_now(execution, order, outcome)
            return
        waits = self._slots.locked()
        async with self._slots:
            await self._run_now(execution, order, self._parsed(order) if waits else outcome)

    async def _run_now(self, execution: Execution, order: Order, outcome: Outcome) -> None:
        began = self._clock.time()
        execution.status["State"] = "RUNNING"
        self._store.save(execution)
        try:
            await self._carry_out(execution, order, outcome)
            self._count_time(execution, began)
            self._end(execution, "SUCCEEDED")
        except ScanTooLarge as error:
            execution.statistics["DataScannedInBytes"] = error.scanned
            self._end(execution, "CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")
        except (QueryFailed, EngineError, AwsError) as error:
            self._count_time(execution, began)
            failure = failure_of(error)
            await self._results.write_failure(execution, failure.reason)
            self._end(execution, "FAILED", failure)

    async def _carry_out(self, execution: Execution, order: Order, outcome: Outcome) -> None:
        match outcome:
            case SqlRefused():
                raise refusal(outcome)
            case AwsError():
                raise outcome
            case Query():
                await self._select(execution, order, outcome)
            case CreateTableAs():
                work = await self._work(order, outcome.query)
                with self._readers.reading(order.principal) as reader:
                    await self._creations.create(execution, outcome, order.principal, reader, work)
            case _:
                await self._definitions.carry_out(execution, outcome, order.principal)

    async def _select(self, execution: Execution, order: Order, query: Query) -> None:
        began = self._clock.millis()
        work = await self._work(order, query)
        execution.statistics["QueryPlanningTimeInMillis"] = self._clock.millis() - began
        execution.columns = column_infos(query.columns)
        with self._readers.reading(order.principal) as reader:
            await self._write_csv(execution, work, reader)

    async def _write_csv(self, execution: Execution, work: Work, reader: Reader) -> None:
        async with self._engine.csv(work, reader) as written:
            execution.statistics["DataScannedInBytes"] = written.scanned
            execution.update_count, execution.has_rows = 0, True
            ran = self._clock.millis()
            await self._results.write_csv(execution, written)
            execution.statistics["ServiceProcessingTimeInMillis"] = self._clock.millis() - ran

    async def _work(self, order: Order, query: Query) -> Work:
        relations = await self._access.cut(order.principal, query.reads)
        return Work(query.sql, query.columns, relations, order.most_bytes)

    def _end(self, execution: Execution, state: str, why: QueryFailed | str = "") -> None:
        """The first end counts: a query that was cancelled stays cancelled whatever becomes of its work."""
        if execution.is_over:
            return
        execution.status.update(State=state, CompletionDateTime=self._clock.now())
        if isinstance(why, QueryFailed):
            execution.status.update(StateChangeReason=why.reason, AthenaError=why.athena_error)
        elif why:
            execution.status["StateChangeReason"] = why
        submitted = execution.status["SubmissionDateTime"].timestamp()
        execution.statistics["TotalExecutionTimeInMillis"] = int((self._clock.time() - submitted) * 1000)
        execution.statistics.setdefault("DataScannedInBytes", 0)
        self._store.save(execution)

    def _count_time(self, execution: Execution, began: float) -> None:
        submitted = execution.status["SubmissionDateTime"].timestamp()
        execution.statistics["QueryQueueTimeInMillis"] = max(0, int((began - submitted) * 1000))
        execution.statistics["EngineExecutionTimeInMillis"] = int((self._clock.time() - began) * 1000)
