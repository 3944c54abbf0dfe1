"""From Bronze to Silver, line by line: four eras in one schema. Which of copies stays is tried with Spark, in e2e."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.glue import bronze_to_silver as job
from pipelines.lambdas.preprocess import handler

COLUMNS = [
    column.strip().split(" ")[0] for column in job.SCHEMA.replace(", login", "").replace(", name", "").split(",")
]
SOURCE = "5f" * 32
BASE = {"type": "PushEvent", "created_at": "2016-01-01T01:02:03Z"}


def bronze(line: str, source: str = SOURCE, ordinal: int = 1) -> str:
    return handler.read({"source": source, "ordinal": ordinal, "line": line}).text.removesuffix("\n")


def row_of(event: dict[str, Any] | str) -> dict[str, Any]:
    line = event if isinstance(event, str) else json.dumps(BASE | event)
    (row,) = job.silver_rows([(bronze(line),)])
    return dict(zip(COLUMNS, row, strict=True))


def test_the_columns_are_those_of_the_table() -> None:
    assert COLUMNS == [
        "id", "type", "created_at", "actor", "repo", "org", "public", "payload", "action", "ref", "ref_type",
        "_source", "_ordinal", "dt",
    ]  # fmt: skip


def test_an_event_of_today() -> None:
    row = row_of(
        {
            "id": "13170607218",
            "actor": {"id": 175209400, "login": "prabash-moj", "display_login": "prabash-moj", "gravatar_id": ""},
            "repo": {"id": 877864401, "name": "ministryofjustice/cloud", "url": "https://api.github.com/repos/x"},
            "payload": {"ref": "refs/heads/main", "push_id": 1},
            "public": True,
            "org": {"id": 2203574, "login": "ministryofjustice", "gravatar_id": ""},
        }
    )
    assert row == {
        "id": "13170607218",
        "type": "PushEvent",
        "created_at": datetime(2016, 1, 1, 1, 2, 3, tzinfo=UTC),
        "actor": (175209400, "prabash-moj"),
        "repo": (877864401, "ministryofjustice/cloud"),
        "org": (2203574, "ministryofjustice"),
        "public": True,
        "payload": '{"ref": "refs/heads/main", "push_id": 1}',
        "action": None,
        "ref": "refs/heads/main",
        "ref_type": None,
        "_source": SOURCE,
        "_ordinal": 1,
        "dt": "2016-01-01",
    }


def test_an_event_of_the_timeline() -> None:
    row = row_of(
        {
            "created_at": "2013-02-14T16:00:01-08:00",
            "actor": "somebody",
            "actor_attributes": {"login": "somebody", "type": "User"},
            "repository": {"id": 8, "owner": "acme", "name": "thing", "organization": "acme"},
            "payload": {"shas": [["1f", "a@b", "fix", "A", True]]},
            "url": "https://github.com/acme/thing",
        }
    )
    assert row["id"] is None
    assert row["created_at"] == datetime(2013, 2, 15, 0, 0, 1, tzinfo=UTC)
    assert (row["actor"], row["repo"], row["org"]) == ((None, "somebody"), (8, "acme/thing"), (None, "acme"))


@pytest.mark.parametrize(
    ("event", "actor", "repo"),
    [
        ({"repo": {"name": "/", "url": "https://api.github.dev/repos//"}, "actor": {}}, None, None),
        ({"actor": {"gravatar_id": "", "url": "https://api.github.com/users/"}}, None, None),
        ({"actor": None, "actor_attributes": {"login": "known"}}, (None, "known"), None),
        ({"actor": None, "repository": {"name": "thing"}}, None, (None, "thing")),
        ({"actor": {"id": 2**63, "login": "x"}, "repo": {"id": True, "name": 5}}, (None, "x"), (None, "5")),
        ({"actor": {"id": 1.5, "login": ["x"]}, "repo": ["acme/thing"]}, None, None),
    ],
)
def test_what_a_line_does_not_say_is_null(event: dict[str, Any], actor: object, repo: object) -> None:
    row = row_of(event)
    assert (row["actor"], row["repo"], row["org"]) == (actor, repo, None)


def test_a_payload_is_the_text_that_came() -> None:
    payload = r'{ "x":1.10, "big":123456789012345678901234567890, "u":"\u00e9\/ é\ud83d", "e":1e400, "ref":null }'
    row = row_of(f'{{"payload" : {payload} , "type":"A","created_at":"2016-01-01T01:02:03Z", "payload2":{{}} }}')
    assert row["payload"] == payload
    assert row["ref"] is None


@pytest.mark.parametrize(("given", "kept"), [("null", None), ("{}", "{}"), ('"text"', '"text"'), ("[1 ]", "[1 ]")])
def test_a_payload_need_not_be_an_object(given: str, kept: str | None) -> None:
    assert row_of(f'{{"type":"A","created_at":"2016-01-01T01:02:03Z","payload":{given}}}')["payload"] == kept


def test_the_last_of_two_like_keys_counts_as_for_the_lambda_function() -> None:
    row = row_of('{"type":"A","created_at":"2016-01-01T01:02:03Z","created_at":"2016-01-02T00:00:00Z","type":"B"}')
    assert (row["type"], row["dt"], row["created_at"].day) == ("B", "2016-01-02", 2)


@pytest.mark.parametrize("line", ["half a l", '{"type":"A"}', '["_source"]', '{"type":"A"} more', '{"type" "A"}'])
def test_what_is_not_bronze_stops_the_job_and_is_quoted(line: str) -> None:
    with pytest.raises(ValueError, match="a line under raw/ is not Bronze"):
        list(job.silver_rows([(line,)]))


@pytest.mark.parametrize("text", ["9" * 5000, "[" * (handler.DEEPEST - 1) + "]" * (handler.DEEPEST - 1)])
def test_reads_every_line_that_the_lambda_function_reads(text: str) -> None:
    assert row_of(f'{{"type":"A","created_at":"2016-01-01T01:02:03Z","payload":{text}}}')["payload"] == text


@pytest.mark.parametrize(
    ("given", "kept"),
    [('"17"', "17"), ("17", "17"), ("1180591620717411303424", "1180591620717411303424"), ('""', None), ("null", None)],
)
def test_an_id_is_text_whatever_it_was(given: str, kept: str | None) -> None:
    assert row_of(f'{{"type":"A","created_at":"2016-01-01T01:02:03Z","id":{given}}}')["id"] == kept


def test_half_a_character_is_a_question_mark() -> None:
    row = row_of(r'{"type":"A\ud83d","created_at":"2016-01-01T01:02:03Z","actor":{"id":1,"login":"\udedd🧭"}}')
    assert (row["type"], row["actor"]) == ("A?", (1, "?🧭"))


@pytest.mark.parametrize(
    ("payload", "ref", "ref_type"),
    [
        ({"name": "thing", "object": "branch", "object_name": "master"}, "master", "branch"),
        ({"name": "thing", "object": "repository", "object_name": None}, None, "repository"),
        ({"ref": "v1", "ref_type": "tag", "object": "other"}, "v1", "tag"),
    ],
)
def test_what_was_made_has_one_name_in_all_eras(payload: dict[str, Any], ref: str | None, ref_type: str) -> None:
    row = row_of({"type": "CreateEvent", "payload": payload})
    assert (row["ref"], row["ref_type"]) == (ref, ref_type)
    assert row_of({"type": "PushEvent", "payload": {"object": "x", "ref": "y"}})["ref_type"] is None


@pytest.mark.data
def test_real_lines_of_every_era_lose_nothing(real_lines: Callable[[str], list[str]]) -> None:
    for line in real_lines("*.ndjson.gz"):
        event, row = json.loads(line), row_of(line)
        actor, repo = event.get("actor"), event.get("repo") or event.get("repository") or {}
        assert (row["actor"] or (None,))[0] == (actor.get("id") if isinstance(actor, dict) else None)
        assert (row["repo"] or (None,))[0] == repo.get("id")
        assert (row["type"], row["id"], row["public"]) == (event["type"], event.get("id"), event["public"])
        assert (row["payload"] is None) == (event.get("payload") is None)
        assert row["payload"] is None or json.loads(row["payload"]) == event["payload"]
