"""Athena's partition projection: partitions that table properties describe, instead of the catalog.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html. It lists few prefixes however many partitions
are projected: each location by itself where the conditions leave a few dozen, else what their locations begin with.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from boathouse.lake.conditions import ColumnTest, tests_of
from boathouse.lake.objects import S3Uri
from boathouse.lake.projection.column import ProjectedColumn
from boathouse.lake.projection.dates import DateColumn
from boathouse.lake.projection.enums import enum, injected
from boathouse.lake.projection.integers import IntegerColumn
from boathouse.lake.projection.layout import layout
from boathouse.lake.projection.settings import ProjectionSettings, invalid
from boathouse.lake.scan import Scan
from boathouse.lake.state import Document
from boathouse.relation import Column, Condition

TYPES = ("enum", "integer", "date", "injected")


def is_projected(table: Document) -> bool:
    """Whether the table's partitions are projected, and those registered in the catalog count for nothing."""
    return ProjectionSettings(table).enabled


def scan_of_projection(
    table: Document, location: S3Uri, columns: Sequence[Column], conditions: Iterable[Condition], now: datetime
) -> Scan:
    """The scan of the partitions that the conditions leave. ``now`` is in UTC, with or without saying so."""
    settings = ProjectionSettings(table)
    if missing := [column.name for column in columns if settings.get(column.name, "type") is None]:
        raise settings.missing(missing)
    moment = now.replace(tzinfo=None)
    projected = {test.column.name: _projected(test, settings, moment) for test in tests_of(columns, tuple(conditions))}
    places = layout(location, settings.template, projected)
    return Scan({prefix: places.places(prefix.bucket) for prefix in places.prefixes()})


def _projected(test: ColumnTest, settings: ProjectionSettings, now: datetime) -> ProjectedColumn:
    kind = settings.required(test.column.name, "type").strip().lower()
    match kind:
        case "enum":
            return enum(test, settings)
        case "integer":
            return IntegerColumn(test, settings)
        case "date":
            return DateColumn(test, settings, now)
        case "injected":
            return injected(test)
    raise invalid(f'projection.{test.column.name}.type must be one of {", ".join(TYPES)}: "{kind}"')
