"""What GetPartitions' Expression means, by the partition key's type, and how it refuses."""

from typing import Any

import pytest

from boathouse.errors import AwsError
from boathouse.lake.catalog.expressions import compile_expression

# documented(https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html): operators and key types.
TABLE: dict[str, Any] = {
    "Name": "t",
    "PartitionKeys": [
        {"Name": "s", "Type": "string"},
        {"Name": "n", "Type": "int"},
        {"Name": "d", "Type": "date"},
        {"Name": "ts", "Type": "timestamp"},
        {"Name": "x", "Type": "decimal(10,2)"},
        {"Name": "f", "Type": "float"},
    ],
}
VALUES = ["two", "2", "2024-02-03", "2024-02-03 04:05:06.5", "2.60", "1.5"]


def matches(expression: str, values: list[str] = VALUES) -> bool:
    test = compile_expression(expression, TABLE)
    assert test is not None
    return test(values)


def refusal(expression: str, values: list[str] = VALUES) -> AwsError:
    with pytest.raises(AwsError) as refused:
        matches(expression, values)
    return refused.value


@pytest.mark.parametrize(
    "expression",
    [
        "s = 'two'",
        "s <> 'three'",
        "s != 'three'",
        "s > 'three'",
        "s BETWEEN 'twn' AND 'twp'",
        "s IN ('one', 'two')",
        "s LIKE 't_o'",
        "s like '%wo'",
        "s NOT LIKE '%e'",
        "s IS NOT NULL",
        "S = 'two'",
        "n = 2",
        "n = '2'",
        "n in (6, '4', 2)",
        "n > 1 AND n < 3",
        "n > -1",
        "n < 10",  # as numbers: as texts '2' is greater
        "n not IN (1, 3)",
        "n NOT BETWEEN 3 AND 9",
        "NOT n = 3",
        "NOT (n = 3 OR s = 'x')",
        "n = 3 OR n = 2",
        "n = 2 OR n = 3 AND s = 'x'",  # AND binds closer
        "((n) = ((2)))",
        "(n = 2) and ((s = 'two'))",
        "d = '2024-02-03'",
        "d >= DATE '2024-02-01'",
        "ts = '2024-02-03 04:05:06.500'",
        "ts < '2024-02-03 04:05:06.6'",
        "x = 2.6",
        "x > 1.5 and x < 3e1",
        "x in (1, '2.6')",
        "n=2 and s='two'",
        "2 = n",
        "1 < n",
    ],
)
def test_expressions_that_hold(expression: str) -> None:
    assert matches(expression)
    assert not matches(f"NOT ({expression})")


@pytest.mark.parametrize(
    "expression", ["s = 'Two'", "n > 2", "2 > n AND n > 2", "s IS NULL", "x = 2.61", "d < '2024-02-03'", "s LIKE 'tw'"]
)
def test_expressions_that_do_not_hold(expression: str) -> None:
    assert not matches(expression)


# client(Trino, GlueExpressionUtil): what it builds of a tuple domain.
# client(Spark, HiveShim.convertFilters): double quotes around texts, a constant on either side.
@pytest.mark.parametrize(
    "expression",
    [
        "((s in ('one', 'two'))) AND ((n >= 2 AND n <= 9) OR (n = 11))",
        "((s = '__HIVE_DEFAULT_PARTITION__') OR (s > 'a'))",
        's = "two" and n = 2',
        '("two" = s) and (1 <= n)',
    ],
)
def test_expressions_as_clients_send_them(expression: str) -> None:
    assert matches(expression)


@pytest.mark.parametrize("expression", ["", "  \n"])
def test_a_blank_expression_is_no_filter(expression: str) -> None:
    # client(Spark's Glue metastore client, Trino): both send an empty text where there is no predicate.
    assert compile_expression(expression, TABLE) is None


def test_quotes_are_doubled_within_a_text() -> None:
    assert matches("s = 'it''s'", ["it's", *VALUES[1:]])


def test_like_has_no_other_wildcards() -> None:
    assert matches("s LIKE 'a.c%'", ["a.cd", *VALUES[1:]])
    assert not matches("s LIKE 'a.c%'", ["abcd", *VALUES[1:]])


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        # measured by others: https://github.com/getmoto/moto/pull/9306
        ("other = 1", "Invalid partition expression!"),
        ("'x' = other", "Invalid partition expression!"),
        # measured by others: https://github.com/aws/aws-sdk/issues/670 has the sentence for a registered value
        ("n = 'x'", 'For input string: "x" is not an integer.'),
        ("n in (2.5)", 'For input string: "2.5" is not an integer.'),
        # client(moto, whose tests were written against AWS)
        ("x = 'x'", "x is not a decimal."),
        ("d = 'x'", "x is not a date."),
        ("n LIKE '2'", "Integral data type doesn't support operation 'LIKE'"),
        ("x LIKE '2'", "Decimal data type doesn't support operation 'LIKE'"),
        ("f = 1.5", "Unknown type : 'float'"),
        # client(Spark 3): https://github.com/awslabs/aws-glue-data-catalog-client-for-apache-hive-metastore/issues/32
        ("s = 2021-01-01", "Unsupported expression '2021 - 01 - 01'"),
        ("s IS test' AND not parsable", "Unsupported expression 's IS test' AND not parsable'"),
        ("s =", "Unsupported expression 's ='"),
        ("s", "Unsupported expression 's'"),
        ("(s = 'a'", "Unsupported expression '(s = 'a''"),
        ("s = 'a' s", "Unsupported expression 's = 'a' s'"),
        ("upper(s) = 'A'", "Unsupported expression 'upper(s) = 'A''"),
        ("s = n", "Unsupported expression 's = n'"),
        ("n BETWEEN 1", "Unsupported expression 'n BETWEEN 1'"),
        ("n ; 1", "Unsupported expression 'n ; 1'"),
    ],
)
def test_refusals(expression: str, message: str) -> None:
    error = refusal(expression)
    assert (error.code, error.message) == ("InvalidInputException", message)


def test_a_registered_value_of_another_type_fails_the_call() -> None:
    # measured by others: https://github.com/aws/aws-sdk/issues/670
    error = refusal("n >= 0", ["a", "null", *VALUES[2:]])
    assert (error.code, error.message) == ("InvalidStateException", 'For input string: "null" is not an integer.')
