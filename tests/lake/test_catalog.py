"""What the catalog promises beyond its operations: it survives the process, and accounts and regions are apart."""

from pathlib import Path

import pytest

from boathouse.clock import Clock
from boathouse.context import Scope, root_of
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.catalog import Catalog
from boathouse.lake.state import State
from tests.lake.test_access import create, storage


def test_what_was_written_is_there_after_a_restart(tmp_path: Path, scope: Scope, clock: Clock) -> None:
    first = State(tmp_path / "state.sqlite")
    catalog = Catalog(first, clock)
    catalog.databases.create(scope, {"Name": "db"})
    table = create(catalog, scope, {"dt": "string"})
    catalog.partitions.create(scope, table, {"Values": ["a"], "StorageDescriptor": storage("s3://lake/a")})
    # Not closed before it is opened again: as after kill -9.
    second = State(tmp_path / "state.sqlite")
    again = Catalog(second, clock)
    found = again.tables.get(scope, "db", "t")
    assert found == table
    assert [place.location for place in again.partitions.places(scope, found)] == ["s3://lake/a"]
    first.close()
    second.close()


def test_accounts_and_regions_are_apart(catalog: Catalog, scope: Scope) -> None:
    create(catalog, scope, {})
    for other in (root_of("111111111111").scope, root_of(region="eu-west-1").scope):
        with pytest.raises(AwsError, match=r"Database db not found\."):
            catalog.tables.get(other, "db", "t")
        catalog.databases.create(other, {"Name": "db"})
        assert catalog.tables.find(other, "db", "t") is None
        catalog.databases.delete(other, "db")
    assert catalog.tables.find(scope, "db", "t") is not None


def test_keys_of_a_table_with_partitions_stay_as_many(catalog: Catalog, scope: Scope) -> None:
    table = create(catalog, scope, {"dt": "string"})
    more = {"Name": "t", "PartitionKeys": [{"Name": "dt", "Type": "date"}, {"Name": "n", "Type": "int"}]}
    catalog.partitions.create(scope, table, {"Values": ["a"]})
    with pytest.raises(Unsupported, match="another number of partition keys for table t"):
        catalog.tables.update(scope, "db", more)
    catalog.partitions.delete(scope, table, ["a"])
    catalog.tables.update(scope, "db", more)


def test_names_with_a_slash(catalog: Catalog, scope: Scope) -> None:
    for database in ("a", "a/b"):
        catalog.databases.create(scope, {"Name": database})
    catalog.tables.create(scope, "a", {"Name": "b/c"}, "arn")
    assert catalog.tables.find(scope, "a/b", "c") is None
    catalog.databases.delete(scope, "a/b")
    assert catalog.tables.find(scope, "a", "b/c") is not None


def test_empty_values_from_within(catalog: Catalog, scope: Scope) -> None:
    """Clients hear of them from the model already; calls inside the platform do not."""
    table = create(catalog, scope, {"dt": "string"})
    with pytest.raises(AwsError, match=r"InvalidInputException: Partition values cannot be empty\."):
        catalog.partitions.create(scope, table, {"Values": [""]})
