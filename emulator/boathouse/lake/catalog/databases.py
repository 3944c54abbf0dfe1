"""Databases of the catalog. Deleting one deletes its tables, their versions and their partitions."""

from typing import Any

from boathouse.clock import Clock
from boathouse.context import Scope
from boathouse.errors import Unsupported
from boathouse.lake.catalog.refusals import already_exists, database_not_found
from boathouse.lake.catalog.schema import folded
from boathouse.lake.state import Document, State, decode, encode

EVERYBODY = [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]
UNSUPPORTED = {"TargetDatabase": "a resource link (TargetDatabase)", "FederatedDatabase": "a federated database"}


class Databases:
    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def create(self, scope: Scope, database_input: Document) -> None:
        database = self._accepted(scope, database_input, self._clock.now().replace(microsecond=0))
        with self._state.transaction():
            if self.find(scope, database["Name"]) is not None:
                raise already_exists("Database")
            self._put(scope, database)

    def find(self, scope: Scope, name: str) -> Document | None:
        row = self._state.execute(
            "SELECT document FROM glue_databases WHERE account=? AND region=? AND name=?", *scope, folded(name)
        ).fetchone()
        return None if row is None else decode(row[0])

    def get(self, scope: Scope, name: str) -> Document:
        database = self.find(scope, name)
        if database is None:
            raise database_not_found(folded(name))
        return database

    def page(self, scope: Scope, after: str, limit: int) -> list[Document]:
        """Up to ``limit`` databases in the order of their names, from the first behind ``after``."""
        rows = self._state.execute(
            "SELECT document FROM glue_databases WHERE account=? AND region=? AND name>? ORDER BY name LIMIT ?",
            *scope, after, limit,
        )  # fmt: skip
        return [decode(document) for (document,) in rows]

    def update(self, scope: Scope, name: str, database_input: Document) -> None:
        """Replaces the definition: what the input leaves out is gone, as in Glue."""
        with self._state.transaction():
            old = self.get(scope, name)
            if folded(database_input["Name"]) != old["Name"]:
                raise Unsupported(f"renaming database {old['Name']} with UpdateDatabase", "create a new one")
            self._put(scope, self._accepted(scope, database_input, old["CreateTime"]))

    def delete(self, scope: Scope, name: str) -> None:
        """Glue deletes the tables asynchronously, at its discretion; here they are gone at once.

        https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteDatabase.html
        """
        with self._state.transaction():
            database = self.get(scope, name)["Name"]
            for table in ("glue_partitions", "glue_table_versions", "glue_tables"):
                self._state.execute(
                    f"DELETE FROM {table} WHERE account=? AND region=? AND database=?", *scope, database
                )
            self._state.execute("DELETE FROM glue_databases WHERE account=? AND region=? AND name=?", *scope, database)

    @staticmethod
    def _accepted(scope: Scope, database_input: Document, created: Any) -> Document:
        for member, what in UNSUPPORTED.items():
            if database_input.get(member):
                raise Unsupported(what)
        return {
            "CreateTableDefaultPermissions": EVERYBODY,
            **database_input,
            "Name": folded(database_input["Name"]),
            "CreateTime": created,
            "CatalogId": scope[0],
        }

    def _put(self, scope: Scope, database: Document) -> None:
        self._state.execute(
            "INSERT OR REPLACE INTO glue_databases VALUES (?, ?, ?, ?)", *scope, database["Name"], encode(database)
        )
