"""The Lambda function: what is an event, where it belongs, and that its text stays as it came."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from pipelines.lambdas.preprocess import handler

SOURCE = "5f" * 32
EVENT = '{"id":"1","type":"PushEvent","created_at":"2016-01-01T23:59:59Z"}'
ARRIVED = 1_800_000_000_000  # 2027-01-15


def envelope(line: str, **more: Any) -> dict[str, Any]:
    return {"source": SOURCE, "ordinal": 7, "line": line} | more


def with_created_at(text: object) -> str:
    return json.dumps({"type": "PushEvent", "created_at": text})


def nested(depth: int) -> str:
    """An event of as many arrays and objects within each other, and more of them side by side."""
    arrays = depth - 2
    return f'{EVENT[:-1]},"wide":[{",".join(["[]"] * 600)}],"x":{{"y":{"[" * arrays}{"]" * arrays}}}}}'


def record(data: bytes, record_id: str = "r1") -> dict[str, Any]:
    return {
        "recordId": record_id,
        "approximateArrivalTimestamp": ARRIVED,
        "data": base64.b64encode(data).decode(),
    }


def test_adds_three_keys_and_leaves_every_character_of_the_line_alone() -> None:
    line = (
        r'{ "type":"PushEvent", "created_at":"2016-01-01T01:02:03Z", "n":1.10, "big":123456789012345678901234567890,'
        r' "u":"\u00e9\/ é \ud83d", "e":1e400, "twice":1, "twice":2, "n":[ ] }'
    )
    found = handler.read(envelope(f"  {line}\r"))
    assert found.text == f'{line[:-1]},"dt":"2016-01-01","_source":"{SOURCE}","_ordinal":7}}\n'
    assert json.loads(found.text)["_ordinal"] == 7


@pytest.mark.parametrize(
    ("text", "dt", "hour"),
    [
        ("2016-01-01T01:00:00Z", "2016-01-01", "01"),
        ("2013-02-14T16:00:01-08:00", "2013-02-15", "00"),
        ("2012/06/14 17:01:39 -0700", "2012-06-15", "00"),
        ("2015-01-01T00:30:00.123456789+05:30", "2014-12-31", "19"),
        ("2012-03-12 00:00:00 UTC", "2012-03-12", "00"),
    ],
)
def test_reads_created_at_of_every_era_as_utc(text: str, dt: str, hour: str) -> None:
    found = handler.read(envelope(with_created_at(text)))
    assert (found.dt, found.hour) == (dt, hour)


@pytest.mark.parametrize(
    "value",
    [
        "2016-01-01", "2016-01-01T01:00:00", "2016-13-01T01:00:00Z", "2016-02-30T00:00:00Z", "2016-01-01T24:00:00Z",
        "2016-01/01T01:00:00Z", "2016-01-01T01:00:00+25:00", "٢٠١٦-01-01T01:00:00Z", "yesterday", "", None, 1451606400,
    ],
)  # fmt: skip
def test_a_created_at_that_names_no_moment_is_refused(value: object) -> None:
    with pytest.raises(handler.Unreadable, match="created_at cannot be read"):
        handler.read(envelope(with_created_at(value)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"type":"PushEvent","created_at":"2016-01-0', "no JSON"),
        ('["type"]', "no object"),
        ("17", "no object"),
        ("", "no JSON"),
        ('{"type":"","created_at":"2016-01-01T01:00:00Z"}', "no type"),
        ('{"type":5,"created_at":"2016-01-01T01:00:00Z"}', "no type"),
        ('{"created_at":"2016-01-01T01:00:00Z"}', "no type"),
        (EVENT[:-1] + ',"x":NaN}', "NaN is not a number"),
        (EVENT + EVENT, "no JSON"),
        ("[" * 100_000, "nested deeper than 500"),
        (nested(501), "nested deeper than 500"),
        (EVENT[:-1] + ',"_source":"x"}', "already has the key _source"),
        (EVENT[:-1] + ',"DT":"x"}', "already has the key DT"),
        (EVENT[:-1] + ',"ID":"2"}', "the key ID, which Athena takes for id"),
        (EVENT.replace('"1"', "1e3"), "neither text nor a whole number"),
        (EVENT.replace('"1"', "-0"), "neither text nor a whole number"),
        (EVENT.replace('"1"', "true"), "neither text nor a whole number"),
        (EVENT.replace('"1"', '["1"]'), "neither text nor a whole number"),
        (EVENT.replace('"1"', r'"1\u0000"'), "neither text nor a whole number"),
        (EVENT.replace('"1"', r'"\ud83d"'), "neither text nor a whole number"),
        (EVENT.replace("2016", "2010"), "before 2011-01-01"),
        (EVENT.replace("2016", "2027").replace("01-01T", "01-17T"), "more than a day after"),
    ],
)
def test_what_is_no_event_is_refused_with_its_reason(line: str, reason: str) -> None:
    with pytest.raises(handler.Unreadable, match=reason):
        handler.read(envelope(line), ARRIVED)


def test_nesting_is_read_to_its_limit() -> None:
    assert handler.read(envelope(nested(500))).dt == "2016-01-01"


@pytest.mark.parametrize("given", ['"1"', '""', "null", "17", "-5", "1180591620717411303424", "9" * 5000, '"é/🧭"'])
def test_an_id_is_text_or_digits(given: str) -> None:
    assert handler.read(envelope(EVENT.replace('"1"', given))).dt == "2016-01-01"


def test_a_byte_order_mark_before_a_line_is_not_of_it() -> None:
    assert handler.read(envelope(f"\ufeff{EVENT}\r")).text.startswith(EVENT[:-1])
    with pytest.raises(handler.Unreadable, match="no JSON"):
        handler.read(envelope(f"{EVENT}\ufeff"))


def test_a_line_break_between_tokens_does_not_end_the_line() -> None:
    # documented(https://hadoop.apache.org/docs/stable/api/org/apache/hadoop/mapreduce/lib/input/TextInputFormat.html):
    # either line feed or carriage return ends a line.
    found = handler.read(envelope(EVENT.replace(":", ":\r", 1).replace(",", "\n,", 1)))
    assert found.text.startswith('{"id": "1" ,')
    assert found.text.splitlines() == [found.text[:-1]]


def test_an_integer_longer_than_python_reads_is_an_event_all_the_same() -> None:
    assert handler.read(envelope(EVENT[:-1] + f',"n":{"9" * 5000}}}')).dt == "2016-01-01"


def test_answers_every_record_in_firehoses_contract(capsys: pytest.CaptureFixture[str]) -> None:
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html)
    # documented(https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html)
    good, bad = json.dumps(envelope(EVENT)).encode(), json.dumps(envelope("half a l")).encode()
    answer = handler.handler({"records": [record(good), record(bad, "r2"), record(b"\xff", "r3")]}, None)
    first, second, third = answer["records"]
    assert (first["recordId"], first["result"]) == ("r1", "Ok")
    assert first["metadata"] == {"partitionKeys": {"dt": "2016-01-01", "hour": "23"}}
    assert base64.b64decode(first["data"]).endswith(b'"_ordinal":7}\n')
    assert second == {"recordId": "r2", "result": "ProcessingFailed", "data": record(bad)["data"]}
    assert third["result"] == "ProcessingFailed"
    logged = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [(log["source"], log["ordinal"]) for log in logged] == [(SOURCE, 7), (None, None)]
    assert "no JSON" in logged[0]["reason"]


def test_a_line_that_is_not_utf8_is_quarantined(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.dumps(envelope(base64.b64encode(b"\xff{}").decode(), encoding="base64")).encode()
    (answer,) = handler.handler({"records": [record(data)]}, None)["records"]
    assert answer["result"] == "ProcessingFailed"
    assert "not UTF-8" in capsys.readouterr().out


@pytest.mark.parametrize(
    "data", [b"[]", b"{}", b'{"source":"a","ordinal":"1","line":"x"}', b'{"source":"a","ordinal":true,"line":"x"}']
)
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    with pytest.raises(handler.Unreadable, match="envelope"):
        handler.open_envelope(data)


@pytest.mark.data
def test_every_real_line_is_an_event(real_lines: Callable[[str], list[str]]) -> None:
    for line in real_lines("*.ndjson.gz"):
        found = handler.read(envelope(line))
        assert found.text.startswith(line[:-1])
        assert json.loads(found.text)["dt"] == found.dt
