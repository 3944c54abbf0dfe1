"""Prints the DAGs as Airflow reads them, as JSON; run in Airflow's own environment, not imported by a test."""

import json
import sys
from typing import Any

from airflow.models.dagbag import DagBag


def described(task: Any) -> dict[str, Any]:
    plain = getattr(task, "partial_kwargs", None) or vars(task)
    callbacks = {
        name: [call.__name__ for call in plain.get(name) or []]
        for name in ("on_failure_callback", "on_success_callback")
    }
    return {
        "kind": task.task_type,
        "mapped": task.is_mapped,
        "teardown": task.is_teardown,
        "setup": task.is_setup,
        "deferrable": plain.get("deferrable", False),
        "retries": task.retries,
        "backoff": task.retry_exponential_backoff,
        "outlets": [asset.name for asset in task.outlets],
        "downstream": sorted(task.downstream_task_ids),
        **callbacks,
    }


bag = DagBag(sys.argv[1], include_examples=False)
dags = {
    dag_id: {
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "paused": dag.is_paused_upon_creation,
        "start": dag.start_date and dag.start_date.isoformat(),
        "end": dag.end_date and dag.end_date.isoformat(),
        "timetable": dag.timetable.summary,
        "follows": sorted(asset.name for _, asset in dag.timetable.asset_condition.iter_assets()),
        "tasks": {task.task_id: described(task) for task in dag.tasks},
    }
    for dag_id, dag in bag.dags.items()
}
print(json.dumps({"errors": bag.import_errors, "dags": dags}))
