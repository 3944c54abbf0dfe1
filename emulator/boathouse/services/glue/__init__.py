"""Glue: the Data Catalog (databases, tables and their versions, partitions, tags), and jobs that run on PySpark.

Owns the operations of the resources below; the rest of Glue is refused, since a base would answer from a catalog that
is not this one. Deviates: a deleted database's tables are gone at once; a table has no partition indexes, column
statistics or optimizers, and GetPartitions needs none; nothing is throttled.

Jobs are glueetl of Glue 5.1: Spark 3.5.6 on Java 17, on the Python that runs the platform (AWS: 3.11), all of it on
this machine whatever WorkerType and NumberOfWorkers say. Deviates: the role is not looked up; of the observability
metrics there are glue.succeed.ALL and glue.error.ALL, and arguments for other metrics, continuous logging, the Spark UI
and insights are taken and add nothing; a retry begins at once; a run that the platform's end cut off is FAILED and is
not tried again; DeleteJob takes the job's runs with it.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.catalog import Catalog
from boathouse.lake.sessions import Sessions
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.glue.databases import Databases
from boathouse.services.glue.job_store import JobStore
from boathouse.services.glue.jobs import Jobs
from boathouse.services.glue.launching import Launcher
from boathouse.services.glue.metrics import Metrics
from boathouse.services.glue.partition_batches import PartitionBatches
from boathouse.services.glue.partitions import Partitions
from boathouse.services.glue.running import Runner
from boathouse.services.glue.runs import JobRuns
from boathouse.services.glue.security_configurations import SecurityConfigurations
from boathouse.services.glue.tables import Tables
from boathouse.services.glue.tags import Tags
from boathouse.services.glue.versions import TableVersions
from boathouse.settings import Settings
from boathouse.workers.glue import Pool


def build(
    *, state: State, clock: Clock, call: Call, settings: Settings, sessions: Sessions, catalog: Catalog, spark: Pool
) -> Service:
    store = JobStore(state, clock)
    tags = Tags(
        state,
        {
            "database": lambda scope, name: catalog.databases.find(scope, name) is not None,
            "job": lambda scope, name: store.find(scope, name) is not None,
        },
    )
    data_catalog = (
        Databases(catalog, tags),
        Tables(catalog),
        TableVersions(catalog),
        Partitions(catalog),
        PartitionBatches(state, catalog),
    )
    configurations = SecurityConfigurations(state, clock)
    runner = Runner(store, Launcher(call, sessions, settings), spark, Metrics(call, clock), clock)
    jobs = (configurations, Jobs(store, tags, clock), JobRuns(store, configurations, runner, clock), runner)
    return Service("glue", *data_catalog, tags, *jobs)
