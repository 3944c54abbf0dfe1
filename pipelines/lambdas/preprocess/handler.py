"""The Lambda function between Kinesis and Bronze: says of each record which day and hour it belongs to, or why not.

One file on the standard library alone, since it is the whole of the function's zip. It knows Firehose's contract
(https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html) and the envelope, no AWS client.
"""

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

RESERVED = ("dt", "_source", "_ordinal")
EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)  # where raw_events' projection of dt begins
JSON_SPACE = " \t\r\n"
BYTE_ORDER_MARK = "\ufeff"
DEEPEST = 500
"""Arrays and objects within each other. Python's own limit differs by version and by who calls, and the Glue job reads
these lines, too."""
ID = re.compile(r"[^\x00-\x1f\ud800-\udfff]*")
CREATED_AT = re.compile(
    r"(\d{4})([-/])(\d\d)\2(\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:(Z|UTC)|([+-]\d\d):?(\d\d))", re.ASCII
)


class Unreadable(ValueError):
    """The line is no event; the message is the reason that the quarantine's log gives."""


@dataclass(frozen=True, slots=True)
class Event:
    """``text``: the line as it came, with dt, _source and _ordinal added; ``dt``, ``hour``: created_at's, UTC."""

    text: str
    dt: str
    hour: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Firehose's transformation: every record comes back under its recordId, as Ok or as ProcessingFailed."""
    return {"records": [_transform(record) for record in event["records"]]}


def _transform(record: dict[str, Any]) -> dict[str, Any]:
    envelope: dict[str, Any] = {}
    try:
        envelope = open_envelope(base64.b64decode(record["data"]))
        found = read(envelope, record.get("approximateArrivalTimestamp"))
        data = base64.b64encode(found.text.encode()).decode()
    except ValueError as error:  # Unreadable, and the lone surrogates that no UTF-8 can hold
        log = {"level": "WARN", "message": "a line goes to the quarantine", "reason": str(error)}
        print(json.dumps(log | {key: envelope.get(key) for key in ("source", "ordinal")}))  # noqa: T201 CloudWatch
        return {"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}
    keys = {"dt": found.dt, "hour": found.hour}
    return {"recordId": record["recordId"], "result": "Ok", "data": data, "metadata": {"partitionKeys": keys}}


def open_envelope(data: bytes) -> dict[str, Any]:
    """The Kinesis record's ``{source, ordinal, line}``; raises Unreadable for anything else."""
    try:
        envelope = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the record is no JSON: {error}") from error
    if (
        not isinstance(envelope, dict)
        or not isinstance(envelope.get("source"), str)
        or type(envelope.get("ordinal")) is not int
        or not isinstance(envelope.get("line"), str)
    ):
        raise Unreadable("the record is no envelope of source, ordinal and line")
    return envelope


def read(envelope: dict[str, Any], arrived: int | None = None) -> Event:
    """The event in an envelope; ``arrived`` is when the stream took it, in ms since the epoch. Raises Unreadable.

    The text is spliced, never written anew: numbers, escapes and the order of keys stay as GitHub wrote them.
    """
    if "encoding" in envelope:
        raise Unreadable("the line is not UTF-8")
    text = envelope["line"].removeprefix(BYTE_ORDER_MARK).strip(JSON_SPACE)
    dt, hour = day_and_hour(parse(text), arrived)
    # Between JSON's tokens only, since its strings hold neither; but Hadoop's readers, Athena's too, end a line there.
    text = text.replace("\r", " ").replace("\n", " ")
    added = f'"dt":"{dt}","_source":{json.dumps(envelope["source"])},"_ordinal":{envelope["ordinal"]}'
    return Event(f"{text[:-1]},{added}}}\n", dt, hour)


def parse(text: str) -> dict[str, Any]:
    """The line's JSON object, its numbers as floats since nobody here counts with them; raises Unreadable.

    Refused is as well what two readers of Bronze would read differently: the Glue job and Athena's table, whose
    columns match keys without case.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        event = READER.decode(text)
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable(f"the line is nested deeper than {DEEPEST}") from error
    except ValueError as error:
        raise Unreadable(f"the line is no JSON: {error}") from error
    if not isinstance(event, dict):
        raise Unreadable("the line is JSON but no object")
    if taken := [key for key in event if key.lower() in RESERVED]:
        raise Unreadable(f"the line already has the key {taken[0]}")
    if alike := [key for key in event if key.lower() == "id" != key]:
        raise Unreadable(f"the line has the key {alike[0]}, which Athena takes for id")
    if not _is_id(event.get("id"), text):
        raise Unreadable("the line's id is neither text nor a whole number")
    if text.count("[") + text.count("{") > DEEPEST and _depth(event) > DEEPEST:
        raise Unreadable(f"the line is nested deeper than {DEEPEST}")
    return event


def _is_id(value: object, text: str) -> bool:
    """Whether everybody reads it alike: text without control characters and halves of a character, or digits."""
    if isinstance(value, float):
        digits = json.loads(text, parse_int=str)["id"]
        return isinstance(digits, str) and digits != "-0"
    return value is None or (isinstance(value, str) and ID.fullmatch(value) is not None)


def _depth(value: object) -> int:
    """How many arrays and objects lie within each other, the outermost included."""
    depth, level = 0, [value]
    while level := [held for held in level if isinstance(held, dict | list)]:
        depth += 1
        level = [part for held in level for part in (held.values() if isinstance(held, dict) else held)]
    return depth


def day_and_hour(event: dict[str, Any], arrived: int | None = None) -> tuple[str, str]:
    """created_at's date and hour in UTC; raises Unreadable where the object is no event."""
    if not isinstance(event.get("type"), str) or not event["type"]:
        raise Unreadable("the line has no type")
    moment = created_at(event.get("created_at"))
    if moment < EARLIEST:
        raise Unreadable(f"created_at lies before {EARLIEST:%Y-%m-%d}")
    if arrived is not None and moment > datetime.fromtimestamp(arrived / 1000, UTC) + timedelta(days=1):
        raise Unreadable("created_at lies more than a day after the line's arrival")
    text = moment.isoformat()
    return text[:10], text[11:13]


def created_at(value: object) -> datetime:
    """Reads ``2016-01-01T01:00:00Z``, an offset in place of Z, and the timeline's ``2012/06/14 15:01:39 -0700``."""
    found = CREATED_AT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unreadable("created_at cannot be read")
    year, _, month, day, clock, utc, hours, minutes = found.groups()
    offset = "+00:00" if utc else f"{hours}:{minutes}"
    try:
        return datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{offset}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"created_at cannot be read: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"the line is no JSON: {name} is not a number there")


READER = json.JSONDecoder(parse_int=float, parse_constant=_refuse_constant)
"""Made once: json.loads makes one for each line that is read otherwise than by default."""
