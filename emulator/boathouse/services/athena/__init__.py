"""Athena: SQL over the lake, with its executions, results and workgroups. Engine version 3's behaviour, on DuckDB.

Owns what api/ answers; the rest of the API (prepared statements, named queries, notebooks, capacity) is refused.

Deviations: bytes scanned are the compressed column chunks of the columns read (Parquet) or the objects' sizes, row
groups that statistics skip included; no metrics are published; an unwritable result location fails the query;
CTAS writes timestamps as Parquet's INT64 microseconds, where Athena writes INT96 (to pandas: datetime64[us], not [ns]);
everybody reads as the account's root until there is governance.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.dialects import athena as dialect
from boathouse.engines.duckdb import DuckDB
from boathouse.lake.access import Access
from boathouse.lake.sessions import Sessions
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.athena.api.data_catalogs import DataCatalogApi
from boathouse.services.athena.api.executions import ExecutionApi
from boathouse.services.athena.api.workgroups import WorkGroupApi
from boathouse.services.athena.creations import Creations
from boathouse.services.athena.definitions import Definitions
from boathouse.services.athena.executions import Executions, Parse
from boathouse.services.athena.readers import Readers
from boathouse.services.athena.results import Results
from boathouse.services.athena.store import ExecutionStore, WorkGroupStore
from boathouse.services.athena.translation import translation
from boathouse.services.athena.workgroups import WorkGroups
from boathouse.settings import Settings


def build(
    *,
    state: State,
    clock: Clock,
    call: Call,
    settings: Settings,
    sessions: Sessions,
    access: Access,
    parse: Parse = dialect.parse,
) -> Service:
    engine = DuckDB(settings.work_dir / "duckdb", settings.endpoint, dialect.MACROS)
    store = ExecutionStore(state, clock)
    results = Results(call)
    executions = Executions(
        store=store,
        parse=parse,
        access=access,
        engine=engine,
        readers=Readers(sessions),
        results=results,
        creations=Creations(call, engine, results),
        definitions=Definitions(call, results),
        clock=clock,
    )
    workgroups = WorkGroups(WorkGroupStore(state), clock)
    return Service(
        "athena",
        ExecutionApi(store, executions, results, workgroups),
        WorkGroupApi(workgroups, store),
        DataCatalogApi(call),
    )


__all__ = ["build", "translation"]
