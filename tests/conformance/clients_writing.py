"""What clients write into the template's bucket, which takes nothing unencrypted, and what they then read of it."""

import datetime
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd
import pytest

from tests.clients import program
from tests.e2e.lakehouse import Lakehouse

WHERE: dict[str, Any] = {"database": "written", "workgroup": "analytics"}
ROWS: dict[str, list[Any]] = {
    "id": [1, 2, 3],
    "name": ["a", None, "c"],
    "at": [datetime.datetime.fromisoformat("1969-12-31 01:02:03.004"), None, datetime.datetime(2024, 1, 2)],  # noqa: DTZ001
    "day": [datetime.date(2024, 1, 1), None, datetime.date(1969, 12, 31)],
    "ratio": [0.5, None, -1.5],
    "yes": [True, None, False],
    "price": [Decimal("1.10"), None, Decimal("-3.30")],
    "tags": [["a", "b"], None, []],
    "dt": ["2024-01-01", "2024-01-01", "2024-01-02"],
}
TYPES = {
    "id": "bigint", "name": "string", "at": "timestamp", "day": "date", "ratio": "double", "yes": "boolean",
    "price": "decimal(3,2)", "tags": "array<string>", "dt": "string",
}  # fmt: skip


@pytest.fixture
def frame() -> Any:
    return pd.DataFrame(ROWS).astype({"yes": "boolean"})


@pytest.fixture
def encrypted(lakehouse: Lakehouse) -> dict[str, str]:
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": lakehouse.stack.key_arn}


@pytest.fixture
def root(lakehouse: Lakehouse, _shell: None) -> Iterator[str]:
    """A folder in the bucket for datasets, and the database ``written`` for their tables."""
    wr.catalog.create_database("written")
    yield f"s3://{lakehouse.bucket.name}/written/"
    wr.catalog.delete_database("written")
    wr.s3.delete_objects(f"s3://{lakehouse.bucket.name}/written/")


def rows(frame: Any) -> list[tuple[Any, ...]]:
    plain = frame.sort_values("id").astype(object).where(frame.notna(), None)
    found = plain.itertuples(index=False, name=None)
    return [tuple(list(value) if hasattr(value, "tolist") else value for value in row) for row in found]


def test_awswrangler_writes_a_table_and_reads_it(frame: Any, root: str, encrypted: dict[str, str]) -> None:
    def write(part: Any, mode: Any) -> None:
        wr.s3.to_parquet(
            part, path=f"{root}t/", dataset=True, database="written", table="t", partition_cols=["dt"], mode=mode,
            s3_additional_kwargs=encrypted,
        )  # fmt: skip

    write(frame, "overwrite")
    assert wr.catalog.get_table_types("written", "t") == TYPES
    wanted = [tuple(column[row] for column in ROWS.values()) for row in range(3)]
    assert rows(wr.athena.read_sql_table("t", **WHERE)) == wanted
    without = wr.athena.read_sql_table("t", ctas_approach=False, **WHERE)
    assert rows(without.drop(columns="tags")) == [(*row[:7], row[8]) for row in wanted]
    assert rows(wr.s3.read_parquet_table(database="written", table="t")) == wanted

    by_day = "SELECT dt, count(*) AS n FROM t GROUP BY dt ORDER BY dt"
    write(frame, "append")
    assert wr.athena.read_sql_query(by_day, **WHERE).values.tolist() == [["2024-01-01", 4], ["2024-01-02", 2]]
    write(frame[frame["dt"] == "2024-01-01"], "overwrite_partitions")
    assert wr.athena.read_sql_query(by_day, **WHERE).values.tolist() == [["2024-01-01", 2], ["2024-01-02", 2]]
    # a column more, in new files only
    write(frame.assign(more=1), "append")
    counted = wr.athena.read_sql_query("SELECT count(*) AS n, count(more) AS more FROM t", **WHERE)
    assert counted.values.tolist() == [[7, 3]]


def test_awswrangler_makes_a_table_of_a_query(frame: Any, root: str, encrypted: dict[str, str]) -> None:
    wr.s3.to_parquet(
        frame, path=f"{root}t/", dataset=True, database="written", table="t", s3_additional_kwargs=encrypted
    )
    wr.athena.create_ctas_table(
        "SELECT id, name, dt FROM t", ctas_table="made", partitioning_info=["dt"], wait=True, **WHERE
    )
    assert sorted(wr.catalog.get_partitions("written", "made").values()) == [["2024-01-01"], ["2024-01-02"]]
    made = wr.athena.read_sql_table("made", **WHERE)
    assert rows(made) == [(1, "a", "2024-01-01"), (2, None, "2024-01-01"), (3, "c", "2024-01-02")]


def test_json_lines_of_awswrangler(frame: Any, root: str, encrypted: dict[str, str]) -> None:
    wr.s3.to_json(
        frame[["id", "name", "dt"]], path=f"{root}j/", dataset=True, database="written", table="j",
        partition_cols=["dt"], orient="records", lines=True, index=False, s3_additional_kwargs=encrypted,
    )  # fmt: skip
    found = wr.athena.read_sql_table("j", **WHERE)
    assert rows(found) == [(1, "a", "2024-01-01"), (2, None, "2024-01-01"), (3, "c", "2024-01-02")]


def test_the_aws_cli_copies_large_files_in_parts(lakehouse: Lakehouse, root: str, tmp_path: Path) -> None:
    """From 8 MiB on. The encryption stands on the upload's start, and the policy holds it for all of its parts."""

    def aws(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [program("aws"), *arguments, "--only-show-errors"]
        return subprocess.run(
            command, env=lakehouse.environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )

    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 40_000)
    refused = aws("s3", "cp", "large.bin", f"{root}large.bin")
    assert "(AccessDenied) when calling the CreateMultipartUpload operation" in refused.stderr
    key = ("--sse", "aws:kms", "--sse-kms-key-id", lakehouse.stack.key_arn)
    done = aws("s3", "cp", "large.bin", f"{root}large.bin", *key)
    assert (done.returncode, done.stderr) == (0, "")
    unencrypted = aws("s3", "cp", f"{root}large.bin", f"{root}copy.bin")
    assert "(AccessDenied) when calling the CreateMultipartUpload operation" in unencrypted.stderr
    assert aws("s3", "mv", f"{root}large.bin", f"{root}copy.bin", *key).returncode == 0
    assert aws("s3", "sync", root, "back").returncode == 0
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["copy.bin"]
    assert (tmp_path / "back" / "copy.bin").read_bytes() == large.read_bytes()
    name = root.removeprefix(f"s3://{lakehouse.bucket.name}/") + "copy.bin"
    head = boto3.client("s3").head_object(Bucket=lakehouse.bucket.name, Key=name)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", lakehouse.stack.key_arn)
