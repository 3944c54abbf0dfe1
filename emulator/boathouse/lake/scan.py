"""Which objects are a table's: the prefixes to list, and the partition that each listed object belongs to.

Knows no table. Listings are the costly part of a query on many partitions, so that a scan lists few prefixes and
sorts the objects out itself, and all scans of a platform together list only so many at a time.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from boathouse.context import Principal
from boathouse.lake.objects import Objects, S3Uri
from boathouse.relation import File

MOST_LISTINGS = 32
"""A scan lists every location by itself up to here, beyond it prefixes that several of them share."""
AT_A_TIME = 8
ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""Athena reads past them (https://docs.aws.amazon.com/athena/latest/ug/querying-glacier.html)."""

Values = tuple[str | None, ...]
Places = Callable[[str], Iterable[tuple[Values, int]]]
"""Takes an object's key; gives the partitions that it lies in, each with where the key's part below it begins."""


@dataclass(frozen=True, slots=True)
class Scan:
    """``prefixes`` do not overlap; ``places`` are those of objects in their bucket."""

    prefixes: Mapping[S3Uri, Places]

    async def files(self, lister: "Lister", principal: Principal) -> tuple[File, ...]:
        """The files in the order of their addresses; raises S3's own errors, such as NoSuchBucket."""
        found = await asyncio.gather(*(lister.files(principal, *prefix) for prefix in self.prefixes.items()))
        return tuple(chain.from_iterable(found))


class Lister:
    """Lists, so many prefixes at a time and no more."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._turns = asyncio.Semaphore(AT_A_TIME)

    async def files(self, principal: Principal, prefix: S3Uri, places: Places) -> list[File]:
        """Page by page, so that a hundred thousand objects do not hold up everybody else."""
        files: list[File] = []
        async with self._turns:
            async for page in self._objects.pages(principal, prefix):
                files += [
                    File(f"s3://{prefix.bucket}/{found.key}", found.size, values)
                    for found in page
                    if found.size and found.storage_class not in ARCHIVED
                    for values, start in places(found.key)
                    if not is_hidden(found.key, start)
                ]
        return files


def is_hidden(key: str, start: int) -> bool:
    """Whether the object's name, or a folder between location and object, begins with ``_`` or ``.``.

    https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html, and for folders Trino's file iterator.
    Hadoop's ``x_$folder$`` markers are no data either.
    """
    below = key[start:]
    return below.endswith("_$folder$") or any(part.startswith(("_", ".")) for part in below.split("/"))


def scan_of_folders(folders: Iterable[tuple[S3Uri, Values]]) -> Scan:
    """A scan of locations, each with its partition's values. A location may lie within another, or be another's too."""
    buckets: dict[str, dict[str, list[Values]]] = {}
    for uri, values in folders:
        folder = uri.folder
        buckets.setdefault(folder.bucket, {}).setdefault(folder.key, []).append(values)
    prefixes: dict[S3Uri, Places] = {}
    for bucket, keys in buckets.items():
        places = _enclosing(keys)
        prefixes |= {S3Uri(bucket, prefix): places for prefix in covering(keys)}
    return Scan(prefixes)


def _enclosing(folders: Mapping[str, list[Values]]) -> Places:
    def places(key: str) -> Iterator[tuple[Values, int]]:
        end = 0
        while True:
            for values in folders.get(key[:end], ()):
                yield values, end
            end = key.find("/", end) + 1
            if end == 0:
                return

    return places


def covering(folders: Collection[str], most: int = MOST_LISTINGS) -> list[str]:
    """At most ``most`` prefixes that do not overlap and under which all folders lie, as long as can be."""
    depth = max(folder.count("/") for folder in folders)
    groups = _grouped(folders, depth)
    while len(groups) > most:
        depth -= 1
        groups = _grouped(folders, depth)
    prefixes: list[str] = []
    for prefix in sorted(beginning_of(group) for group in groups.values()):
        if not prefixes or not prefix.startswith(prefixes[-1]):
            prefixes.append(prefix)
    return prefixes


def _grouped(folders: Collection[str], depth: int) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for folder in folders:
        groups.setdefault("/".join(folder.split("/")[:depth]), []).append(folder)
    return groups


def beginning_of(texts: Collection[str]) -> str:
    """What all of the texts begin with: what the first and the last of them, in order, have in common."""
    if not texts:
        return ""
    first, last = min(texts), max(texts)
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:at]
    return first
