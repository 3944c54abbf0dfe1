"""Where projected partitions lie: a template of the location with a placeholder for each partition column.

Gives the prefixes to list (few, whatever the number of partitions) and finds an object's partition in its key.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from boathouse.errors import Unsupported
from boathouse.lake.objects import S3Uri
from boathouse.lake.projection.column import ProjectedColumn
from boathouse.lake.projection.settings import invalid
from boathouse.lake.scan import MOST_LISTINGS, Places, Values

_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")
_ESCAPED = re.compile(r"[\x00-\x1f\"#%'*/:=?\\\x7f{\[\]^]")
"""What Hive escapes in the folder of a partition (org.apache.hadoop.hive.common.FileUtils)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """``template`` is ``s3://bucket/…/`` with ``${column}``; with ``hive`` values are escaped as Hive escapes them."""

    template: str
    columns: Mapping[str, ProjectedColumn]
    hive: bool

    def prefixes(self) -> list[S3Uri]:
        """At most MOST_LISTINGS: leading placeholders are filled in while the values left are few enough."""
        filled: list[tuple[str, dict[str, str]]] = [("", {})]
        for literal, column in _parts(self.template):
            filled = [(text + literal, known) for text, known in filled]
            if column is None:
                break
            if column in filled[0][1]:
                filled = [(text + known[column], known) for text, known in filled]
                continue
            values = self.columns[column].texts(MOST_LISTINGS // len(filled))
            if values is None:
                beginning = self.columns[column].beginning
                filled = [(text + (escape(beginning) if self.hive else beginning), known) for text, known in filled]
                break
            escaped = [escape(value) if self.hive else value for value in values]
            filled = [(text + value, known | {column: value}) for text, known in filled for value in escaped]
            if not filled:
                return []
        return _disjoint(self._uri(text) for text, _ in filled)

    def places(self, bucket: str) -> Places:
        """Which partition, if any, an object of the bucket lies in."""
        matcher = re.compile(self._regex)
        groups = [f"c{index}" for index in range(len(self.columns))]
        # Objects are many, texts of one column are few.
        finders = [cache(self._finder(column)) for column in self.columns.values()]

        def places(key: str) -> Iterable[tuple[Values, int]]:
            match = matcher.match(f"{bucket}/{key}")
            if match is None:
                return ()
            values = tuple(find(match[group]) for find, group in zip(finders, groups, strict=True))
            return () if None in values else ((values, match.end() - len(bucket) - 1),)

        return places

    def _finder(self, column: ProjectedColumn) -> Callable[[str], str | None]:
        return (lambda text: column.value_of(unescape(text))) if self.hive else column.value_of

    @property
    def _regex(self) -> str:
        """Of bucket and key together. A placeholder that comes again must have the same text."""
        names, seen, parts = list(self.columns), set[str](), list[str]()
        for literal, column in _parts(self.template):
            parts.append(re.escape(literal))
            if column is not None:
                group = f"c{names.index(column)}"
                text = "[^/]+" if self.hive else self.columns[column].regex
                parts.append(f"(?P={group})" if column in seen else f"(?P<{group}>{text})")
                seen.add(column)
        return "".join(parts)

    def _uri(self, text: str) -> S3Uri:
        bucket, slash, key = text.partition("/")
        if not slash:
            raise Unsupported(f"the placeholder in the bucket of {self.template} without a filter on its column")
        return S3Uri(bucket, key)


def layout(location: S3Uri, template: str | None, columns: Mapping[str, ProjectedColumn]) -> Layout:
    """Of the table's own template, or Hive's ``column=value`` folders beneath its location."""
    if template is None:
        folders = "".join(f"{name}=${{{name}}}/" for name in columns)
        return Layout(f"{location.folder.bucket}/{location.folder.key}{folders}", columns, hive=True)
    named = {name.lower() for name in _PLACEHOLDER.findall(template)}
    if absent := [name for name in columns if name not in named]:
        raise invalid(f"storage.location.template has no placeholder for the partition columns [{', '.join(absent)}]")
    if unknown := sorted(named - set(columns)):
        raise invalid(f"storage.location.template has placeholders for no partition columns: [{', '.join(unknown)}]")
    try:
        uri = S3Uri.parse(template)
    except ValueError as error:
        raise invalid(f"storage.location.template: {error}") from error
    return Layout(f"{uri.bucket}/{uri.folder.key}", columns, hive=False)


def escape(value: str) -> str:
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", value)


def unescape(text: str) -> str:
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)


def _parts(template: str) -> Sequence[tuple[str, str | None]]:
    """Literal texts, each with the column whose placeholder follows; None at the end."""
    pieces = _PLACEHOLDER.split(template)
    columns = [name.lower() for name in pieces[1::2]]
    return list(zip(pieces[::2], [*columns, None], strict=True))


def _disjoint(uris: Iterable[S3Uri]) -> list[S3Uri]:
    kept: list[S3Uri] = []
    for uri in sorted(set(uris), key=lambda uri: (uri.bucket, uri.key)):
        if not kept or kept[-1].bucket != uri.bucket or not uri.key.startswith(kept[-1].key):
            kept.append(uri)
    return kept
