"""The function that posts alerts: what becomes of each kind of message, and of a webhook that does not take it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.lambdas.alert import handler
from tests.slack import Slack, texts


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    made = Slack()
    yield made
    made.stop()


@pytest.fixture
def webhook(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> Slack:
    monkeypatch.setattr(handler, "webhook_url", lambda: slack.webhook)
    return slack


def event(message: str, subject: str | None = None) -> dict[str, Any]:
    """documented(https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html)"""
    return {"Records": [{"Sns": {"MessageId": "1", "Subject": subject, "Message": message, "MessageAttributes": {}}}]}


def told(slack: Slack, message: Any, subject: str | None = None) -> dict[str, Any]:
    handler.handler(event(message if isinstance(message, str) else json.dumps(message), subject), None)
    return slack.next()


DAG = {
    "outcome": "failed", "dag": "transform_silver", "run": "manual__2025", "task": "silver", "try": 3,
    "error": "GlueJobFailed: <boom> & more", "said": [], "link": "http://localhost:8080/dags/x?a=1&b=2", "text": "t",
}  # fmt: skip


def test_a_dag_that_failed(webhook: Slack) -> None:
    message = told(webhook, DAG)
    assert message["text"] == ":red_circle: transform_silver failed"
    said = texts(message)
    for part in ("*DAG*\ntransform_silver", "*Run*\nmanual__2025", "*Task*\nsilver", "*Try*\n3"):
        assert part in said
    # documented(https://docs.slack.dev/messaging/formatting-message-text/#escaping)
    assert "```GlueJobFailed: &lt;boom&gt; &amp; more```" in said
    assert "<http://localhost:8080/dags/x?a=1&amp;b=2|The task's log>" in said


def test_a_dag_that_succeeded(webhook: Slack) -> None:
    message = told(webhook, DAG | {"outcome": "succeeded", "error": None, "said": ["2025-10-08: 12 rows", "checked"]})
    assert message["text"] == ":large_green_circle: transform_silver succeeded"
    assert "2025-10-08: 12 rows\nchecked" in texts(message)
    assert "```" not in texts(message)


def test_an_alarm(webhook: Slack) -> None:
    # documented(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html)
    alarm = {
        "AlarmName": "silver-job-failed", "AlarmDescription": "Its days are not published.", "NewStateValue": "ALARM",
        "OldStateValue": "OK", "NewStateReason": "Threshold Crossed: 1 > 0", "StateChangeTime": "2025-10-09T00:00:00Z",
        "Trigger": {
            "Namespace": "Glue", "MetricName": "glue.error.ALL",
            "Dimensions": [{"name": "JobRunId", "value": "ALL"}, {"name": "JobName", "value": "bronze-to-silver"}],
        },
    }  # fmt: skip
    message = told(webhook, alarm, "ALARM: ...")
    assert message["text"] == ":red_circle: silver-job-failed: ALARM"
    said = texts(message)
    for part in ("*Job*\nbronze-to-silver", "*State*\nOK → ALARM", "*Metric*\nGlue glue.error.ALL"):
        assert part in said
    assert "Its days are not published." in said
    assert "Threshold Crossed: 1 &gt; 0" in said
    assert told(webhook, alarm | {"NewStateValue": "OK"})["text"].startswith(":large_green_circle:")


def test_any_other_message(webhook: Slack) -> None:
    message = told(webhook, "the disk is <full>", "Disk")
    assert (message["text"], texts(message)) == ("Disk", "Disk\nthe disk is &lt;full&gt;")
    assert told(webhook, '["json"]')["text"] == "Alert"
    assert texts(told(webhook, '{"other": "json"}')).endswith('{"other": "json"}')


def test_nothing_is_longer_than_slack_takes(webhook: Slack) -> None:
    message = told(webhook, DAG | {"dag": "d" * 400, "error": "&" * 5000, "said": ["s" * 5000]})
    # documented(https://docs.slack.dev/reference/block-kit/blocks)
    for block in message["blocks"]:
        longest = 150 if block["type"] == "header" else 3000
        assert len(block.get("text", {}).get("text", "")) <= longest
        assert all(len(field["text"]) <= 2000 for field in block.get("fields", []))


def test_a_webhook_that_fails_fails_the_function_and_stays_secret(webhook: Slack) -> None:
    webhook.fail(1)
    with pytest.raises(handler.NotDelivered) as failed:
        handler.handler(event("m"), None)
    assert str(failed.value) == "Slack answered 500: server_error"
    assert failed.value.__suppress_context__
    with pytest.raises(handler.NotDelivered) as failed:
        handler.post("http://127.0.0.1:9/services/secret", {"text": "t"})
    assert "secret" not in str(failed.value)
    assert told(webhook, "again")["text"] == "Alert"


def test_without_a_webhook_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(handler, "webhook_url", lambda: "")
    handler.handler(event("m"), None)
    log = json.loads(capsys.readouterr().out)
    assert log["level"] == "WARN"
    assert "no webhook" in log["message"]
