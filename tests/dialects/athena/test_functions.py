"""The registry as a whole: signatures that Trino has, helpers that exist, and a coverage that tells both apart."""

import re

import duckdb
import pytest

from boathouse.datatypes import BIGINT, DOUBLE, INTEGER, UNKNOWN, VARCHAR, DataType, array
from boathouse.dialects.athena import MACROS, coverage
from boathouse.dialects.athena.functions.registry import functions, trinos
from boathouse.dialects.athena.functions.signatures import bind, filled, signature
from boathouse.dialects.athena.macros import may_refuse, refusing

DEFINED = {match.group(1) for macro in MACROS if (match := re.match(r"CREATE .* MACRO (\w+)\(", macro))}


def test_every_rule_is_for_a_function_that_trino_has() -> None:
    assert set(functions()) <= set(trinos())


def test_every_signature_can_be_read() -> None:
    for texts in trinos().values():
        for text in texts:
            assert signature(text).name == text.partition("(")[0]


def test_every_helper_that_a_rule_calls_is_defined() -> None:
    called = {
        name
        for rules in functions().values()
        for rule in rules
        if isinstance(rule.emit, str)
        for name in re.findall(r"trino_\w+", rule.emit)
    }
    assert called <= DEFINED


def test_every_rule_names_its_page() -> None:
    assert {rule.page.rpartition("/")[0] for rules in functions().values() for rule in rules} == {
        "https://trino.io/docs/435/functions"
    }


def test_helpers_can_be_made_again(duck: duckdb.DuckDBPyConnection) -> None:
    for macro in MACROS:
        duck.execute(macro)


@pytest.mark.parametrize(
    ("text", "types", "result"),
    [
        ("f(varchar(n)) -> varchar(n)", [DataType("varchar", (3,))], DataType("varchar", (3,))),
        ("f(varchar(n)) -> varchar(n)", [VARCHAR], VARCHAR),
        ("f(bigint) -> double", [INTEGER], DOUBLE),
        ("f(T,T) -> array(T)", [INTEGER, BIGINT], array(BIGINT)),
        ("f(array(T),T) -> T", [array(INTEGER), INTEGER], INTEGER),
        ("f(decimal(p,s)) -> decimal(38,s)", [DataType("decimal", (10, 2))], DataType("decimal", (38, 2))),
        ("f(varchar,varchar...) -> varchar", [VARCHAR, VARCHAR, VARCHAR], VARCHAR),
        ("f(T) -> T", [UNKNOWN], UNKNOWN),
        ("f(map(K,V)) -> V", [DataType("map", children=(VARCHAR, DOUBLE))], DOUBLE),
    ],
)
def test_binding(text: str, types: list[DataType], result: DataType) -> None:
    found = bind(signature(text), types, exactly=False)
    assert found is not None
    assert filled(signature(text).returns, found[1]) == result


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("f(bigint) -> double", [VARCHAR]),
        ("f(bigint) -> double", [BIGINT, BIGINT]),
        ("f(integer) -> double", [BIGINT]),
        ("f(T,T) -> T", [INTEGER, VARCHAR]),
        ("f(array(bigint)) -> bigint", [BIGINT]),
    ],
)
def test_no_binding(text: str, types: list[DataType]) -> None:
    assert bind(signature(text), types, exactly=False) is None


def test_coverage() -> None:
    found = {each.name: each for each in coverage()}
    assert set(trinos()) <= set(found)
    assert found["lower"].exact == ("lower(varchar(x)) -> varchar(x)",)
    assert found["lower"].refused == ("lower(char(x)) -> char(x)",)
    assert found["word_stem"].exact == ()
    assert found["coalesce"].refused == ()
    assert sum(bool(each.exact) for each in found.values()) >= 150


def test_what_may_refuse_while_it_runs_is_known() -> None:
    assert {"trino_unsupported", "trino_json_scalar", "trino_from_iso8601_timestamp"} <= refusing()
    assert may_refuse("trino_json_scalar(x, '$.a', '')")
    assert not may_refuse("trino_integer_divide(a, b)")
    assert refusing() - {"decode", "from_base64"} <= DEFINED
