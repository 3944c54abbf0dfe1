"""The Glue Data Catalog's domain: databases, tables with their versions, partitions. It knows no HTTP and no SQL text.

Documents have Glue's own shapes (boto3's ``Database``, ``Table``, ``Partition``); everything is keyed by account and
region, written before a method returns, and refused in Glue's words (AwsError).
"""

from boathouse.clock import Clock
from boathouse.lake.catalog.databases import Databases
from boathouse.lake.catalog.partitions import Partitions
from boathouse.lake.catalog.schema import declare
from boathouse.lake.catalog.tables import Tables
from boathouse.lake.catalog.versions import Versions
from boathouse.lake.state import State

__all__ = ["Catalog", "Databases", "Partitions", "Tables", "Versions"]


class Catalog:
    """``catalog.tables.get(scope, "db", "table")``: one noun a kind of entity, names in any case."""

    def __init__(self, state: State, clock: Clock) -> None:
        declare(state)
        self.databases = Databases(state, clock)
        self.versions = Versions(state)
        self.tables = Tables(state, clock, self.databases, self.versions)
        self.partitions = Partitions(state, clock, self.tables)
