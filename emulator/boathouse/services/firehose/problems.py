"""Where a delivery's troubles are told: the platform's log, and CloudWatch Logs if the stream asks for it."""

import json
import logging

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.errors import AwsError
from boathouse.lake.sessions import assumed_role
from boathouse.services.firehose.store import DeliveryStream
from boathouse.tasks import Tasks
from boathouse.workers.logs import LogStream

log = logging.getLogger(__name__)


class Problems:
    """``current``: the troubles that a delivery is in, by what they are with (S3, Lambda, DataSource)."""

    def __init__(self, stream: DeliveryStream, call: Call, clock: Clock, tasks: Tasks) -> None:
        self.stream = stream
        self.current: dict[str, str] = {}
        self._call = call
        self._clock = clock
        self._tasks = tasks
        self._log: LogStream | None = None

    def report(self, code: str, message: str) -> None:
        """``code`` begins with what the trouble is with: ``S3.AccessDenied``."""
        part, trouble = code.partition(".")[0], f"{code}: {message}"
        if trouble != self.current.get(part):
            log.warning("the delivery stream %s is in trouble: %s", self.stream.name, trouble)
        self.current[part] = trouble
        self._write(code, message)

    def over(self, part: str) -> None:
        self.current.pop(part, None)

    def _write(self, code: str, message: str) -> None:
        """In the form of https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html"""
        options = self.stream.destination["CloudWatchLoggingOptions"]
        if not options.get("Enabled"):
            return
        names = options["LogGroupName"], options["LogStreamName"]
        if self._log is None or (self._log.group, self._log.stream) != names:
            role = assumed_role(self.stream.destination["RoleARN"], self.stream.name, self.stream.region)
            self._log = LogStream(self._call, role, *names, self._clock)
        if self._log.full:
            return
        event = {
            "deliveryStreamARN": self.stream.arn,
            "destination": self.stream.destination["BucketARN"],
            "deliveryStreamVersionId": self.stream.version,
            "message": message,
            "errorCode": code,
        }
        self._log.write(json.dumps(event))
        self._tasks.spawn(self._flush(self._log), f"log of {self.stream.name}")

    async def _flush(self, stream: LogStream) -> None:
        try:
            await stream.flush()
        except AwsError as error:
            log.warning("the log lines of %s were not delivered: %s", self.stream.name, error)
