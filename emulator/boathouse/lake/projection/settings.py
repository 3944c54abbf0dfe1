"""A table's projection properties, and Athena's sentences where they are missing or wrong."""

from boathouse.errors import AwsError
from boathouse.lake.formats import name_of
from boathouse.lake.state import Document


class ProjectionSettings:
    """``projection.COLUMN.SETTING`` of one table. Keys are read in any case, values without the space around them."""

    def __init__(self, table: Document) -> None:
        self.table = name_of(table)
        self._properties = {key.lower(): str(value) for key, value in (table.get("Parameters") or {}).items()}

    @property
    def enabled(self) -> bool:
        return self._properties.get("projection.enabled", "").strip().lower() == "true"

    @property
    def template(self) -> str | None:
        return self._properties.get("storage.location.template")

    def get(self, column: str, setting: str) -> str | None:
        value = self.raw(column, setting)
        return None if value is None else value.strip()

    def raw(self, column: str, setting: str) -> str | None:
        """With its white space, which counts in enum values."""
        return self._properties.get(f"projection.{column}.{setting}")

    def required(self, column: str, setting: str) -> str:
        value = self.raw(column, setting)
        if value is None:
            raise self.missing([column])
        return value

    def positive(self, column: str, setting: str) -> int | None:
        text = self.get(column, setting)
        if text is None:
            return None
        if not text.isdecimal() or int(text) == 0:
            raise invalid(f'projection.{column}.{setting} must be a positive integer: "{text}"')
        return int(text)

    def missing(self, columns: list[str]) -> AwsError:
        """https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html"""
        return AwsError(
            "HIVE_METASTORE_ERROR",
            f"Table {self.table} is configured for partition projection, but the following partition columns are"
            f" missing projection configuration: [{', '.join(columns)}] (table {self.table})",
        )


def invalid(message: str) -> AwsError:
    """Athena's code for it (https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html)."""
    return AwsError("INVALID_TABLE_PROPERTY", message)
