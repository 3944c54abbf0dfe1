"""AWS::CloudWatch::Alarm on one metric."""

from typing import Any, ClassVar

from boathouse.services.cloudformation.resources.base import Acting, Arns, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, INTEGER, NUMBER, STRING, TAGS, Group, Many


class Alarm(ResourceType):
    type = "AWS::CloudWatch::Alarm"
    service = "cloudwatch"
    properties = Group(
        {
            "ActionsEnabled": BOOLEAN,
            "AlarmActions": Many(STRING),
            "AlarmDescription": STRING,
            "AlarmName": STRING,
            "ComparisonOperator": STRING,
            "DatapointsToAlarm": INTEGER,
            "Dimensions": Many(Group({"Name": STRING, "Value": STRING}, required={"Name", "Value"})),
            "EvaluationPeriods": INTEGER,
            "ExtendedStatistic": STRING,
            "InsufficientDataActions": Many(STRING),
            "MetricName": STRING,
            "Namespace": STRING,
            "OKActions": Many(STRING),
            "Period": INTEGER,
            "Statistic": STRING,
            "Tags": TAGS,
            "Threshold": NUMBER,
            "TreatMissingData": STRING,
            "Unit": STRING,
        },
        required={"ComparisonOperator", "EvaluationPeriods"},
    )
    naming = Naming("AlarmName", 255)
    member = "AlarmName"
    creates, reads, updates, deletes = "PutMetricAlarm", "DescribeAlarms", "PutMetricAlarm", "DeleteAlarms"
    absent = frozenset({"ResourceNotFound"})
    taken = frozenset()
    replaces = frozenset({"AlarmName"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"}

    def changed(self, name: str, values: Values) -> dict[str, Any]:
        """Tags are taken by a new alarm only: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
        API_PutMetricAlarm.html"""
        return {member: value for member, value in self.asked(name, values).items() if member != "Tags"}

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        return bool((await act(self.reads, AlarmNames=[name])).get("MetricAlarms"))

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        if await self.exists(act, name, values):
            await act(self.deletes, AlarmNames=[name])
