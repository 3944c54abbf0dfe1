"""JSON lines read as Athena reads them. Expectations recorded in November 2026 from Trino 476's Hive connector, which
read the same files through the same SerDe; ``REFUSED`` where this engine fails by name and Trino has a value."""

import gzip
from dataclasses import replace

import pytest

from boathouse.engines.duckdb import EngineError
from boathouse.relation import Relation
from tests.engines.duckdb.conftest import Bench

Value = str | None
REFUSED = "emulator: refused by name"
Case = tuple[str, dict[str, Value]]

# type, then JSON value: text
CASES: dict[str, Case] = {
    "bigint": (
        "bigint",
        {
            "1": "1", '"2"': "2", "1.0": "1", "1.5": "1", '"1.5"': "1", "1e3": "1000", '"1e3"': "1000", '"x"': None,
            "true": None, "null": None, '""': None, '" 7 "': None, "99999999999": "99999999999",
            "9223372036854775808": None, '"010"': "8", '"08"': "8", '"0x1F"': "31", "-0": "0", '"+5"': "5",
        },
    ),
    "int": ("int", {"2147483648": None, "-1": "-1"}),
    "boolean": (
        "boolean",
        {
            "true": "true", '"true"': "true", '"TRUE"': "true", "1": "false", '"1"': "false", '"no"': "false",
            "null": None, "{}": "false", "[]": "false",
        },
    ),
    "double": (
        "double",
        {
            "1": "1.0", "1.5": "1.5", '"1.5"': "1.5", '"NaN"': "NaN", '"Infinity"': "Infinity",
            '"-Infinity"': "-Infinity", '"inf"': None, '"nan"': None, '"x"': None, '""': None, "true": None,
            '"1d"': "1.0", "1e400": "Infinity",
        },
    ),
    "decimal": (
        "decimal(10,2)",
        {
            "1": "1.00", "1.005": "1.01", '"1.005"': "1.01", "-1.005": "-1.01", '"x"': None, "12345678901": None,
            "1e2": "100.00", "true": None,
        },
    ),
    "string": (
        "string",
        {
            '"x"': "x", "1": "1", "1.0": "1.0", "1.50": "1.50", "true": "true", "null": None, "[]": "[]", "{}": "{}",
            '[1.10 , "a",2]': '[1.10,"a",2]', '""': "", "12345678901234567890123": "12345678901234567890123",
            "100000000000000000000.5": "100000000000000000000.5", '"1.50"': "1.50",
            '{"text":"a: 1.50, b","n":1.50}': '{"text":"a: 1.50, b","n":1.50}',
            '{"k": [1, 2.50, null, "é\\u00e9\\/"], "B": {"c":null,"d":-0.5}}':
                '{"k":[1,2.50,null,"éé/"],"B":{"c":null,"d":-0.5}}',
            '"say \\"hi\\", [1.5]"': 'say "hi", [1.5]', "1e5": REFUSED, "0.1e-7": REFUSED,
        },
    ),
    "varchar": ("varchar(3)", {'"abcdef"': "abc", "[1,2]": "[1,"}),
    "date": (
        "date",
        {
            '"2016-01-02"': "2016-01-02", '"2016-01-02 10:00:00"': "2016-01-02", '"2016-1-2"': "2016-01-02",
            '"2016-01-02T10:00:00Z"': "2016-01-02", "17000": "2016-07-18", '"17000"': "2016-07-18", '"x"': None,
            '"2016-13-01"': "2017-01-01", '"2016-02-30"': "2016-03-01",
        },
    ),
    "timestamp": (
        "timestamp",
        {
            '"2016-01-02T10:00:00Z"': "2016-01-02 10:00:00.000",
            '"2016-01-02T10:00:00.123456Z"': "2016-01-02 10:00:00.123",
            '"2016-01-02T10:00:00.9996Z"': "2016-01-02 10:00:01.000",
            '"2016-01-02T10:00:00-08:00"': "2016-01-02 18:00:00.000",
            '"2016-01-02T10:00:00-0800"': "2016-01-02 18:00:00.000",
            '"2016-01-02T10:00:00"': "2016-01-02 10:00:00.000",
            '"2016-01-02 10:00:00"': "2016-01-02 10:00:00.000",
            '"2016-01-02 10:00:00.5"': "2016-01-02 10:00:00.500",
            '"2016-01-02 10:00:00Z"': None,
            '"2016-01-02"': None,
            "1451728800": "2016-01-02 10:00:00.000",
            "1451728800123": "2016-01-02 10:00:00.123",
            '"1451728800"': "2016-01-02 10:00:00.000",
            "1451728800.5": "2016-01-02 10:00:00.500",
            '"x"': None,
            '"2016-01-02 10:00"': None,
            '"2016-01-02T10:00Z"': "2016-01-02 10:00:00.000",
        },
    ),
    "array of text": (
        "array<string>",
        {
            "[1,2]": "[1, 2]", "[]": "[]", '""': None, '"x"': "[x]", "3": "[3]", "null": None,
            '{"k":1}': '[{"k":1}]', "[[1]]": "[[1]]", '[null,"5"]': "[null, 5]",
        },
    ),
    "array of int": ("array<int>", {'[1,"2"]': "[1, 2]", "7": "[7]", '"8"': "[8]", '"x"': "[null]"}),
    "map": (
        "map<string,int>",
        {'{"k":1,"J":"2"}': "{J=2, k=1}", "{}": "{}", "null": None, '""': None, '{"k":null}': "{k=null}"},
    ),
    "row": (
        "struct<id:int,name:string>",
        {
            '{"id":1,"Name":"x","z":2}': "{id=1, name=x}", "{}": "{id=null, name=null}", "null": None,
            '""': "{id=null, name=null}", '" "': "{id=null, name=null}", '[1,"y"]': "{id=1, name=y}",
        },
    ),
    "nested": (
        "struct<b:array<struct<c:int>>,m:map<string,struct<x:boolean>>>",
        {'{"b":[{"C":1},{"c":"2"}],"m":{"k":{"X":true}}}': "{b=[{c=1}, {c=2}], m={k={x=true}}}"},
    ),
    "binary": ("binary", {'"aGk="': "68 69", "null": None}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_values(bench: Bench, case: str) -> None:
    type_, values = CASES[case]
    exact = {value: text for value, text in values.items() if text != REFUSED}
    lines = "".join(f'{{"a":{value}}}\n' for value in exact)
    assert bench.read(bench.json(lines.encode(), {"a": type_})) == [[text] for text in exact.values()]
    for value in values.keys() - exact.keys():
        with pytest.raises(EngineError, match="NOT_SUPPORTED: emulator"):
            bench.read(bench.json(f'{{"a":{value}}}\n'.encode(), {"a": type_}))


@pytest.mark.parametrize(
    ("type_", "value"),
    [("int", '{"x":1}'), ("double", "[1]"), ("map<string,int>", "[1]"), ("struct<id:int>", '"x"'), ("date", "{}")],
)
def test_what_cannot_be_coerced_fails_the_query(bench: Bench, type_: str, value: str) -> None:
    with pytest.raises(EngineError, match="HIVE_CURSOR_ERROR: Failed to read file"):
        bench.read(bench.json(f'{{"a":{value}}}\n'.encode(), {"a": type_}))


def test_each_line_is_a_row_whatever_is_on_it(bench: Bench) -> None:
    lines = b'{"a":1}\n\n  \n{"a":2}\nplain\n"x"\n123\nnull\n[3]\n'
    rows: list[list[Value]] = [["1"], [None], [None], ["2"], [None], [None], [None], [None], ["3"]]
    assert bench.read(bench.json(lines, {"a": "bigint"})) == rows
    assert bench.read(bench.json(b'{"a":1}\r\n{"a":2}', {"a": "bigint"})) == [["1"], ["2"]]


def test_names_match_without_case_and_the_last_counts(bench: Bench) -> None:
    lines = b'{"A":1,"repoName":"x"}\n{"a":1,"A":2}\n{"A":1,"a":2}\n{"a":null,"A":5}\n{"A":5,"a":null}\n'
    expected = [["1", "x"], ["2", None], ["2", None], ["5", None], [None, None]]
    assert bench.read(bench.json(lines, {"a": "bigint", "reponame": "string"})) == expected
    lines = b'{"a":1,"a":2,"b":0}\n{"a":1,"A":2,"a":3,"a":null}\n{"a~/":[1],"a":4,"b":5,"b":6}\n{"b":7,"b":8}\n'
    assert bench.read(bench.json(lines, {"a": "bigint"})) == [["2"], [None], ["4"], [None]]
    inside = bench.json(b'{"s":{"x":1,"y":2,"x":{"x":3}}}\n', {"s": "struct<x:struct<x:int>,y:int>"})
    assert bench.read(inside) == bench.read(
        bench.json(b'{"s":{"y":2,"x":{"x":3}}}\n', {"s": "struct<x:struct<x:int>,y:int>"})
    )


def test_half_a_character_is_a_question_mark(bench: Bench) -> None:
    # assumed: Java writes what UTF-8 cannot hold like this, https://docs.oracle.com/javase/8/docs/api/java/lang/String.html#getBytes-java.nio.charset.Charset-
    lines = rb"""{"a":"\ud83d"}
{"a":"\uDE00x\\ud83d"}
{"a":"\ud83e\udded\ud83e"}
{"a":"\\\ud83d\u0041\ud7ff"}
{"\ud83d":1,"a":"\ud83d\ud83e\udded"}
"""
    expected: list[list[Value]] = [["?"], ["?x\\ud83d"], ["🧭?"], ["\\?A\ud7ff"], ["?🧭"]]
    assert bench.read(bench.json(lines, {"a": "string"})) == expected


def test_a_line_may_hold_every_character(bench: Bench) -> None:
    held = "\U0010fffe\uffff\u2028\x85\x7f,;\ufeff"
    lines = f'{{"a":"{held}\\u0000\\u001c"}}\n'.encode() * 2
    assert bench.read(bench.json(lines, {"a": "string"})) == [[f"{held}\0\x1c"]] * 2


def test_malformed_lines(bench: Bench) -> None:
    lines = b'{"a":1}\n{"a":\n{"a":"cut of'
    with pytest.raises(
        EngineError, match=r"HIVE_CURSOR_ERROR: Failed to read file at s3://.*: Row is not a valid JSON"
    ):
        bench.read(bench.json(lines, {"a": "string"}))
    lenient = {"ignore.malformed.json": "true"}
    assert bench.read(bench.json(lines, {"a": "string"}, lenient)) == [["1"], [None], [None]]
    for odd in (b"{a:2}", b"{'a':3}", b'{"a":4} trailing', b'{"a":5,}'):  # Trino's parser is lenient
        with pytest.raises(EngineError, match="emulator: JSON that is not strict"):
            bench.read(bench.json(odd, {"a": "bigint"}, lenient))


def test_options(bench: Bench) -> None:
    mapped = bench.json(b'{"ts":1,"Kk":2}', {"a": "bigint", "b": "bigint"}, {"mapping.a": "ts", "mapping.b": "Kk"})
    assert bench.read(mapped) == [["1", "2"]]
    for option in ({"case.insensitive": "false"}, {"dots.in.keys": "true"}, {"timestamp.formats": "yyyy"}):
        with pytest.raises(EngineError, match="NOT_SUPPORTED: emulator: the JSON SerDe's option"):
            bench.read(bench.json(b'{"a":1}', {"a": "bigint"}, option))


HIVE = "org.apache.hive.hcatalog.data.JsonSerDe"
# recorded from Trino 476 as well: what this SerDe cannot read fails the query
FAILS = "HIVE_CURSOR_ERROR"
HIVE_CASES: dict[str, dict[str, Value]] = {
    "bigint": {
        "1": "1", '"2"': FAILS, "1.0": "1", "1.5": "1", '"x"': FAILS, "true": FAILS, '""': FAILS, "null": None,
        "1e3": "1000", "99999999999999999999": FAILS, '"1.0"': FAILS,
    },
    "int": {"2147483648": FAILS},
    "double": {"1": "1.0", "1.5": "1.5", '"1.5"': FAILS, '"NaN"': FAILS, "true": FAILS},
    "string": {
        '"x"': "x", "1": "1", "1.50": "1.50", "1e5": "1e5", "true": "true", "null": None, "[1]": FAILS, "{}": FAILS,
    },
    "boolean": {"true": "true", '"true"': "true", "1": "false", '"no"': "false", "null": None},
    "date": {
        '"2016-01-02"': "2016-01-02", '"2016-1-2"': "2016-01-02", '"2016-01-02 10:00:00"': "2016-01-02", "17000": FAILS,
        '"x"': FAILS, '"2016-01-02T10:00:00Z"': FAILS,
    },
    "timestamp": {
        '"2016-01-02 10:00:00"': "2016-01-02 10:00:00.000", '"2016-01-02 10:00:00.123456"': "2016-01-02 10:00:00.123",
        '"2016-01-02T10:00:00"': "2016-01-02 10:00:00.000", '"2016-01-02T10:00:00Z"': FAILS, '"2016-01-02"': FAILS,
        "1451728800": FAILS, '"x"': FAILS,
    },
    "decimal(10,2)": {"1": "1.00", "1.005": "1.01", '"1.005"': "1.01", '"x"': None, "12345678901": FAILS},
    "array<int>": {"1": FAILS, "null": None, "[1,null]": "[1, null]", "[]": "[]"},
    "struct<id:int>": {'{"ID":1,"x":2}': "{id=1}", "null": None, "[1]": FAILS, '"x"': FAILS},
    "map<string,int>": {'{"a":1}': "{a=1}", '{"a":null}': "{a=null}"},
}  # fmt: skip


@pytest.mark.parametrize("type_", HIVE_CASES)
def test_hives_own_serde(bench: Bench, type_: str) -> None:
    serde = {"serde": HIVE}
    exact = {value: text for value, text in HIVE_CASES[type_].items() if text != FAILS}
    lines = "".join(f'{{"a":{value}}}\n' for value in exact)
    assert bench.read(bench.json(lines.encode(), {"a": type_}, serde)) == [[text] for text in exact.values()]
    for value in HIVE_CASES[type_].keys() - exact.keys():
        with pytest.raises(EngineError, match=FAILS):
            bench.read(bench.json(f'{{"a":{value}}}\n'.encode(), {"a": type_}, serde))


@pytest.mark.parametrize("line", ["", "  ", "null", "[1]", "{bad", '{"a":1,"a":2}', '{"a":1,"A":2}', '{"a":1,}'])
def test_lines_that_hives_own_serde_refuses(bench: Bench, line: str) -> None:
    with pytest.raises(EngineError, match="HIVE_CURSOR_ERROR: Failed to read file at s3://"):
        bench.read(bench.json(f'{{"A":1}}\n{line}\n'.encode(), {"a": "bigint"}, {"serde": HIVE}))


def test_compressed_and_partitioned_files(bench: Bench) -> None:
    plain = bench.json(b'{"a":1}\n', {"a": "bigint"})
    packed = bench.put("x.json.gz", gzip.compress(b'{"a":2}\n{"a":3}\n'))
    both: Relation = replace(plain, files=(*plain.files, packed))
    assert sorted(bench.read(both)) == [["1"], ["2"], ["3"]]
    # what it takes to read JSON is the objects' size (documented: charged by compressed bytes)
    assert bench.written[-1].scanned == sum(file.size for file in both.files)
