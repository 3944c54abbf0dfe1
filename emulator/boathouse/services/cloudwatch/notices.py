"""What alarms tell SNS: on record with the state that it is about, so that the platform's end loses none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
"""

import json
import logging
import uuid
from typing import Any

from boathouse.call import Call
from boathouse.context import Principal, Scope
from boathouse.errors import AwsError
from boathouse.lake.state import State
from boathouse.services.cloudwatch.history import History
from boathouse.services.cloudwatch.store import Alarm

log = logging.getLogger(__name__)
ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
CLOUDWATCH = "cloudwatch.amazonaws.com"
LONGEST_SUBJECT = 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html


class Notices:
    def __init__(self, state: State, call: Call, history: History) -> None:
        self._notices = state.collection("cloudwatch_notices")
        self._call = call
        self._history = history

    def keep(self, scope: Scope, alarm: Alarm, old_state: str) -> None:
        """To be sent: one message a topic, about the state that the alarm has from now on."""
        if not alarm["ActionsEnabled"]:
            return
        for topic in alarm[ACTIONS[alarm["StateValue"]]]:
            subject = f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {scope[1]}'[:LONGEST_SUBJECT]
            notice = {"alarm": alarm["AlarmName"], "topic": topic, "subject": subject}
            self._notices.put(
                scope, uuid.uuid4().hex, notice | {"message": json.dumps(_message(scope, alarm, old_state))}
            )

    async def send(self) -> None:
        for scope, key, notice in self._notices.all():
            account, region = scope
            asked = {"TopicArn": notice["topic"], "Subject": notice["subject"], "Message": notice["message"]}
            try:
                await self._call("sns", "Publish", asked, as_=Principal(account, CLOUDWATCH, region))
            except AwsError as error:
                if error.code == "ServiceUnavailable":  # the base is away: the next look tells it
                    return
                log.error("the alarm %s could not tell %s: %s", notice["alarm"], notice["topic"], error)
                summary = f'Failed to execute action {notice["topic"]}. Received error: "{error.message}"'
            else:
                summary = f"Successfully executed action {notice['topic']}"
            self._notices.delete(scope, key)
            self._history.note(scope, notice["alarm"], "Action", summary)


def _message(scope: Scope, alarm: Alarm, old_state: str) -> dict[str, Any]:
    account, region = scope
    trigger = {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        "StatisticType": "Statistic" if "Statistic" in alarm else "ExtendedStatistic",
        **({"Statistic": alarm["Statistic"].upper()} if "Statistic" in alarm else {}),
        **({"ExtendedStatistic": alarm["ExtendedStatistic"]} if "ExtendedStatistic" in alarm else {}),
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": one["Value"], "name": one["Name"]} for one in alarm["Dimensions"]],
        "Period": alarm["Period"],
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        **({"DatapointsToAlarm": alarm["DatapointsToAlarm"]} if "DatapointsToAlarm" in alarm else {}),
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": "",
    }
    return {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": _written(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": alarm["StateValue"],
        "NewStateReason": alarm["StateReason"],
        "StateChangeTime": _written(alarm["StateUpdatedTimestamp"]),
        "Region": region,
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": old_state,
        **{member: alarm[member] for member in ("OKActions", "AlarmActions", "InsufficientDataActions")},
        "Trigger": trigger,
    }


def _written(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
