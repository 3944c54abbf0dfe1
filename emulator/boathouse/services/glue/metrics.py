"""Observability metrics of job runs: whether they succeeded or failed. Those of performance and throughput are missing.

https://docs.aws.amazon.com/glue/latest/dg/monitor-observability.html
"""

import logging
from collections.abc import Mapping

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.context import Principal
from boathouse.errors import AwsError
from boathouse.services.glue.job_settings import OFF
from boathouse.services.glue.job_store import Run

log = logging.getLogger(__name__)
ARGUMENT = "--enable-observability-metrics"
NAMESPACE = "Glue"
METRICS = {"SUCCEEDED": "glue.succeed.ALL"} | dict.fromkeys(("FAILED", "TIMEOUT"), "glue.error.ALL")
"""By how a run ended; one that somebody stopped is neither."""


class Metrics:
    def __init__(self, call: Call, clock: Clock) -> None:
        self._call = call
        self._clock = clock

    async def tell(self, role: Principal, run: Run, state: str, arguments: Mapping[str, str]) -> None:
        """Counts a run that ended, if its ``arguments`` ask for it. A refusal costs a run its metric, not its state."""
        if state not in METRICS or arguments.get(ARGUMENT, "false").lower() in OFF:
            return
        data = [
            {
                "MetricName": METRICS[state],
                "Dimensions": [
                    {"Name": "JobName", "Value": run["JobName"]},
                    {"Name": "JobRunId", "Value": of},
                    {"Name": "Type", "Value": "count"},
                    {"Name": "ObservabilityGroup", "Value": "error"},
                ],
                "Timestamp": self._clock.now(),
                "Value": 1.0,
                "Unit": "Count",
            }
            for of in ("ALL", run["Id"])
        ]
        try:
            await self._call("cloudwatch", "PutMetricData", {"Namespace": NAMESPACE, "MetricData": data}, as_=role)
        except AwsError as error:
            log.error("the run %s is not counted in CloudWatch: %s", run["Id"], error)
