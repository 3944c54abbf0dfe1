"""The Glue job from Bronze to Silver: all raw lines of some days, four eras of GitHub's format, to one schema.

One file, since Glue fetches one. It writes into a location of the run's own and publishes nothing. A line is read in
Python, not by from_json: that writes a payload's numbers and escapes anew, and costs as much (measured: 48,000 events
in 3.0 s against 3.8 s here, with the payload's text as it came).
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # there, though typeshed leaves it out
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = (
    "id string, type string, created_at timestamp, actor struct<id: bigint, login: string>,"
    " repo struct<id: bigint, name: string>, org struct<id: bigint, login: string>, public boolean, payload string,"
    " action string, ref string, ref_type string, _source string, _ordinal bigint, dt string"
)
LARGEST_ID = 2**63 - 1
NESTING = 3000  # deeper than the Lambda function reads, so that no line stops here that passed there
MOMENT = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)[T ]([\d:.]+) ?(?:Z|UTC|([+-]\d\d):?(\d\d))", re.ASCII)
Row = tuple[Any, ...]
Walk = Callable[[str], tuple[dict[str, Any], dict[str, str]]]


def main() -> None:
    # Here and not above: the functions below are tested where Glue's own library is not.
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from awsglue.utils import getResolvedOptions
    from pyspark.context import SparkContext

    given = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "days", "run"])
    name, bucket, days, run = (str(given[key]) for key in ("JOB_NAME", "bucket", "days", "run"))
    context = GlueContext(SparkContext.getOrCreate())
    job = Job(context)
    job.init(name, given)
    lines = read_lines(context.spark_session, [f"s3://{bucket}/raw/dt={day}/" for day in days.split(",")])
    target = f"s3://{bucket}/cleaned/run={run}/"
    without_copies(lines).write.partitionBy("dt").parquet(target, compression="snappy")
    job.commit()


def read_lines(spark: "SparkSession", locations: list[str]) -> "DataFrame":
    """Every raw line under ``locations`` as a row of SCHEMA, copies and all."""
    # The session's zone is where a timestamp's text is; lineSep, since Spark would also end a line at a lone \r.
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    lines = spark.read.text(locations, lineSep="\n", recursiveFileLookup=True)
    return spark.createDataFrame(lines.rdd.mapPartitions(silver_rows), SCHEMA, verifySchema=False)


def without_copies(rows: "DataFrame") -> "DataFrame":
    """Of the rows of one id and day the one with the smallest (source, ordinal); of a line delivered twice, one.

    One window does both: copies of a line share its id, and a row without an id shares nothing but its own place.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812 Spark's own habit

    has_no_id = F.col("id").isNull()
    line = [F.when(has_no_id, F.col(name)) for name in ("_source", "_ordinal")]
    copies = Window.partitionBy("dt", "id", *line).orderBy("_source", "_ordinal")
    return rows.withColumn("copy", F.row_number().over(copies)).where("copy = 1").drop("copy")


def silver_rows(lines: Iterable[Any]) -> Iterator[Row]:
    """One row of SCHEMA for each Spark row of text. Made for mapPartitions: the reader cannot be pickled."""
    sys.setrecursionlimit(max(NESTING, sys.getrecursionlimit()))
    walk = walker()
    for (line,) in lines:
        if line and not line.isspace():
            yield silver_row(walk, line)


def silver_row(walk: Walk, line: str) -> Row:
    """A line of Bronze as a row of SCHEMA; raises ValueError where it is not what the Lambda function writes."""
    try:
        event, texts = walk(line.strip())
        payload = event.get("payload")
        return (
            event_id(event, texts),
            _text(event["type"]),
            moment(event["created_at"]),
            actor(event),
            repo(event),
            org(event),
            event["public"] if isinstance(event.get("public"), bool) else None,
            None if payload is None else texts["payload"],
            *details(event["type"], payload if isinstance(payload, dict) else {}),
            event["_source"],
            event["_ordinal"],
            event["dt"],
        )
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError(f"a line under raw/ is not Bronze ({error!r}): {line[:200]}") from error


def event_id(event: dict[str, Any], texts: dict[str, str]) -> str | None:
    """Text, or the digits of a number as they stand in the line, however many; NULL in the timeline era."""
    return texts["id"] if isinstance(event.get("id"), int | float) else _text(event.get("id"))


def details(event_type: str, payload: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """(action, ref, ref_type) of a payload; in 2011 a CreateEvent called the last two object_name and object."""
    old = event_type == "CreateEvent" and "ref_type" not in payload
    ref, ref_type = ("object_name", "object") if old else ("ref", "ref_type")
    return _text(payload.get("action")), _text(payload.get(ref)), _text(payload.get(ref_type))


def moment(text: str) -> datetime:
    """created_at in UTC; Z, an offset, or the timeline's ``2012/06/14 15:01:39 -0700``."""
    found = MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"created_at {text!r}")
    year, month, day, clock, hours, minutes = found.groups()
    offset = f"{hours}:{minutes}" if hours else "+00:00"
    return datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{offset}").astimezone(UTC)


def actor(event: dict[str, Any]) -> Row | None:
    """(id, login): an object, or in the timeline era a login alone."""
    given = event.get("actor")
    if isinstance(given, dict):
        return _known(_id(given.get("id")), _text(given.get("login")))
    return _known(None, _text(given) or _text(_object(event, "actor_attributes").get("login")))


def repo(event: dict[str, Any]) -> Row | None:
    """(id, owner/name): ``repo``, whose name is / where GitHub did not know it, or the timeline's ``repository``."""
    if "repo" in event:
        given = _object(event, "repo")
        name = _text(given.get("name"))
        return _known(_id(given.get("id")), None if name == "/" else name)
    given = _object(event, "repository")
    owner, name = _text(given.get("owner")), _text(given.get("name"))
    return _known(_id(given.get("id")), f"{owner}/{name}" if owner and name else name)


def org(event: dict[str, Any]) -> Row | None:
    """(id, login): an object, or in the timeline era the repository's organisation by its login alone."""
    if "org" in event:
        given = _object(event, "org")
        return _known(_id(given.get("id")), _text(given.get("login")))
    return _known(None, _text(_object(event, "repository").get("organization")))


def _known(number: int | None, name: str | None) -> Row | None:
    return None if number is None and name is None else (number, name)


def _object(event: dict[str, Any], key: str) -> dict[str, Any]:
    given = event.get(key)
    return given if isinstance(given, dict) else {}


def _id(value: object) -> int | None:
    return value if type(value) is int and abs(value) <= LARGEST_ID else None


def _text(value: object) -> str | None:
    """Text as it is, but a half of a surrogate pair, which UTF-8 cannot hold, as Java writes it: a question mark. A
    number as text, nothing for what is empty."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode() or None
    return str(value) if type(value) is int else None


def _integer(digits: str) -> int | float:
    """Python refuses to read an integer of more than 4,300 digits, and no id has more than 20."""
    return int(digits) if len(digits) <= 20 else float(digits)


def walker() -> Walk:
    """A reader of one JSON object: its values, and the text that each stood in the line with.

    The standard library's own scanner, one value after the other, tells where a value ends.
    """
    scan = JSONDecoder(parse_int=_integer).raw_decode
    space = re.compile(r"[ \t\r\n]*").match

    def after(text: str, position: int) -> int:
        return space(text, position).end()  # type: ignore[union-attr]

    def walk(text: str) -> tuple[dict[str, Any], dict[str, str]]:
        values, texts = dict[str, Any](), dict[str, str]()
        position = after(text, 1)
        while text[position] == '"':
            key, position = scanstring(text, position + 1, True)
            start = after(text, after(text, position) + 1)
            values[key], end = scan(text, start)
            texts[key] = text[start:end]
            position = after(text, end)
            if text[position] != ",":
                break
            position = after(text, position + 1)
        if text[:1] != "{" or text[position:] != "}":
            raise json.JSONDecodeError("no object", text, position)
        return values, texts

    return walk


if __name__ == "__main__":
    main()
