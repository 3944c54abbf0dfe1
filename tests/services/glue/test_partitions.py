"""Partitions, one at a time, in batches and in pages, through boto3."""

import time
from collections.abc import Callable
from typing import Any

from tests.services.glue.conftest import Table

Refused = Callable[..., tuple[str, str]]
EXISTS = {"ErrorCode": "AlreadyExistsException", "ErrorMessage": "Partition already exists."}
NOT_FOUND = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "Cannot find partition."}


def test_a_partition_is_kept_as_given(glue: Any, database: str, table: Table) -> None:
    given = Table.partition("2024-01-01", "1", Parameters={"rows": "7"})
    glue.create_partition(**table.at, PartitionInput=given)
    found = glue.get_partition(**table.at, PartitionValues=given["Values"])["Partition"]
    assert found["StorageDescriptor"].items() >= given["StorageDescriptor"].items()
    assert (found["Values"], found["Parameters"]) == (given["Values"], given["Parameters"])
    assert (found["DatabaseName"], found["TableName"], found["CatalogId"]) == (database, "t", "000000000000")
    assert "CreationTime" in found


def test_refusals(glue: Any, table: Table, refused: Refused) -> None:
    given = Table.partition("2024-01-01", "1")
    glue.create_partition(**table.at, PartitionInput=given)
    # client(AWS CLI and boto3, as their users quote them)
    assert refused("create_partition", **table.at, PartitionInput=given) == tuple(EXISTS.values())
    for operation in ("get_partition", "delete_partition"):
        assert refused(operation, **table.at, PartitionValues=["x", "1"]) == tuple(NOT_FOUND.values())
    # client(Hudi): https://github.com/apache/hudi/issues/6281
    mismatch = (
        "InvalidInputException",
        "The number of partition keys do not match the number of partition values",
    )
    assert refused("create_partition", **table.at, PartitionInput={"Values": ["2024-01-01"]}) == mismatch
    assert refused("create_partition", **table.at, PartitionInput={}) == mismatch
    assert refused("get_partition", **table.at, PartitionValues=["a", "b", "c"]) == mismatch
    assert refused("get_partitions", **table.at | {"TableName": "nowhere"})[1] == "Table nowhere not found."


def test_update_moves_location_and_values(glue: Any, table: Table, refused: Refused) -> None:
    table.add(Table.partition("2024-01-01", "1"), Table.partition("2024-01-02", "1"))
    moved = Table.partition("2024-01-01", "1")
    moved["StorageDescriptor"]["Location"] = "s3://lake/run=2/"
    glue.update_partition(**table.at, PartitionValueList=["2024-01-01", "1"], PartitionInput=moved)
    found = glue.get_partition(**table.at, PartitionValues=["2024-01-01", "1"])["Partition"]
    assert found["StorageDescriptor"]["Location"] == "s3://lake/run=2/"
    renamed = {"PartitionValueList": ["2024-01-01", "1"], "PartitionInput": Table.partition("2024-01-03", "1")}
    glue.update_partition(**table.at, **renamed)
    assert table.values() == [["2024-01-02", "1"], ["2024-01-03", "1"]]
    assert refused("update_partition", **table.at, **renamed) == tuple(NOT_FOUND.values())
    taken = {"PartitionValueList": ["2024-01-03", "1"], "PartitionInput": Table.partition("2024-01-02", "1")}
    assert refused("update_partition", **table.at, **taken) == tuple(EXISTS.values())


def test_batches_name_the_entries_that_failed(glue: Any, table: Table) -> None:
    first, second = Table.partition("2024-01-01", "1"), Table.partition("2024-01-02", "1")
    assert table.add(first) == []
    assert table.add(second, first) == [{"PartitionValues": ["2024-01-01", "1"], "ErrorDetail": EXISTS}]
    asked = [{"Values": values} for values in (["2024-01-02", "1"], ["x", "1"])]
    found = glue.batch_get_partition(**table.at, PartitionsToGet=asked)
    # measured by others: https://github.com/getmoto/moto/pull/2320
    assert [partition["Values"] for partition in found["Partitions"]] == [["2024-01-02", "1"]]
    assert found["UnprocessedKeys"] == []
    changed = Table.partition("2024-01-02", "1", Parameters={"a": "b"})
    entries = [
        {"PartitionValueList": ["2024-01-02", "1"], "PartitionInput": changed},
        {"PartitionValueList": ["x", "1"], "PartitionInput": Table.partition("x", "1")},
    ]
    errors = glue.batch_update_partition(**table.at, Entries=entries)["Errors"]
    assert errors == [{"PartitionValueList": ["x", "1"], "ErrorDetail": NOT_FOUND}]
    found = glue.get_partition(**table.at, PartitionValues=["2024-01-02", "1"])["Partition"]
    assert found["Parameters"] == {"a": "b"}
    errors = glue.batch_delete_partition(**table.at, PartitionsToDelete=asked)["Errors"]
    assert errors == [{"PartitionValues": ["x", "1"], "ErrorDetail": NOT_FOUND}]
    assert table.values() == [["2024-01-01", "1"]]


def test_batches_have_a_limit(table: Table, refused: Refused) -> None:
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-partitions.html)
    inputs = [Table.partition("2024-01-01", str(number)) for number in range(101)]
    code, message = refused("batch_create_partition", **table.at, PartitionInputList=inputs)
    assert code == "ValidationException"
    assert (
        "'partitionInputList' failed to satisfy constraint: Member must have length less than or equal to 100"
        in message
    )
    values = [{"Values": ["a", str(number)]} for number in range(26)]
    code, message = refused("batch_delete_partition", **table.at, PartitionsToDelete=values)
    assert (code, "less than or equal to 25" in message) == ("ValidationException", True)


def test_expressions_filter(glue: Any, table: Table, refused: Refused) -> None:
    table.add(*(Table.partition(f"2024-01-{day:02}", str(number)) for day in range(1, 11) for number in (2, 10)))
    assert table.values(Expression="dt = '2024-01-05' AND n > 2") == [["2024-01-05", "10"]]
    assert len(table.values(Expression="dt BETWEEN '2024-01-03' AND '2024-01-04' OR n = 2")) == 12
    assert table.values(Expression="dt = 'x'") == []
    assert len(table.values(Expression="")) == 20
    assert len(table.values(Expression="n = 10", PaginationConfig={"PageSize": 3})) == 10
    assert refused("get_partitions", **table.at, Expression="nothing = 1")[0] == "InvalidInputException"
    code, message = refused("get_partitions", **table.at, Expression="n = 1 or " * 300 + "n = 1")
    assert (code, "less than or equal to 2048" in message) == ("ValidationException", True)


def test_segments_do_not_overlap(table: Table, refused: Refused) -> None:
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_Segment.html)
    table.add(*(Table.partition("2024-01-01", str(number)) for number in range(200)))
    parts = [table.values(Segment={"SegmentNumber": number, "TotalSegments": 4}) for number in range(4)]
    assert sorted(values for part in parts for values in part) == sorted(table.values())
    assert all(20 < len(part) < 80 for part in parts)
    code, _ = refused("get_partitions", **table.at, Segment={"SegmentNumber": 4, "TotalSegments": 4})
    assert code == "InvalidInputException"


def test_exclude_column_schema(glue: Any, table: Table) -> None:
    table.add(Table.partition("2024-01-01", "1"))
    (found,) = glue.get_partitions(**table.at, ExcludeColumnSchema=True)["Partitions"]
    assert "Columns" not in found["StorageDescriptor"]
    assert found["StorageDescriptor"]["Location"].startswith("s3://lake/")


def test_ten_thousand_partitions(glue: Any, table: Table) -> None:
    days = [f"20{year}-{month:02}-{day:02}" for year in range(20, 30) for month in range(1, 13) for day in range(1, 29)]
    assert table.add(*(Table.partition(day, str(number)) for day in days for number in range(3))) == []
    started = time.monotonic()
    found = table.values()
    everything = time.monotonic() - started
    assert len(found) == len(days) * 3 == 10_080
    started = time.monotonic()
    assert len(table.values(Expression="dt >= '2029-12-01' AND n IN (1, 2)")) == 56
    filtered = time.monotonic() - started
    # Generous towards a machine that does other things as well: these take 0.8 and 0.05 s.
    assert everything < 6, f"all pages took {everything:.1f} s"
    assert filtered < 1, f"the filtered ones took {filtered:.1f} s"


def test_deleting_the_table_takes_them_along(glue: Any, database: str, table: Table) -> None:
    table.add(Table.partition("2024-01-01", "1"))
    glue.delete_table(DatabaseName=database, Name="t")
    Table(glue, database)
    assert table.values() == []


def test_an_unpartitioned_table(glue: Any, database: str, refused: Refused) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "plain"})
    at = {"DatabaseName": database, "TableName": "plain"}
    assert glue.get_partitions(**at)["Partitions"] == []
    assert refused("create_partition", **at, PartitionInput={"Values": ["x"]})[0] == "InvalidInputException"
    # assumed: without keys no column can be named.
    assert refused("get_partitions", **at, Expression="dt = '1'")[0] == "InvalidInputException"


def test_there_are_no_partition_indexes(glue: Any, table: Table, refused: Refused) -> None:
    # client(Terraform, aws_glue_catalog_table): asks for them whenever it reads a table.
    assert glue.get_partition_indexes(**table.at)["PartitionIndexDescriptorList"] == []
    assert refused("get_partition_indexes", **table.at | {"TableName": "nowhere"})[0] == "EntityNotFoundException"
    index = {"Keys": ["dt"], "IndexName": "i"}
    assert refused("create_partition_index", **table.at, PartitionIndex=index)[0] == "NotImplemented"
