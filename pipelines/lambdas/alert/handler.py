"""The Lambda function between the alert topic and Slack: what a DAG or an alarm says, as a message for people.

One file on the standard library and the runtime's boto3, since it is the whole of the function's zip. A webhook that
does not take a message is an error of the function's, so that Lambda brings the message again.
https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html, https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

TIMEOUT = 10  # seconds
# https://docs.slack.dev/reference/block-kit/blocks
LONGEST_HEADER, LONGEST_FIELD, LONGEST_TEXT = 150, 2000, 3000
SIGNS = {"failed": ":red_circle:", "succeeded": ":large_green_circle:"}
SIGNS_OF_ALARMS = {"ALARM": ":red_circle:", "OK": ":large_green_circle:", "INSUFFICIENT_DATA": ":white_circle:"}
Block = dict[str, Any]


class NotDelivered(Exception):
    """Slack did not take a message. Never says the webhook's URL, which is a secret."""


def handler(event: dict[str, Any], _context: object) -> None:
    """SNS's event: one record a message."""
    webhook = webhook_url()
    for record in event["Records"]:
        notification = record["Sns"]
        if webhook:
            post(webhook, slack_message(notification))
            said = "a message is in Slack"
        else:
            said = "there is no webhook, so the message goes nowhere; put one into the secret"
        log = {"level": "INFO" if webhook else "WARN", "message": said, "id": notification["MessageId"]}
        print(json.dumps(log))  # noqa: T201 CloudWatch


def webhook_url() -> str:
    """Read anew each time: alerts are rare, and a URL that was changed must count at once."""
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["WEBHOOK_SECRET"])
    url: str = json.loads(secret["SecretString"])["url"]
    return url


def post(url: str, message: Mapping[str, Any]) -> None:
    body = json.dumps(message).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 the secret's owner chose
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        with error:
            reason = error.read(200).decode(errors="replace")
        raise NotDelivered(f"Slack answered {error.code}: {reason}") from None
    except OSError as error:
        raise NotDelivered(f"Slack cannot be reached: {getattr(error, 'reason', error)}") from None


def slack_message(notification: Mapping[str, Any]) -> dict[str, Any]:
    """Blocks, and the text that stands for them in a notification."""
    content = _content(notification["Message"])
    if "dag" in content:
        title, blocks = _of_dag(content)
    elif "AlarmName" in content:
        title, blocks = _of_alarm(content)
    else:
        title, blocks = notification.get("Subject") or "Alert", [_section(escaped(notification["Message"]))]
    header = {"type": "header", "text": {"type": "plain_text", "text": _short(title, LONGEST_HEADER), "emoji": True}}
    return {"text": escaped(title), "blocks": [header, *blocks]}


def _content(message: str) -> dict[str, Any]:
    """The message's JSON object; nothing where it is plain text."""
    try:
        content = json.loads(message)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _of_dag(content: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """What pipelines.orchestration.alerts publishes."""
    outcome = content.get("outcome", "failed")
    blocks = [_fields({"DAG": content["dag"], "Run": content["run"], "Task": content["task"], "Try": content["try"]})]
    blocks += [_section(_code(text)) for text in filter(None, [content.get("error")])]
    blocks += [_section(escaped("\n".join(said))) for said in filter(None, [content.get("said")])]
    if link := content.get("link"):
        blocks.append(_section(f"<{escaped(link)}|The task's log>"))
    return f"{SIGNS.get(outcome, '')} {content['dag']} {outcome}".strip(), blocks


def _of_alarm(content: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"""
    state, trigger = content["NewStateValue"], content.get("Trigger") or {}
    fields = {
        "Alarm": content["AlarmName"],
        "State": f"{content.get('OldStateValue', '?')} → {state}",
        "Metric": f"{trigger.get('Namespace', '')} {trigger.get('MetricName', '')}".strip(),
        "When": content.get("StateChangeTime"),
        **dict(_dimensions(trigger)),
    }
    told = filter(None, [content.get("AlarmDescription"), content.get("NewStateReason")])
    return (
        f"{SIGNS_OF_ALARMS.get(state, '')} {content['AlarmName']}: {state}".strip(),
        [_fields(fields), *(_section(escaped(text)) for text in told)],
    )


def _dimensions(trigger: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """CloudWatch writes their names in small letters."""
    for dimension in trigger.get("Dimensions", []):
        named = {key.lower(): value for key, value in dimension.items()}
        if named.get("name") == "JobName":
            yield "Job", named["value"]


def _fields(values: Mapping[str, Any]) -> Block:
    texts = [f"*{name}*\n{escaped(str(value))}" for name, value in values.items() if value not in (None, "")]
    return {"type": "section", "fields": [_markdown(_short(text, LONGEST_FIELD)) for text in texts]}


def _section(text: str) -> Block:
    return {"type": "section", "text": _markdown(_short(text, LONGEST_TEXT))}


def _code(text: str) -> str:
    return f"```{_short(escaped(text), LONGEST_TEXT - 6)}```"


def _markdown(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def escaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text/#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
