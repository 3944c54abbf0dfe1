"""StartQueryExecution and what is asked of executions afterwards."""

from typing import Any

from boathouse.context import Context
from boathouse.errors import Unsupported
from boathouse.service import Request, Response, operation
from boathouse.services.athena.executions import Executions
from boathouse.services.athena.failures import invalid
from boathouse.services.athena.orders import Order, comparable
from boathouse.services.athena.results import Results
from boathouse.services.athena.store import Execution, ExecutionStore, position_of, token_of
from boathouse.services.athena.workgroups import WorkGroups

MOST_BYTES = 262_144
"""Of query text (https://docs.aws.amazon.com/athena/latest/ug/service-limits.html)."""
LONGEST_PAGE = 1000
LONGEST_LIST = 50
CATALOG = "awsdatacatalog"


class ExecutionApi:
    def __init__(self, store: ExecutionStore, executions: Executions, results: Results, workgroups: WorkGroups) -> None:
        self._store = store
        self._executions = executions
        self._results = results
        self._workgroups = workgroups

    async def start(self) -> None:
        await self._executions.start()

    async def stop(self) -> None:
        await self._executions.stop()

    async def reset(self) -> None:
        await self._executions.reset()

    @operation("StartQueryExecution")
    async def start_query_execution(self, context: Context, request: Request) -> Response:
        token = request.get("ClientRequestToken")
        if token is not None and (earlier := self._store.by_token(context.scope, token)) is not None:
            return _again(earlier, request)
        order = self._order(context, request)
        execution = self._executions.begin(order, token)
        return {"QueryExecutionId": execution.id}

    @operation("StopQueryExecution")
    async def stop_query_execution(self, context: Context, request: Request) -> Response:
        execution = self._find(context, request["QueryExecutionId"])
        self._executions.cancel(execution.id)
        return {}

    @operation("GetQueryExecution")
    async def get_query_execution(self, context: Context, request: Request) -> Response:
        return {"QueryExecution": self._find(context, request["QueryExecutionId"]).query_execution}

    @operation("BatchGetQueryExecution")
    async def batch_get_query_execution(self, context: Context, request: Request) -> Response:
        found, missing = [], []
        for id_ in request["QueryExecutionIds"]:
            if (execution := self._store.find(context.scope, id_)) is not None:
                found.append(execution.query_execution)
            else:
                missing.append(
                    {
                        "QueryExecutionId": id_,
                        "ErrorCode": "QUERY_EXECUTION_NOT_FOUND",
                        "ErrorMessage": f"QueryExecution {id_} was not found",
                    }
                )
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    @operation("ListQueryExecutions")
    async def list_query_executions(self, context: Context, request: Request) -> Response:
        workgroup = self._workgroups.get(context.scope, request.get("WorkGroup"))["Name"]
        limit = request.get("MaxResults") or LONGEST_LIST
        after = None
        if token := request.get("NextToken"):
            try:
                submitted, id_ = position_of(token)
                after = (float(submitted), str(id_))
            except (ValueError, TypeError) as error:
                raise invalid(f"The nextPageToken is malformed: {token}") from error
        rows = self._store.ids(context.scope, workgroup, after, limit + 1)
        more = {"NextToken": token_of(rows[limit - 1])} if len(rows) > limit else {}
        return {"QueryExecutionIds": [id_ for _, id_ in rows[:limit]], **more}

    @operation("GetQueryResults")
    async def get_query_results(self, context: Context, request: Request) -> Response:
        """Checks in AWS's order: the id, the page's size, the query's state, the token."""
        execution = self._find(context, request["QueryExecutionId"])
        limit = request.get("MaxResults") or LONGEST_PAGE
        if limit > LONGEST_PAGE:
            raise invalid(f"MaxResults is more than maximum allowed length {LONGEST_PAGE}")
        if request.get("QueryResultType", "DATA_ROWS") != "DATA_ROWS":
            raise Unsupported(f"QueryResultType {request['QueryResultType']}")
        _require_result(execution)
        rows, next_token = await self._results.page(execution, request.get("NextToken"), limit)
        result: dict[str, Any] = {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": execution.columns}}
        return {
            "ResultSet": result,
            **({} if execution.update_count is None else {"UpdateCount": execution.update_count}),
            **({"NextToken": next_token} if next_token else {}),
        }

    @operation("GetQueryRuntimeStatistics")
    async def get_query_runtime_statistics(self, context: Context, request: Request) -> Response:
        execution = self._find(context, request["QueryExecutionId"])
        statistics = execution.statistics
        names = (
            "QueryQueueTimeInMillis",
            "ServicePreProcessingTimeInMillis",
            "QueryPlanningTimeInMillis",
            "EngineExecutionTimeInMillis",
            "ServiceProcessingTimeInMillis",
            "TotalExecutionTimeInMillis",
        )
        timeline = {name: statistics[name] for name in names if name in statistics}
        rows = {"InputBytes": statistics.get("DataScannedInBytes", 0)}
        return {"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}}

    def _find(self, context: Context, id_: str) -> Execution:
        execution = self._store.find(context.scope, id_)
        if execution is None:
            raise invalid(f"QueryExecution {id_} was not found", "QUERY_EXECUTION_NOT_FOUND")
        return execution

    def _order(self, context: Context, request: Request) -> Order:
        if len(request["QueryString"].encode()) > MOST_BYTES:
            raise invalid(f"Query string is longer than the maximum of {MOST_BYTES} bytes")
        workgroup = self._workgroups.enabled(context.scope, request.get("WorkGroup"))
        where = request.get("QueryExecutionContext") or {}
        if (catalog := where.get("Catalog") or CATALOG).lower() != CATALOG:
            raise invalid(f"Data catalog {catalog} was not found", "DATACATALOG_NOT_FOUND")
        _refuse_unsupported(context, request)
        folder, encryption = self._workgroups.output_of(workgroup, request.get("ResultConfiguration") or {})
        # client(awswrangler): describe_table quotes the database's name
        database = (where.get("Database") or "default").strip("`").lower()
        sql = request["QueryString"].strip().rstrip(";").rstrip()  # so GetQueryExecution has it (measured)
        return Order(sql, database, context.principal, folder, encryption, workgroup, request)


def _refuse_unsupported(context: Context, request: Request) -> None:
    reuse = (request.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
    if reuse.get("Enabled"):
        raise Unsupported("ResultReuseConfiguration", "leave it out: the query then runs anew")
    owner = (request.get("ResultConfiguration") or {}).get("ExpectedBucketOwner", context.account)
    if owner != context.account:
        raise Unsupported(f"the ExpectedBucketOwner {owner}, another account")
    if request.get("EngineConfiguration"):
        raise Unsupported("EngineConfiguration")


def _require_result(execution: Execution) -> None:
    if execution.state == "CANCELLED":
        raise invalid("Could not find results", "RESULT_NOT_FOUND")
    if execution.state == "FAILED":
        raise invalid("Query did not finish successfully. Final query state: FAILED", "INVALID_QUERY_EXECUTION_STATE")
    if not execution.is_over:
        raise invalid(f"Query has not yet finished. Current state: {execution.state}", "INVALID_QUERY_EXECUTION_STATE")


def _again(earlier: Execution, request: Request) -> Response:
    """A retry of the same request gets the same query ."""
    if earlier.request != comparable(request):
        raise invalid("Idempotent parameters do not match", "IDEMPOTENT_PARAMETER_MISMATCH")
    return {"QueryExecutionId": earlier.id}
