"""aggregate_gold: what lies around the CTAS statements. One lock from the first task to the last.

Each try of a statement makes a staging table of its own, at a location of its own; the statement that Athena ran says
which one, so that a check and the publishing go by what really was made.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypedDict

from pipelines import athena, gold
from pipelines.errors import Incomplete
from pipelines.gold import Staged
from pipelines.orchestration import accounts
from pipelines.orchestration.accounts import Counted
from pipelines.orchestration.asked import Asked
from pipelines.orchestration.here import Here
from pipelines.runs import new_run


class Part(TypedDict):
    """A Staged without its run, which is that of the statement's try."""

    table: str
    part: int
    days: list[str]


class Begun(TypedDict):
    run: str
    bucket: str
    days: list[str]
    sources: list[str]
    parts: list[Part]


class Built(Part):
    run: str


def begin(asked: Asked) -> Begun:
    """Takes the lock, and drops the staging tables of dead runs."""
    here, run = Here.now(), new_run()
    sources = accounts.sources_of(here, asked)
    lock = here.lock(run, across_tasks=True)
    lock.take(here.say)
    with ExitStack() as on_failure:
        on_failure.callback(lock.release)
        here.publisher(run, lock).drop_staging()
        on_failure.pop_all()
    planned = gold.plan(run, asked["days"])
    parts = [Part(table=staged.table, part=staged.part, days=list(staged.days)) for staged in planned]
    return Begun(run=run, bucket=here.bucket.name, days=asked["days"], sources=sources, parts=parts)


def statement_settings(begun: Begun) -> list[dict[str, Any]]:
    """What AthenaOperator is given beside its statement, once a part: where it runs, writes, and with which key."""
    stack = Here.now().stack
    settings = {
        "database": stack.database,
        "workgroup": stack.work_group,
        "result_configuration": athena.result_configuration(stack),
    }
    return [settings for _ in begun["parts"]]


def create_table_as(begun: Begun, index: int, try_number: int) -> str:
    """The statement of part ``index`` in its ``try_number``th try."""
    part = begun["parts"][index]
    staged = Staged(part["table"], f"{begun['run']}_{try_number}", part["part"], tuple(part["days"]))
    return gold.create_table_as(staged, f"s3://{begun['bucket']}/{staged.prefix}")


def check(begun: Begun, executions: Iterable[str]) -> list[Built]:
    """Checks the staging tables that Athena's executions made, all at once. Raises DoesNotAddUp."""
    here = Here.now()
    parts = [_built(begun, *gold.made_by(here.athena.text(execution))) for execution in executions]
    with here.lock(begun["run"], across_tasks=True).adopted(), ThreadPoolExecutor(gold.STATEMENTS_AT_ONCE) as pool:
        failures = pool.map(lambda part: gold.check(here.athena, _staged(part)), parts)
        gold.refuse([failure for found in failures for failure in found])
    return parts


def publish(begun: Begun, built: list[Built]) -> None:
    """Makes what was checked the days and the tables, and deletes what nobody has referred to for a day."""
    here, staged = Here.now(), [_staged(part) for part in built]
    with here.lock(begun["run"], across_tasks=True).adopted() as lock:
        publisher = here.publisher(begun["run"], lock)
        gold.publish(publisher, staged, here.reporter)
        with here.reporter.step("sweep what nothing refers to"):
            publisher.sweep(here.limits.grace)


def account(begun: Begun) -> Counted:
    """The equation over the run's sources, of which all days are made; those of the assets' events are such."""
    here, days = Here.now(), begun["days"]
    sources, said = accounts.within(accounts.ingested(here, begun["sources"]), days)
    if sources:
        said = accounts.settle(here, begun["run"], "gold", sources, silver=True) + said
    return Counted(days=days, sources=begun["sources"], rows=accounts.rows(here, gold.FACT, days), said=said)


def release(begun: Begun) -> None:
    """Gives the lock back, whether the run succeeded or not."""
    Here.now().lock(begun["run"]).release()


def _built(begun: Begun, table: str, run: str, number: int) -> Built:
    if not run.startswith(begun["run"]):
        raise Incomplete(f"{table} was built by the run {run}, before this one began: clear the whole DAG run")
    (days,) = [part["days"] for part in begun["parts"] if (part["table"], part["part"]) == (table, number)]
    return Built(table=table, part=number, days=days, run=run)


def _staged(part: Built) -> Staged:
    return Staged(part["table"], part["run"], part["part"], tuple(part["days"]))
