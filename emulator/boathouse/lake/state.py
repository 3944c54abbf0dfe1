"""What is ours and must survive: one SQLite file, written before the answer goes out.

Stores declare collections of JSON documents, or tables of their own; everything is keyed by account and region.
Used from the event loop's thread only. WAL with synchronous=NORMAL: a kill -9 loses nothing that was committed.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from boathouse.context import Scope
from boathouse.errors import INSUFFICIENT_STORAGE, AwsError, StartError
from boathouse.lake import state_file

VERSION = 1
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
UNSAVED = (
    "emulator: this cannot be kept in {} ({}). Free space there and ask again; all that was answered before is kept"
)
NO_USE = (
    "the state file {} cannot be used ({}). Free space there, or see who may write there, or start with --state DIR on"
    " another folder; nothing was changed"
)
Document = dict[str, Any]


class State:
    """``path`` None keeps everything in memory, for tests."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path is not None:
            _whole(path)
        self._connection = sqlite3.connect(str(path or ":memory:"), isolation_level=None)
        self._depth = 0
        self._tables: list[str] = []
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            if (error.sqlite_errorcode & 0xFF) in NO_ROOM:
                raise StartError(NO_USE.format(path, error)) from error
            raise StartError(f"the state file {path} cannot be read ({error}). {state_file.NEXT_STEP}") from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise StartError(
                f"the state file {self._path} is of version {version}, this Boathouse writes version {VERSION}."
                " Start the Boathouse that wrote it, or start with --state DIR on another folder"
            )
        self._connection.execute(f"PRAGMA user_version={VERSION}")
        self.declare(
            "documents",
            "collection TEXT, account TEXT, region TEXT, key TEXT, document TEXT NOT NULL,"
            " PRIMARY KEY (collection, account, region, key)",
        )

    def declare(self, table: str, columns: str, *, large: bool = False) -> None:
        """Declares a table of a store's own; a reset empties it with the rest.

        ``large``: rows of a kilobyte and more. In a table without row ids each of them would take a page for what is
        beyond its first half kilobyte, and four times as long to write (https://www.sqlite.org/withoutrowid.html).
        """
        kind = "" if large else "WITHOUT ROWID"
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns}) {kind}")
        self._tables.append(table)

    def collection(self, name: str) -> "Collection":
        return Collection(self, name)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, parameters)
        except sqlite3.OperationalError as error:
            raise self._explained(error) from error

    def execute_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        with self.transaction():
            try:
                self._connection.executemany(sql, rows)
            except sqlite3.OperationalError as error:
                raise self._explained(error) from error

    def _explained(self, error: sqlite3.OperationalError) -> Exception:
        """What a client is told of a disk that takes no more."""
        if self._path is None or (error.sqlite_errorcode & 0xFF) not in NO_ROOM:
            return error
        return AwsError("InternalFailure", UNSAVED.format(self._path.parent, error), status=INSUFFICIENT_STORAGE)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; may be nested, and must not be held across an await."""
        if self._depth == 0:
            self.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self.execute("COMMIT")
        except BaseException:
            if self._depth == 1 and self._connection.in_transaction:  # a full disk has rolled it back by itself
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def clear(self) -> None:
        with self.transaction():
            for table in self._tables:
                self.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        self._connection.close()


class Collection:
    """JSON documents by scope and key, in key order. Datetimes and bytes come back as they went in."""

    def __init__(self, state: State, name: str) -> None:
        self._state = state
        self._name = name

    def get(self, scope: Scope, key: str) -> Document | None:
        found = self._state.execute(
            "SELECT document FROM documents WHERE collection=? AND account=? AND region=? AND key=?",
            self._name, *scope, key,
        ).fetchone()  # fmt: skip
        return None if found is None else decode(found[0])

    def put(self, scope: Scope, key: str, document: Document) -> None:
        self._state.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)", self._name, *scope, key, encode(document)
        )

    def put_many(self, scope: Scope, documents: dict[str, Document]) -> None:
        self._state.execute_many(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
            [(self._name, *scope, key, encode(document)) for key, document in documents.items()],
        )

    def delete(self, scope: Scope, key: str) -> bool:
        """Whether there was one."""
        return self._delete("key=?", scope, key)

    def delete_prefix(self, scope: Scope, prefix: str) -> bool:
        return self._delete("key>=? AND key<?", scope, *_range(prefix))

    def _delete(self, condition: str, scope: Scope, *parameters: str) -> bool:
        return (
            self._state.execute(
                f"DELETE FROM documents WHERE collection=? AND account=? AND region=? AND {condition}",
                self._name, *scope, *parameters,
            ).rowcount
            > 0
        )  # fmt: skip

    def items(self, scope: Scope, prefix: str = "") -> list[tuple[str, Document]]:
        rows = self._state.execute(
            "SELECT key, document FROM documents WHERE collection=? AND account=? AND region=?"
            " AND substr(key, 1, length(?))=? ORDER BY key",
            self._name, *scope, prefix, prefix,
        ).fetchall()  # fmt: skip
        return [(key, decode(document)) for key, document in rows]

    def all(self) -> list[tuple[Scope, str, Document]]:
        """Every scope's documents: what a start needs to resume work."""
        rows = self._state.execute(
            "SELECT account, region, key, document FROM documents WHERE collection=? ORDER BY account, region, key",
            self._name,
        ).fetchall()
        return [((account, region), key, decode(document)) for account, region, key, document in rows]


def _whole(path: Path) -> None:
    """The file, made or as it was left. Raises StartError where it cannot be."""
    try:
        if path.exists():
            state_file.check(path)
        else:
            state_file.make(path, VERSION)
    except (OSError, sqlite3.OperationalError) as error:
        raise StartError(NO_USE.format(path, error)) from error


def _range(prefix: str) -> tuple[str, str]:
    """The keys with this prefix, as a range that the primary key's index serves."""
    return prefix, prefix + "\U0010ffff"


def encode(document: Document) -> str:
    return json.dumps(document, default=_tag, separators=(",", ":"))


def decode(text: str) -> Document:
    document: Document = json.loads(text, object_hook=_untag)
    return document


def _tag(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"state cannot keep a {type(value).__name__}")


def _untag(value: dict[str, Any]) -> Any:
    if len(value) == 1:
        if "$datetime" in value:
            return datetime.fromisoformat(value["$datetime"])
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
    return value
