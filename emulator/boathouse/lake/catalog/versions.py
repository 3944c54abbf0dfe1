"""Earlier versions of tables. The current version is the table itself, and is listed with them."""

from boathouse.context import Scope
from boathouse.lake.catalog.refusals import invalid, version_not_found
from boathouse.lake.catalog.schema import WITHIN_TABLE
from boathouse.lake.state import Document, State, decode, encode


class Versions:
    def __init__(self, state: State) -> None:
        self._state = state

    def archive(self, scope: Scope, table: Document) -> None:
        self._state.execute(
            "INSERT OR REPLACE INTO glue_table_versions VALUES (?, ?, ?, ?, ?, ?)",
            *scope, table["DatabaseName"], table["Name"], int(table["VersionId"]), encode(table),
        )  # fmt: skip

    def get(self, scope: Scope, table: Document, version_id: str | None) -> Document:
        """The version of ``table`` (its current document) with this id, or the current one."""
        if version_id is None or version_id == table["VersionId"]:
            return table
        row = self._state.execute(
            f"SELECT document FROM glue_table_versions WHERE {WITHIN_TABLE} AND version=?",
            *scope, table["DatabaseName"], table["Name"], number(version_id),
        ).fetchone()  # fmt: skip
        if row is None:
            raise version_not_found()
        return decode(row[0])

    def page(self, scope: Scope, table: Document, before: int | None, limit: int) -> list[Document]:
        """Up to ``limit`` versions, newest first, from the first older than ``before``."""
        current = [] if before is not None else [table]
        rows = self._state.execute(
            f"SELECT document FROM glue_table_versions WHERE {WITHIN_TABLE} AND version<?"
            " ORDER BY version DESC LIMIT ?",
            *scope, table["DatabaseName"], table["Name"],
            int(table["VersionId"]) if before is None else before, limit - len(current),
        )  # fmt: skip
        return current + [decode(document) for (document,) in rows]

    def delete(self, scope: Scope, table: Document, version_id: str) -> None:
        if version_id == table["VersionId"]:
            raise invalid("Cannot delete the current version of a table; delete the table instead.")
        deleted = self._state.execute(
            f"DELETE FROM glue_table_versions WHERE {WITHIN_TABLE} AND version=?",
            *scope, table["DatabaseName"], table["Name"], number(version_id),
        )  # fmt: skip
        if deleted.rowcount == 0:
            raise version_not_found()


def number(version_id: str) -> int:
    """Version ids are texts of numbers; raises InvalidInputException."""
    if not version_id.isdecimal():
        raise invalid(f"Version id {version_id} is not a valid number.")
    return int(version_id)
