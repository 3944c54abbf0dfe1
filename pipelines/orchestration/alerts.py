"""What a DAG's run says of itself: a message to the stack's topic, and metrics. Called back by Airflow, which it needs
not import: a context is a mapping, and a task instance answers by its attributes."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pipelines import silver
from pipelines.orchestration.here import Here
from pipelines.stack import STACK_NAME

Context = Mapping[str, Any]
LONGEST_SUBJECT = 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
LONGEST_ERROR = 4000
BASE_URL = "AIRFLOW__API__BASE_URL"
LINKS = {"GlueJobOperator": "glue_job_run_details", "AthenaOperator": "_athena_query_results"}


@dataclass(frozen=True, slots=True)
class Message:
    """``task`` is the one that failed, or the last. The JSON's ``try`` is a word of Python's, hence the underscore."""

    outcome: str
    dag: str
    run: str
    task: str
    try_: int
    link: str
    error: str | None
    said: list[str]

    @property
    def subject(self) -> str:
        return f"{self.dag} {self.outcome}"[:LONGEST_SUBJECT]

    @property
    def text(self) -> str:
        """For a person, in a chat or a mail."""
        if self.error is None:
            lines = [f"{self.dag} succeeded, run {self.run}", *self.said]
        else:
            lines = [f"{self.dag} failed at {self.task}, try {self.try_}, run {self.run}", self.error, *self.said]
        return "\n".join(filter(None, [*lines, self.link]))

    def as_json(self) -> str:
        content = {name.rstrip("_"): value for name, value in asdict(self).items()}
        return json.dumps(content | {"text": self.text}, ensure_ascii=False)


def failed(context: Context) -> None:
    """For ``on_failure_callback``: the task has no more tries.

    Of a task whose process was killed Airflow 3.0 calls this after each try, and in the DAG processor.
    """
    ti = context["ti"]
    if _was_killed(ti) and ti.try_number <= ti.max_tries:
        return
    here = Here.now()
    _publish(here, _message(context, "failed", error=_error(here, context), said=[]))
    _measure(here, context, {"Failures": 1})


def succeeded(context: Context) -> None:
    """For ``on_success_callback`` of a run's last task, whose value is a Counted."""
    here, ti = Here.now(), context["ti"]
    counted = ti.xcom_pull(task_ids=ti.task_id)
    said = [f"{', '.join(counted['days'])}: {counted['rows']:,} rows", *counted["said"]]
    _publish(here, _message(context, "succeeded", error=None, said=said))
    _measure(here, context, {"Failures": 0, "Rows": counted["rows"]})


def _message(context: Context, outcome: str, error: str | None, said: list[str]) -> Message:
    ti = context["ti"]
    place = f"{ti.task_id}[{ti.map_index}]" if ti.map_index is not None and ti.map_index >= 0 else ti.task_id
    return Message(outcome, ti.dag_id, ti.run_id, place, ti.try_number, ti.log_url or _link(ti), error, said)


def _link(ti: Any) -> str:
    """To the run, by what the DAG processor knows of a task; nothing where no variable says where Airflow is."""
    base = os.environ.get(BASE_URL, "").rstrip("/")
    return base and f"{base}/dags/{ti.dag_id}/runs/{quote(ti.run_id)}"


def _error(here: Here, context: Context) -> str:
    """The exception, and what AWS says of the job or statement that the task had started."""
    if _was_killed(context["ti"]):
        return "the task's process was killed, or somebody failed it"
    error = context.get("exception")  # `airflow dags test` keeps it to itself
    said = "see the task's log" if error is None else f"{type(error).__name__}: {error}"
    return f"{said}{_reason_of_aws(here, context['ti'])}"[:LONGEST_ERROR]


def _was_killed(ti: Any) -> bool:
    """Who ran a task knows how it ended. The DAG processor does not; it has no XComs, and would die of the question."""
    return ti.state is None


def _reason_of_aws(here: Here, ti: Any) -> str:
    """Of what the task had started, by the XCom that the provider's operator leaves for its link."""
    key = LINKS.get(ti.task.task_type)
    started = ti.xcom_pull(key=key, map_indexes=ti.map_index) if key is not None else None
    if started is None:
        return ""
    if "job_run_id" in started:
        run = silver.job_run(here.glue, here.stack, started["job_run_id"])
        return f"\nGlue job run {run['Id']} {run['JobRunState']}: {run.get('ErrorMessage', 'no reason given')}"
    return f"\nAthena: {here.athena.status(started['query_execution_id'])}"


def _publish(here: Here, message: Message) -> None:
    here.profile.client("sns").publish(
        TopicArn=here.stack.alert_topic, Subject=message.subject, Message=message.as_json()
    )


def _measure(here: Here, context: Context, counts: dict[str, float]) -> None:
    """One value a run of each: Duration in seconds from the run's start, Failures, and Rows where it made some."""
    # A run of `airflow dags test` says that it began at its logical date.
    began = max(context["dag_run"].start_date, context["dag_run"].run_after)
    seconds = (datetime.now(UTC) - began).total_seconds()
    of_dag = [{"Name": "DagId", "Value": context["ti"].dag_id}]
    data = [
        {"MetricName": name, "Value": value, "Unit": "Count", "Dimensions": of_dag} for name, value in counts.items()
    ]
    data.append({"MetricName": "Duration", "Value": seconds, "Unit": "Seconds", "Dimensions": of_dag})
    here.profile.client("cloudwatch").put_metric_data(Namespace=STACK_NAME, MetricData=data)
