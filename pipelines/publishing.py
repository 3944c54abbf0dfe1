"""What makes a location the day, or the table: one Glue call each, so that a reader sees the old or the new.

Nothing under a registered location is written or deleted. What a switch leaves behind is noted before it, and goes
after a grace period.
"""

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from pipelines.errors import Incomplete
from pipelines.lakebucket import LakeBucket
from pipelines.lock import PublishLock
from pipelines.settings import Profile
from pipelines.stack import Stack

BY_DAY = ("silver_cleaned", "fact_events")
WHOLE = ("dim_date", "dim_repo", "dim_repo_names", "dim_user")
STAGING = "staging_"
NOTES = "runs/superseded/"
Published = dict[str, str | None]
TABLE_INPUT = (
    "Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
    "ViewExpandedText", "TableType", "Parameters", "TargetTable",
)  # fmt: skip
"""What of GetTable's answer UpdateTable takes (https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html)."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes for the run that holds ``lock``; raises LockLost before a switch if it no longer does."""

    glue: Any
    bucket: LakeBucket
    database: str
    run: str
    lock: PublishLock

    @classmethod
    def of(cls, profile: Profile, stack: Stack, run: str, lock: PublishLock) -> "Publisher":
        return cls(profile.client("glue"), LakeBucket.of(profile, stack), stack.database, run, lock)

    def published(self, table_name: str, days: Iterable[str]) -> Published:
        """Where each day lies now; None for one that was never published."""
        return {day: self._location_of_day(table_name, day) for day in days}

    def publish_days(self, table_name: str, locations: dict[str, str], expected: Published | None = None) -> None:
        """``locations``: day to ``s3://…/dt=D/``. One UpdatePartition or CreatePartition a day; again, it does nothing.

        ``expected`` is what was published when the run began to read; raises Incomplete where another run has published
        one of the days since, whose lines this one may not have seen.
        """
        storage = self._table(table_name)["StorageDescriptor"]
        known = self.published(table_name, locations)
        for day, location in locations.items():
            if expected is not None and known[day] not in (expected[day], location):
                raise Incomplete(
                    f"{table_name} of {day} was published by another run meanwhile; run again from the start"
                )
        todo = {day: location for day, location in locations.items() if known[day] != location}
        self._note(table_name, [place for day in todo if (place := known[day]) is not None])
        names = {"DatabaseName": self.database, "TableName": table_name}
        for day, location in todo.items():
            partition = {"Values": [day], "StorageDescriptor": storage | {"Location": location}}
            self.lock.check()
            if known[day] is None:
                self.glue.create_partition(**names, PartitionInput=partition)
            else:
                self.glue.update_partition(**names, PartitionValueList=[day], PartitionInput=partition)

    def publish_table(self, table_name: str, location: str) -> None:
        """Gives a whole table another location, by one UpdateTable; again, it does nothing."""
        table = self._table(table_name)
        if table["StorageDescriptor"]["Location"] == location:
            return
        self._note(table_name, [table["StorageDescriptor"]["Location"]])
        given = {key: table[key] for key in TABLE_INPUT if key in table}
        given["StorageDescriptor"] = table["StorageDescriptor"] | {"Location": location}
        self.lock.check()
        self.glue.update_table(DatabaseName=self.database, TableInput=given)

    def drop_staging(self) -> list[str]:
        """Drops every staging table: who holds the lock is the only run alive, so all others' are dead runs'."""
        pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=self.database)
        names = [table["Name"] for page in pages for table in page["TableList"] if table["Name"].startswith(STAGING)]
        for name in names:
            self.lock.check()
            self.glue.delete_table(DatabaseName=self.database, Name=name)
        return names

    def sweep(self, grace: float) -> int:
        """Deletes what no table has referred to for ``grace`` seconds; returns how many objects.

        What a run superseded counts from its note. What none did was a dead run's, and counts from its newest object.
        """
        now, notes, registered = time.time(), self._notes(), self._registered()
        noted: dict[str, float] = {}
        for note in notes.values():
            noted |= {location: max(note["at"], noted.get(location, 0)) for location in note["locations"]}
        deleted = 0
        for folder, entries in self._folders_of_runs().items():
            if folder.startswith(registered):
                continue
            since = noted.get(folder) or max(entry["LastModified"].timestamp() for entry in entries)
            if now - since >= grace:
                self.lock.check()
                deleted += self.bucket.delete(entry["Key"] for entry in entries)
        spent = [
            key for key, note in notes.items()
            if now - note["at"] >= grace and not any(place.startswith(registered) for place in note["locations"])
        ]  # fmt: skip
        self.bucket.delete(spent)
        return deleted

    def _table(self, name: str) -> dict[str, Any]:
        table: dict[str, Any] = self.glue.get_table(DatabaseName=self.database, Name=name)["Table"]
        return table

    def _location_of_day(self, table_name: str, day: str) -> str | None:
        try:
            answer = self.glue.get_partition(DatabaseName=self.database, TableName=table_name, PartitionValues=[day])
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            return None
        location: str = answer["Partition"]["StorageDescriptor"]["Location"]
        return location

    def _note(self, table_name: str, locations: Iterable[str]) -> None:
        """Before the switch: a run that dies right after it has still said since when the old files are nobody's."""
        places = [_folder(location) for location in locations]
        if places:
            # One note a try: what a first one had switched when it died, the second no longer sees.
            name = f"{self.run}-{table_name}-{secrets.token_hex(3)}"
            self.bucket.put_json(f"{NOTES}{name}.json", {"at": time.time(), "locations": places})

    def _notes(self) -> dict[str, dict[str, Any]]:
        notes = {key: self.bucket.get_json(key) for key in self.bucket.keys(NOTES)}
        return {key: note for key, note in notes.items() if note is not None}

    def _registered(self) -> tuple[str, ...]:
        """Every location that a reader may be sent to."""
        locations = [self._table(name)["StorageDescriptor"]["Location"] for name in WHOLE]
        for name in BY_DAY:
            pages = self.glue.get_paginator("get_partitions").paginate(
                DatabaseName=self.database, TableName=name, ExcludeColumnSchema=True
            )
            locations += [entry["StorageDescriptor"]["Location"] for page in pages for entry in page["Partitions"]]
        return tuple(map(_folder, locations))

    def _folders_of_runs(self) -> dict[str, list[dict[str, Any]]]:
        """Objects below ``run=…/`` of Silver and Gold, by the folder that they lie in."""
        folders: dict[str, list[dict[str, Any]]] = {}
        for entry in (*self.bucket.entries("cleaned/"), *self.bucket.entries("aggregated/")):
            if re.search(r"/run=[^/]+/", entry["Key"]):
                folder = self.bucket.uri(entry["Key"].rpartition("/")[0])
                folders.setdefault(_folder(folder), []).append(entry)
        return folders


def _folder(location: str) -> str:
    return location.rstrip("/") + "/"
