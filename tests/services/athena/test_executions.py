"""A query's states, statistics and refusals, through boto3."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.services.athena.conftest import Refused, Workbench, endless


def test_a_select_from_start_to_result(workbench: Workbench) -> None:
    execution = workbench.run("SELECT 1 AS a, 'x' AS b", WorkGroup="primary")
    # documented: https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
    assert (execution["StatementType"], execution["SubstatementType"]) == ("DML", "SELECT")
    assert execution["WorkGroup"] == "primary"
    assert execution["QueryExecutionContext"] == {"Database": workbench.database}
    assert execution["EngineVersion"]["EffectiveEngineVersion"] == "Athena engine version 3"
    assert (
        execution["ResultConfiguration"]["OutputLocation"] == workbench.output + execution["QueryExecutionId"] + ".csv"
    )
    assert execution["Status"]["CompletionDateTime"] >= execution["Status"]["SubmissionDateTime"]
    statistics = execution["Statistics"]
    assert statistics["DataScannedInBytes"] == 0
    assert statistics["TotalExecutionTimeInMillis"] >= statistics["EngineExecutionTimeInMillis"] >= 0


def test_text_around_the_statement_is_dropped(workbench: Workbench) -> None:
    # measured on Athena by others: GetQueryExecution answers the statement without it
    assert workbench.run("  SELECT 1 ;\n")["Query"] == "SELECT 1"


def test_what_is_no_statement_is_refused_before_there_is_a_query(workbench: Workbench, refused: Refused) -> None:
    where = {"OutputLocation": workbench.output}
    found = refused("start_query_execution", QueryString="SELEC 1", ResultConfiguration=where)
    # measured on Athena by others
    assert (found["code"], found["athena"]) == ("InvalidRequestException", "MALFORMED_QUERY")
    assert found["message"].startswith("line 1:1: mismatched input 'SELEC'")


def test_failures_carry_trinos_name_and_awss_category(workbench: Workbench) -> None:
    # measured on Athena by others: these error types for these names
    missing = f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{workbench.database}.nowhere' does not exist"
    expected = {
        "SELECT 1 / 0": ("DIVISION_BY_ZERO: Division by zero", 2, 1001),
        "SELECT * FROM nowhere": (missing, 2, 1301),
        "SELECT x FROM (SELECT 1 AS y)": ("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", 2, 1006),
        "SELECT no_such_function(1)": ("FUNCTION_NOT_FOUND: line 1:8", 2, 1303),
        "SELECT 1 = 'x'": ("TYPE_MISMATCH: line 1:10", 2, 1002),
    }  # fmt: skip
    for sql, (reason, category, type_) in expected.items():
        status = workbench.failed(sql)
        assert status["StateChangeReason"].startswith(reason)
        error = status["AthenaError"]
        assert (error["ErrorCategory"], error["ErrorType"], error["Retryable"]) == (category, type_, False), sql
        assert error["ErrorMessage"] == status["StateChangeReason"]


def test_what_is_not_supported_says_so(workbench: Workbench) -> None:
    status = workbench.failed("INSERT INTO t VALUES (1)")
    assert status["StateChangeReason"].startswith("emulator: line 1:1: INSERT is not supported")
    assert status["AthenaError"]["ErrorType"] == 1200


def test_a_query_that_is_stopped(workbench: Workbench, refused: Refused) -> None:
    id_ = workbench.start(endless())
    workbench.athena.stop_query_execution(QueryExecutionId=id_)
    status = workbench.wait(id_)["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("CANCELLED", "Query cancelled by user")
    # measured on Athena by others
    found = refused("get_query_results", QueryExecutionId=id_)
    assert (found["message"], found["athena"]) == ("Could not find results", "RESULT_NOT_FOUND")
    workbench.athena.stop_query_execution(QueryExecutionId=id_)
    assert workbench.run("SELECT 1")["Status"]["State"] == "SUCCEEDED"
    assert workbench.keys(f"results/{id_}") == []


def test_more_queries_than_slots_wait_in_turn(workbench: Workbench) -> None:
    slow = [workbench.start(endless()) for _ in range(4)]
    waiting = workbench.start("SELECT 1")
    assert (
        workbench.athena.get_query_execution(QueryExecutionId=waiting)["QueryExecution"]["Status"]["State"] == "QUEUED"
    )
    # what needs no engine does not wait for one
    assert workbench.run("SHOW TABLES")["Status"]["State"] == "SUCCEEDED"
    for id_ in slow:
        workbench.athena.stop_query_execution(QueryExecutionId=id_)
    execution = workbench.wait(waiting)
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["Statistics"]["QueryQueueTimeInMillis"] > 0


def test_a_retry_is_the_same_query(workbench: Workbench, refused: Refused) -> None:
    request: dict[str, Any] = {
        "QueryString": "SELECT 1",
        "ClientRequestToken": uuid.uuid4().hex,
        "ResultConfiguration": {"OutputLocation": workbench.output},
        "QueryExecutionContext": {"Database": workbench.database},
    }
    first = workbench.athena.start_query_execution(**request)["QueryExecutionId"]
    assert workbench.athena.start_query_execution(**request)["QueryExecutionId"] == first
    # measured on Athena by others
    found = refused("start_query_execution", **request | {"QueryString": "SELECT 2"})
    assert (found["message"], found["athena"]) == (
        "Idempotent parameters do not match",
        "IDEMPOTENT_PARAMETER_MISMATCH",
    )


def test_results_need_somewhere_to_go(workbench: Workbench, refused: Refused) -> None:
    found = refused("start_query_execution", QueryString="SELECT 1")
    # documented: https://docs.aws.amazon.com/athena/latest/ug/workgroups-troubleshooting.html
    assert found["message"].startswith("No output location provided. An output location is required either through")
    bad = refused("start_query_execution", QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "http://x/"})
    assert bad["message"] == "outputLocation is not a valid S3 path."


def test_history(workbench: Workbench, client: Callable[..., Any]) -> None:
    name = workbench.database[:40]
    workbench.athena.create_work_group(Name=name, Configuration={"EnforceWorkGroupConfiguration": False})
    ids = [workbench.run("SELECT 1", WorkGroup=name)["QueryExecutionId"] for _ in range(3)]
    first = workbench.athena.list_query_executions(WorkGroup=name, MaxResults=2)
    rest = workbench.athena.list_query_executions(WorkGroup=name, MaxResults=2, NextToken=first["NextToken"])
    assert first["QueryExecutionIds"] + rest["QueryExecutionIds"] == ids[::-1]
    assert "NextToken" not in rest
    batch = workbench.athena.batch_get_query_execution(QueryExecutionIds=[ids[0], str(uuid.UUID(int=0))])
    assert [found["QueryExecutionId"] for found in batch["QueryExecutions"]] == [ids[0]]
    assert [found["ErrorCode"] for found in batch["UnprocessedQueryExecutionIds"]] == ["QUERY_EXECUTION_NOT_FOUND"]
    other = client("athena", account="222222222222")
    assert other.batch_get_query_execution(QueryExecutionIds=ids[:1])["QueryExecutions"] == []
    workbench.athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)


def test_unknown_ids_and_catalogs(workbench: Workbench, refused: Refused) -> None:
    missing = str(uuid.uuid4())
    for operation in ("get_query_execution", "get_query_results", "stop_query_execution"):
        found = refused(operation, QueryExecutionId=missing)
        assert found["message"] == f"QueryExecution {missing} was not found"
    where = {"ResultConfiguration": {"OutputLocation": workbench.output}}
    found = refused("start_query_execution", QueryString="SELECT 1", QueryExecutionContext={"Catalog": "mine"}, **where)
    assert found["athena"] == "DATACATALOG_NOT_FOUND"
    found = refused("start_query_execution", QueryString="SELECT 1", WorkGroup="nowhere", **where)
    assert (found["message"], found["athena"]) == ("WorkGroup is not found.", "INVALID_INPUT")


def test_a_result_that_cannot_be_written_fails_the_query(workbench: Workbench) -> None:
    status = workbench.failed("SELECT 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-anywhere/x/"})
    assert "NoSuchBucket" in status["StateChangeReason"]
    assert status["AthenaError"]["ErrorType"] == 401  # documented: error-reference.html


def test_parameters(workbench: Workbench) -> None:
    # measured on Athena by others: what is no expression, or has a name in it, is a text
    values = {
        "1 + 1": "2", "'it''s'": "it's", "DATE '2016-01-01'": "2016-01-01", "NULL": None, "abc def": "abc def",
        "it's": "it's", "x + 1": "x + 1", "t.x": "t.x",
        "123e4567-e89b-12d3-a456-426614174000": "123e4567-e89b-12d3-a456-426614174000",
    }  # fmt: skip
    for value, expected in values.items():
        assert workbench.rows("SELECT ? AS v FROM (VALUES 1) AS t(x)", ExecutionParameters=[value]) == [[expected]], (
            value
        )
    assert workbench.rows("SELECT '?', x FROM (VALUES 1, 2) AS t(x) WHERE x > ?", ExecutionParameters=["1"]) == [
        ["?", "2"]
    ]
    status = workbench.failed("SELECT ?, ?", ExecutionParameters=["1"])
    assert status["StateChangeReason"].startswith("INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters")
    assert workbench.rows("SELECT 1", ExecutionParameters=["2"]) == [["1"]]
    status = workbench.failed("SELECT ?,\n nowhere", ExecutionParameters=["1 + 2 + 3 + 4"])
    assert status["StateChangeReason"].startswith("COLUMN_NOT_FOUND: line 2:2: ")
    sql = "CREATE TABLE t AS SELECT ? AS a"
    execution = workbench.run(sql, ExecutionParameters=["7"])
    assert (execution["Query"], execution["ExecutionParameters"]) == (sql, ["7"])
    assert workbench.rows("SELECT a FROM t") == [["7"]]
