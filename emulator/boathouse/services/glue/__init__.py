"""Glue: the Data Catalog (databases, tables and their versions, partitions, tags) and what is built beside it.

Owns the operations of the resources below; the rest of Glue is refused, since a base would answer from a catalog that
is not this one. Deviates: a deleted database's tables are gone at once; a table has no partition indexes, column
statistics or optimizers, and GetPartitions needs none; nothing is throttled.
"""

from boathouse.lake.catalog import Catalog
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.glue.databases import Databases
from boathouse.services.glue.partition_batches import PartitionBatches
from boathouse.services.glue.partitions import Partitions
from boathouse.services.glue.tables import Tables
from boathouse.services.glue.tags import Tags
from boathouse.services.glue.versions import TableVersions


def build(*, state: State, catalog: Catalog) -> Service:
    tags = Tags(state, {"database": lambda scope, name: catalog.databases.find(scope, name) is not None})
    data_catalog = (
        Databases(catalog, tags),
        Tables(catalog),
        TableVersions(catalog),
        Partitions(catalog),
        PartitionBatches(state, catalog),
    )
    return Service("glue", *data_catalog, tags)
