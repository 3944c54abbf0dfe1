"""Lines that break readers, each with a name and the fate that it must have. Made here, since no real file has them."""

import gzip
import json
from dataclasses import dataclass
from itertools import pairwise

DAY = "2024-05-14"
WHEN = f'"created_at":"{DAY}T05:00:00Z"'
KEPT, OVERSIZE = "kept", "oversize"
HOSTILE = {
    "SQL": "'; DROP TABLE silver_cleaned; --",
    "a path": "../../../etc/passwd",
    "a partition": "x/dt=2024-05-15/hour=00",
    "CSV": 'a,"b"\n"c"\r\n,d',
    "a formula": "=1+2",
    "a line separator": "a\u2028b\u2029c\x85d",
    "percent": "%2e%2e%2f%s%n$days",
    "markup": "[/red][bold]x",
    "a terminal": "\x1b[2Jx\x07",
    "NUL": "a\0b",
    "right to left": "\u202egpj.exe",
    "a non-character": "\U0010fffe\uffff\ufdd0",
    "a template": "{{x}} ${y} <script>",
    "a backslash": "C:\\new\\table\\",
}
"""What a name might hold, by what it would break."""


@dataclass(frozen=True, slots=True)
class Line:
    """``fate`` is KEPT, OVERSIZE, or a part of the reason that the quarantine's log gives."""

    name: str
    text: bytes
    fate: str


def event(more: str = "", *, kind: str = "PushEvent", when: str = WHEN) -> bytes:
    """An event's text; ``more`` are further members, each with its comma before it."""
    return f'{{"type":{json.dumps(kind, ensure_ascii=False)},{when}{more}}}'.encode()


def at(moment: str) -> bytes:
    return event(when=f'"created_at":{moment}')


def hostile(what: str, text: str) -> Line:
    """The text wherever a name may stand: as type, login, repository, organisation, ref, key and payload."""
    name = json.dumps(text, ensure_ascii=False)
    members = f',"actor":{{"id":9001,"login":{name}}},"repo":{{"id":9002,"name":{name}}},"org":{{"login":{name}}}'
    members += f',"payload":{{"action":{name},"ref":{name},"ref_type":{name},{name}:{name}}},{name}:1'
    return Line(f"names that would break {what}", event(members, kind=text), KEPT)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def unreadable() -> list[Line]:
    no_moment = "created_at cannot be read"
    dates = {
        "February 30": '"2024-02-30T00:00:00Z"', "hour 25": '"2024-05-14T25:00:00Z"',
        "a leap second": '"2024-05-14T23:59:60Z"', "the year 0": '"0000-01-01T00:00:00Z"',
        "an offset of a day": '"2024-05-14T00:00:00+24:00"', "the end of time": '"9999-12-31T23:59:59-01:00"',
        "no zone": '"2024-05-14T00:00:00"', "null": "null", "a number": "1715663000", "an object": "{}", "empty": '""',
    }  # fmt: skip
    return [
        *(Line(f"date: {name}", at(text), no_moment) for name, text in dates.items()),
        Line("date: the year 9999", at('"9999-12-31T23:59:59Z"'), "more than a day after"),
        Line("date: before GitHub", at('"1970-01-01T00:00:00Z"'), "lies before 2011"),
        Line("date: missing", b'{"type":"PushEvent"}', no_moment),
        Line("cut off", event()[:-9], "no JSON"),
        Line("two objects", event() + event(), "no JSON"),
        Line("two objects with a space", event() + b" " + event(), "no JSON"),
        Line("an object and a comma", event() + b",", "no JSON"),
        Line("an array", b"[" + event() + b"]", "no object"),
        Line("a text", b'"PushEvent"', "no object"),
        Line("HTML", b"<html><h1>502 Bad Gateway</h1></html>", "no JSON"),
        Line("NULs", b"\0" * 4096, "no JSON"),
        Line("a NUL in a text", event(',"x":"a\0b"'), "no JSON"),
        Line("a NUL at the end", event() + b"\0", "no JSON"),
        Line("a tab in a text", event(',"x":"a\tb"'), "no JSON"),
        Line("a byte order mark alone", b"\xef\xbb\xbf", "no JSON"),
        Line("UTF-16", b"\xff\xfe" + event().decode().encode("utf-16-le").replace(b"\n", b""), "not UTF-8"),
        Line("Latin-1", event(',"x":"é"').replace("é".encode(), b"\xe9"), "not UTF-8"),
        Line("a surrogate in UTF-8", event(',"x":"?"').replace(b"?", b"\xed\xa0\xbd"), "not UTF-8"),
        Line("an overlong slash", event(',"x":"?"').replace(b"?", b"\xc0\xaf"), "not UTF-8"),
        Line("nesting of 5,000", event(f',"x":{nested(5000)}'), "nested deeper"),
        Line("nesting of 501", event(f',"x":{nested(500)}'), "nested deeper"),
        Line("nesting that never ends", b'{"type":' * 100_000, "nested deeper"),
        Line("NaN", event(',"x":NaN'), "NaN is not a number"),
        Line("infinity", event(',"x":[-Infinity]'), "-Infinity is not a number"),
        Line("a number with a leading zero", event(',"x":017'), "no JSON"),
        Line("an id with a fraction", event(',"id":1.5'), "neither text nor a whole number"),
        Line("an id beyond double", event(',"id":1e400'), "neither text nor a whole number"),
        Line("an id of two", event(',"id":["1"]'), "neither text nor a whole number"),
        Line("an id in capitals", event(',"ID":"1"'), "which Athena takes for id"),
        Line("a day of its own", event(',"dt":"2024-05-15"'), "already has the key dt"),
        Line("a source of its own", event(',"_SOURCE":"x"'), "already has the key _SOURCE"),
        Line("no type", b"{" + WHEN.encode() + b"}", "no type"),
        Line("an empty type", event(kind=""), "no type"),
        Line("single quotes", event().replace(b'"', b"'"), "no JSON"),
    ]  # fmt: skip


def readable() -> list[Line]:
    mark = b"\xef\xbb\xbf"
    return [
        Line("a byte order mark at the start of the file", mark + event(), KEPT),
        Line("a byte order mark at the start of a line", mark + event(), KEPT),
        Line("CR LF", event() + b"\r", KEPT),
        Line("a CR between tokens", event().replace(b",", b",\r"), KEPT),
        Line("blanks around", b" \t " + event() + b" \t", KEPT),
        *(hostile(what, text) for what, text in HOSTILE.items()),
        Line("half a character", event(r',"actor":{"id":9003,"login":"\ud83d"},"x":"\udedd"'), KEPT),
        Line("numbers beyond double", event(',"payload":{"x":[1e400,-1E+999,1e-999,' + "9" * 5000 + "]}"), KEPT),
        Line("ids beyond bigint", event(f',"actor":{{"id":{2**70}}},"repo":{{"id":{2**63},"name":"a/b"}}'), KEPT),
        Line("ids of other types", event(',"actor":{"id":"7"},"repo":{"id":1.0},"org":{"id":true}'), KEPT),
        Line("the largest bigint", event(f',"actor":{{"id":{2**63 - 1}}},"repo":{{"id":{-(2**63) + 1}}}'), KEPT),
        Line("an id of 2^70", event(f',"id":{2**70}'), KEPT),
        Line("an empty id", event(',"id":""'), KEPT),
        Line("an empty id again", event(',"id":""'), KEPT),
        Line("no object where one should be", event(',"actor":[],"repo":"x","org":5,"payload":[1],"public":0'), KEPT),
        Line("a key twice", event(',"id":"first","id":"last","payload":{"action":"a","action":"b"}'), KEPT),
        Line("an empty key", event(',"":1,"\\u0000":2'), KEPT),
        Line("nesting of 500", event(f',"x":{nested(499)}'), KEPT),
        Line("a leap day", at('"2024-02-29T23:59:59.999999999Z"'), KEPT),
        Line("the day before, in the west", at('"2024-05-14T23:30:00-07:00"'), KEPT),
        Line("a line of just less than a record", event(f',"x":"{"y" * 1_000_000}"'), KEPT),
    ]  # fmt: skip


def oversize() -> list[Line]:
    return [
        Line("20 MB", event(f',"x":"{"y" * 20_000_000}"'), OVERSIZE),
        Line("a line of just more than a record", event(f',"x":"{"y" * 1_024_000}"'), OVERSIZE),
        Line("800 kB that are not UTF-8", b"\xff" * 800_000, OVERSIZE),
    ]


def all_lines() -> list[Line]:
    """The byte order mark of the file's start is the first one's."""
    return [*readable(), *unreadable(), *oversize()]


def file_of(lines: list[Line]) -> bytes:
    """Gzip of three members, cut in the middle of lines; blank lines between, none after the last line."""
    content = b"\n\r\n \t\n".join(line.text for line in lines)
    cuts = [0, len(content) // 3, len(content) // 2, len(content)]
    return b"".join(gzip.compress(content[a:b], 1, mtime=0) for a, b in pairwise(cuts))
