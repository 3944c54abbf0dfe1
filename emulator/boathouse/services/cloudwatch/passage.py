"""CloudWatch's operations at the base, as far as they concern alarms: data that is put may set one off."""

from collections.abc import MutableMapping

from boathouse.context import Context
from boathouse.errors import Unsupported
from boathouse.service import Passed, Request
from boathouse.services.cloudwatch.watch import Watch

BEYOND = frozenset({"PutCompositeAlarm", "PutLogAlarm", "PutAlarmMuteRule", "PutAnomalyDetector"})
"""A base would take these without knowing the alarms that they are for."""


class CloudWatchPassage:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def concerns(self, operation: str) -> bool:
        return False

    async def authorise(self, context: Context, request: Request) -> None:
        if context.operation in BEYOND:
            raise Unsupported(f"cloudwatch.{context.operation}")

    def account(self, context: Context, request: Request) -> str:
        return context.account

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """Nothing is added to what goes to the base."""

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        if context.operation == "PutMetricData" and passed.status < 300:
            self._watch.soon()

    def wants_body(self, operation: str) -> bool:
        return operation == "PutMetricData"
