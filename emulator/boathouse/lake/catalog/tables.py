"""Tables of the catalog: what CreateTable and UpdateTable make of a TableInput.

A version id is the text of a number from 0; every update takes the next and, unless told otherwise, archives what was.
"""

import re
from typing import Any

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.errors import Unsupported
from boathouse.lake.catalog.databases import Databases
from boathouse.lake.catalog.refusals import already_exists, concurrent_update, invalid, table_not_found
from boathouse.lake.catalog.schema import WITHIN_TABLE, folded
from boathouse.lake.catalog.versions import Versions
from boathouse.lake.state import Document, State, decode, encode

UNSUPPORTED = {
    "TargetTable": "a resource link (TargetTable)",
    "FederatedTable": "a federated table",
    "ViewDefinition": "a multi-dialect view (ViewDefinition)",
}
# Primitive members of Glue's Java model: present in every answer, given or not.
STORAGE_DEFAULTS = {"Compressed": False, "NumberOfBuckets": 0, "StoredAsSubDirectories": False}
_WILDCARD = re.compile(r"(?<![.)\]\\])\*")


class Tables:
    def __init__(self, state: State, clock: Clock, databases: Databases, versions: Versions) -> None:
        self._state = state
        self._clock = clock
        self._databases = databases
        self._versions = versions

    def create(self, scope: Scope, database: str, table_input: Document, created_by: str) -> None:
        """``created_by`` is the ARN of who asks."""
        now = self._clock.now().replace(microsecond=0)
        with self._state.transaction():
            name = self._databases.get(scope, database)["Name"]
            table = _accepted(table_input) | {
                "DatabaseName": name,
                "CreateTime": now,
                "UpdateTime": now,
                "CreatedBy": created_by,
                "CatalogId": scope[0],
                "VersionId": "0",
            }
            if self.find(scope, name, table["Name"]) is not None:
                raise already_exists("Table")
            self._put(scope, table)

    def find(self, scope: Scope, database: str, name: str) -> Document | None:
        row = self._state.execute(
            f"SELECT document FROM glue_tables WHERE {WITHIN_TABLE}", *scope, folded(database), folded(name)
        ).fetchone()
        return None if row is None else decode(row[0])

    def get(self, scope: Scope, database: str, name: str) -> Document:
        table = self.find(scope, database, name)
        if table is None:
            self._databases.get(scope, database)
            raise table_not_found(folded(name))
        return table

    def names(self, scope: Scope, database: str, pattern: str | None = None, after: str = "") -> list[str]:
        """The names behind ``after``, in order, that the regular expression matches as a whole."""
        database = self._databases.get(scope, database)["Name"]
        rows = self._state.execute(
            "SELECT name FROM glue_tables WHERE account=? AND region=? AND database=? AND name>? ORDER BY name",
            *scope, database, after,
        )  # fmt: skip
        matches = _compiled(pattern) if pattern else None
        return [name for (name,) in rows if matches is None or matches.fullmatch(name)]

    def all(self, scope: Scope) -> list[Document]:
        """Every table of every database, by database and name."""
        rows = self._state.execute(
            "SELECT document FROM glue_tables WHERE account=? AND region=? ORDER BY database, name", *scope
        )
        return [decode(document) for (document,) in rows]

    def update(
        self,
        scope: Scope,
        database: str,
        table_input: Document,
        *,
        version_id: str | None = None,
        skip_archive: bool = False,
    ) -> None:
        """Replaces the definition. A ``version_id`` that is not the current one raises
        ConcurrentModificationException (https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateTable.html)."""
        with self._state.transaction():
            old = self.get(scope, database, table_input["Name"])
            if version_id is not None and version_id != old["VersionId"]:
                raise concurrent_update()
            self._refuse_other_keys(scope, old, table_input)
            if not skip_archive:
                self._versions.archive(scope, old)
            kept = ("DatabaseName", "CreateTime", "CreatedBy", "CatalogId")
            table = _accepted(table_input) | {member: old[member] for member in kept}
            table["UpdateTime"] = self._clock.now().replace(microsecond=0)
            table["VersionId"] = str(int(old["VersionId"]) + 1)
            self._put(scope, table)

    def delete(self, scope: Scope, database: str, name: str) -> None:
        with self._state.transaction():
            table = self.get(scope, database, name)
            for rows in ("glue_partitions", "glue_table_versions", "glue_tables"):
                self._state.execute(
                    f"DELETE FROM {rows} WHERE {WITHIN_TABLE}", *scope, table["DatabaseName"], table["Name"]
                )

    def _refuse_other_keys(self, scope: Scope, old: Document, table_input: Document) -> None:
        """Registered partitions have as many values as the table has keys: both cannot be changed at once."""
        if len(old.get("PartitionKeys") or ()) == len(table_input.get("PartitionKeys") or ()):
            return
        found = self._state.execute(
            f"SELECT 1 FROM glue_partitions WHERE {WITHIN_TABLE} LIMIT 1", *scope, old["DatabaseName"], old["Name"]
        ).fetchone()
        if found is not None:
            raise Unsupported(
                f"another number of partition keys for table {old['Name']}, which has partitions",
                "delete them first, or create the table anew",
            )

    def _put(self, scope: Scope, table: Document) -> None:
        self._state.execute(
            "INSERT OR REPLACE INTO glue_tables VALUES (?, ?, ?, ?, ?)",
            *scope, table["DatabaseName"], table["Name"], encode(table),
        )  # fmt: skip


def _accepted(table_input: Document) -> dict[str, Any]:
    for member, what in UNSUPPORTED.items():
        if table_input.get(member):
            raise Unsupported(what)
    table = {
        "Retention": 0,
        **table_input,
        "Name": folded(table_input["Name"]),
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
    }
    if (storage := table_input.get("StorageDescriptor")) is not None:
        table["StorageDescriptor"] = STORAGE_DEFAULTS | storage
    return table


def _compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression in which a ``*`` may also stand for any text by itself, as awswrangler sends it.

    Both are understood by Glue: https://github.com/awsdocs/amazon-athena-user-guide/pull/67
    """
    try:
        return re.compile(_WILDCARD.sub(".*", pattern))
    except re.error as error:
        raise invalid(f"Invalid pattern '{pattern}': {error}") from error
