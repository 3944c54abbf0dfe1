"""The one place where a table becomes what a principal may read of it: columns, files, and the partitions left.

Knows catalog and objects, no SQL and no engine. Until Lake Formation comes, everybody reads as the account's root:
no column, row or file is withheld here, though S3's bucket policies still hold for the listing and for the engine.
"""

import asyncio
from collections.abc import Iterator, Sequence

from boathouse.clock import Clock
from boathouse.context import Principal, Scope, root_of
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog import Catalog
from boathouse.lake.conditions import tests_of, text_of
from boathouse.lake.formats import format_of, name_of, schema_of
from boathouse.lake.objects import Objects, S3Uri
from boathouse.lake.projection import is_projected, scan_of_projection
from boathouse.lake.scan import Lister, Scan, Values, scan_of_folders
from boathouse.lake.state import Document
from boathouse.relation import Column, Read, Relation, Table, TableName


class Access:
    """Failures are AwsErrors whose ``str`` is what Athena says of a failed query (``HIVE_METASTORE_ERROR: ...``)."""

    def __init__(self, catalog: Catalog, objects: Objects, clock: Clock) -> None:
        self._catalog = catalog
        self._lister = Lister(objects)
        self._clock = clock

    def schema(self, principal: Principal, name: TableName) -> Table | None:
        """The table's schema, None if there is no such table; raises Unsupported for a view or an odd type."""
        table = self._catalog.tables.find(principal.scope, name.database, name.table)
        return None if table is None else schema_of(table)

    async def cut(self, principal: Principal, reads: Sequence[Read]) -> dict[str, Relation]:
        """A relation for each read, by its alias: the columns it asks for, the files that its conditions leave.

        Partition columns all stay, as files have a value for each. The catalog is read first and at once, so that a
        statement sees one state of it; then the listings go side by side.
        """
        scope = principal.scope
        tables = [self._catalog.tables.get(scope, read.table.database, read.table.table) for read in reads]
        schemas, formats = [schema_of(table) for table in tables], [format_of(table) for table in tables]
        scans = [self._scan(scope, *cut) for cut in zip(tables, schemas, reads, strict=True)]
        found = await asyncio.gather(*(scan.files(self._lister, root_of(*scope)) for scan in scans))
        return {
            read.alias: Relation(_asked_for(schema, read), schema.partition_columns, format_, files)
            for read, schema, format_, files in zip(reads, schemas, formats, found, strict=True)
        }

    def _scan(self, scope: Scope, table: Document, schema: Table, read: Read) -> Scan:
        storage = table.get("StorageDescriptor") or {}
        if not schema.partition_columns:
            return scan_of_folders([(_location(table, storage.get("Location", "")), ())])
        if is_projected(table):
            location, now = _location(table, storage.get("Location", "")), self._clock.now()
            return scan_of_projection(table, location, schema.partition_columns, read.conditions, now)
        return scan_of_folders(self._registered(scope, table, schema, read))

    def _registered(self, scope: Scope, table: Document, schema: Table, read: Read) -> Iterator[tuple[S3Uri, Values]]:
        """The locations of the registered partitions left, which must be read as the table is."""
        storage = table.get("StorageDescriptor") or {}
        tests = tests_of(schema.partition_columns, read.conditions)
        serde = (storage.get("SerdeInfo") or {}).get("SerializationLibrary")
        for place in self._catalog.partitions.places(scope, table):
            values = tuple(text_of(value) for value in place.values)
            if all(test.holds(value) for test, value in zip(tests, values, strict=True)):
                if place.serde not in ("", serde):
                    raise Unsupported(
                        f"the SerDe {place.serde} of partition {'/'.join(place.values)}, unlike its table's,"
                    )
                yield _location(table, place.location), values


def _asked_for(schema: Table, read: Read) -> tuple[Column, ...]:
    return tuple(column for column in schema.columns if column.name in read.columns)


def _location(table: Document, text: str) -> S3Uri:
    try:
        return S3Uri.parse(text)
    except ValueError as error:
        raise AwsError(
            "HIVE_METASTORE_ERROR", f"Table {name_of(table)} has a location that is not in S3: '{text}'"
        ) from error
