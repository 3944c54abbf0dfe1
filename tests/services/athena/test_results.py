"""Result files and pages: https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html."""

from tests.services.athena.conftest import Refused, Workbench, numbers, values


def test_the_csv_is_byte_for_byte_athenas(workbench: Workbench) -> None:
    # measured on Athena by others: every value quoted, NULL empty, the header too, a newline at the end
    execution = workbench.run(
        "SELECT 1 AS i, 'it''s' AS s, 'a\"b' AS q, CAST(NULL AS varchar) AS n, '' AS empty, ARRAY[1, 2] AS a"
    )
    location = execution["ResultConfiguration"]["OutputLocation"]
    assert workbench.text(location) == '"i","s","q","n","empty","a"\n"1","it\'s","a""b",,"","[1, 2]"\n'
    bucket, _, key = location.removeprefix("s3://").partition("/")
    head = workbench.s3.head_object(Bucket=bucket, Key=key)
    assert head["ContentType"] == "application/octet-stream"


def test_rows_begin_with_the_header_and_null_is_left_out(workbench: Workbench) -> None:
    execution = workbench.run("SELECT * FROM (VALUES (1, CAST(NULL AS varchar)), (2, '')) AS t(a, b) ORDER BY a")
    results = workbench.results(execution)
    rows = results["ResultSet"]["Rows"]
    assert rows[0] == {"Data": [{"VarCharValue": "a"}, {"VarCharValue": "b"}]}
    assert rows[1:] == [{"Data": [{"VarCharValue": "1"}, {}]}, {"Data": [{"VarCharValue": "2"}, {"VarCharValue": ""}]}]
    assert results["UpdateCount"] == 0  # measured on Athena by others


def test_columns(workbench: Workbench) -> None:
    execution = workbench.run(
        "SELECT tiny, b, d, dec, v, c, x, ts, dt, arr FROM (SELECT CAST(1 AS tinyint) AS tiny, CAST(1 AS bigint) AS b,"
        " CAST(1 AS double) AS d, CAST(1 AS decimal(10, 2)) AS dec, CAST('x' AS varchar) AS v, 'abc' AS c,"
        " CAST(1 AS real) AS x, TIMESTAMP '2016-01-01 00:00:00.000' AS ts, DATE '2016-01-01' AS dt, ARRAY[1] AS arr)"
    )
    found = workbench.results(execution)["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    # measured on Athena by others: names, precisions, scales, and float for real
    assert [(c["Name"], c["Type"], c["Precision"], c["Scale"], c["CaseSensitive"]) for c in found] == [
        ("tiny", "tinyint", 3, 0, False),
        ("b", "bigint", 19, 0, False),
        ("d", "double", 17, 0, False),
        ("dec", "decimal", 10, 2, False),
        ("v", "varchar", 2147483647, 0, True),
        ("c", "varchar", 3, 0, True),
        ("x", "float", 17, 0, False),
        ("ts", "timestamp", 3, 0, False),
        ("dt", "date", 0, 0, False),
        ("arr", "array", 0, 0, False),
    ]
    assert {(c["CatalogName"], c["SchemaName"], c["TableName"], c["Nullable"]) for c in found} == {
        ("hive", "", "", "UNKNOWN")
    }


def test_pages(workbench: Workbench) -> None:
    execution = workbench.run(f"{numbers(4)} SELECT x, 'a\nb' AS y FROM n WHERE x < 2500 ORDER BY x")
    pages = list(
        workbench.athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
    )
    sizes = [len(page["ResultSet"]["Rows"]) for page in pages]
    assert sizes == [1000, 1000, 501]  # documented: at most 1,000, the header among them
    rows = [values(row) for page in pages for row in page["ResultSet"]["Rows"]]
    assert rows[0] == ["x", "y"]
    assert rows[1:] == [[str(x), "a\nb"] for x in range(2500)]
    last = workbench.results(execution, MaxResults=2)
    assert len(last["ResultSet"]["Rows"]) == 2


def test_refused_pages(workbench: Workbench, refused: Refused) -> None:
    id_ = workbench.run("SELECT 1")["QueryExecutionId"]
    # measured on Athena by others
    assert (
        refused("get_query_results", QueryExecutionId=id_, NextToken="x y")["message"] == "Malformed nextPageToken x y"
    )
    failed = workbench.execute("SELECT 1 / 0")["QueryExecutionId"]
    found = refused("get_query_results", QueryExecutionId=failed)
    assert found["message"] == "Query did not finish successfully. Final query state: FAILED"
    assert found["athena"] == "INVALID_QUERY_EXECUTION_STATE"


def test_a_deleted_result_is_gone(workbench: Workbench, refused: Refused) -> None:
    execution = workbench.run("SELECT 1")
    bucket, _, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    workbench.s3.delete_object(Bucket=bucket, Key=key)
    found = refused("get_query_results", QueryExecutionId=execution["QueryExecutionId"])
    assert (found["message"], found["athena"]) == ("Could not find results", "RESULT_NOT_FOUND")


def test_results_are_encrypted_as_asked(workbench: Workbench) -> None:
    for option, expected in (("SSE_S3", "AES256"), ("SSE_KMS", "aws:kms")):
        encryption = {"EncryptionOption": option} | ({"KmsKey": "alias/aws/s3"} if option == "SSE_KMS" else {})
        where = {"OutputLocation": workbench.output, "EncryptionConfiguration": encryption}
        execution = workbench.run("SELECT 1", ResultConfiguration=where)
        assert execution["ResultConfiguration"]["EncryptionConfiguration"] == encryption
        for key in workbench.keys(f"results/{execution['QueryExecutionId']}"):
            assert workbench.s3.head_object(Bucket=workbench.bucket, Key=key)["ServerSideEncryption"] == expected


def test_a_large_result_goes_up_in_parts(workbench: Workbench) -> None:
    execution = workbench.run(f"{numbers(6)} SELECT x, '{'y' * 20}' AS y FROM n")
    bucket, _, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    assert workbench.s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 16 * 1024 * 1024
    assert workbench.text(execution["ResultConfiguration"]["OutputLocation"]).count("\n") == 1_000_001
