"""The Slack stand-in: takes messages in Slack's words, gives them back, and shows a page."""

import json
import urllib.error
from collections.abc import Iterator

import pytest

from tests.slack import Slack


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    made = Slack()
    yield made
    made.stop()


def refusal(slack: Slack, path: str, body: bytes) -> tuple[int, bytes]:
    with pytest.raises(urllib.error.HTTPError) as refused:
        slack.ask(path, "POST", body)
    with refused.value as error:
        return error.code, error.read()


def test_a_message_comes_back(slack: Slack) -> None:
    # documented(https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks): the answer is ok
    assert slack.ask("/services/T0/B0/x", "POST", '{"text": "früh"}'.encode()) == b"ok"
    assert slack.next() == {"text": "früh"}
    slack.ask("/messages", "DELETE")
    assert json.loads(slack.ask("/messages")) == []
    slack.ask("/services/T0/B0/x", "POST", b'{"text": "late"}')
    assert slack.next() == {"text": "late"}


def test_what_slack_would_not_take(slack: Slack) -> None:
    # documented(as above, "Handling errors")
    assert refusal(slack, "/services/T0/B0/x", b"no json") == (400, b"invalid_payload")
    assert refusal(slack, "/services/T0/B0/x", b"{}") == (400, b"no_text")
    assert refusal(slack, "/elsewhere", b'{"text": "t"}')[0] == 404


def test_it_fails_as_often_as_it_is_told(slack: Slack) -> None:
    slack.fail(1)
    assert refusal(slack, "/services/T0/B0/x", b'{"text": "t"}') == (500, b"server_error")
    assert slack.ask("/services/T0/B0/x", "POST", b'{"text": "t"}') == b"ok"


def test_a_page_that_needs_nothing_from_elsewhere(slack: Slack) -> None:
    page = slack.ask("/").decode()
    assert "#alerts" in page
    assert [part for part in page.split('"') if part.startswith(("http:", "https:", "//"))] == []
    assert slack.ask("/health") == b"ok"
