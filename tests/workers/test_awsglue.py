"""``import awsglue``: arguments, DynamicFrames, and what is refused by name, on a Spark of its own, without S3."""

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boathouse.workers.java import PAYLOAD, java_home

sys.path.append(str(PAYLOAD))  # where a job finds it

from awsglue import transforms
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.job import Job
from awsglue.utils import GlueArgumentError, getResolvedOptions
from pyspark import SparkConf, SparkContext

# Py4J leaves its sockets to the garbage collector, which is heard of in whatever test it comes by.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
ARGV = ["job.py", "--JOB_NAME", "silver", "--source-path", "s3://b/raw/", "--run", "r1", "--JOB_RUN_ID", "jr_1"]


@pytest.fixture(scope="module")
def glue() -> Iterator[GlueContext]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_HOME", str(java_home()))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        conf = SparkConf().setMaster("local[1]").set("spark.ui.enabled", "false")
        context = SparkContext(conf=conf.set("spark.sql.shuffle.partitions", "1"))
        yield GlueContext(context)
        gateway = SparkContext._gateway
        context.stop()
        if gateway is not None:
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None
        gc.collect()


def lines(folder: Path, *records: Any) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(record if isinstance(record, str) else json.dumps(record) for record in records)
    (folder / "lines.json").write_text(text)
    return str(folder)


def read(glue: GlueContext, path: str, **options: Any) -> DynamicFrame:
    return glue.create_dynamic_frame.from_options(
        connection_type="s3", connection_options={"paths": [path], **options}, format="json"
    )


def rows(frame: DynamicFrame) -> list[dict[str, Any]]:
    return [row.asDict(recursive=True) for row in frame.toDF().collect()]


# documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html)
def test_arguments_are_resolved_with_glues_own_beside_them() -> None:
    found = getResolvedOptions(ARGV, ["JOB_NAME", "source-path", "run"])
    assert (found["JOB_NAME"], found["source_path"], found["run"]) == ("silver", "s3://b/raw/", "r1")
    # client(awsglue): the keys that Job.init looks for
    assert (found["JOB_RUN_ID"], found["job_bookmark_option"]) == ("jr_1", "job-bookmark-disable")
    assert found["TempDir"] is None


def test_the_beginning_of_a_name_stands_for_it_as_up_to_glue_5_1() -> None:
    assert getResolvedOptions([*ARGV, "--da", "2015-01-01"], ["day"])["day"] == "2015-01-01"


def test_an_argument_that_was_not_given_is_named() -> None:
    with pytest.raises(GlueArgumentError, match="the following arguments are required: --bucket"):
        getResolvedOptions(ARGV, ["JOB_NAME", "bucket"])


def test_a_reserved_argument_is_not_the_scripts() -> None:
    with pytest.raises(GlueArgumentError, match="job-bookmark-option"):
        getResolvedOptions(ARGV, ["job-bookmark-option"])


def test_bookmarks_are_refused_by_name(glue: GlueContext) -> None:
    job = Job(glue)
    job.init("silver", getResolvedOptions(ARGV, ["JOB_NAME"]))
    job.commit()
    with pytest.raises(NotImplementedError, match="job-bookmark-enable"):
        job.init("silver", getResolvedOptions([*ARGV, "--job-bookmark-option", "job-bookmark-enable"], ["JOB_NAME"]))


def test_json_is_read_with_one_schema_and_lines_that_are_none_are_left_out(glue: GlueContext, tmp_path: Path) -> None:
    path = lines(tmp_path, {"id": 1, "repo": {"id": 7}}, '{"id": 2, "repo', {"id": 3, "org": "x"})
    frame = read(glue, path)
    assert rows(frame) == [
        {"id": 1, "repo": {"id": 7}, "org": None}, {"id": 3, "repo": None, "org": "x"},
    ]  # fmt: skip
    assert frame.count() == 2


def test_folders_are_read_when_asked_and_are_no_columns(glue: GlueContext, tmp_path: Path) -> None:
    lines(tmp_path / "dt=2015-01-01", {"id": 1})
    lines(tmp_path / "dt=2015-01-02", {"id": 2})
    lines(tmp_path / "_temporary", {"id": 3})
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-s3-home.html): recurse
    assert sorted(row["id"] for row in rows(read(glue, str(tmp_path), recurse=True))) == [1, 2]
    # assumed: AWS would read nothing here; an error helps more
    with pytest.raises(ValueError, match='"recurse": True'):
        read(glue, str(tmp_path))


def test_where_there_is_nothing_nothing_is_read_or_written(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, str(tmp_path / "none"))
    assert frame.count() == 0
    write(glue, frame, tmp_path / "out", partitionKeys=["dt"])
    assert not (tmp_path / "out").exists()


def write(glue: GlueContext, frame: DynamicFrame, path: Path, format: str = "parquet", **options: Any) -> None:  # noqa: A002
    glue.write_dynamic_frame.from_options(
        frame=frame, connection_type="s3", connection_options={"path": str(path), **options}, format=format
    )


def test_parquet_is_written_by_partition_and_beside_what_is_there(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, lines(tmp_path / "in", {"id": 1, "dt": "2015-01-01"}, {"id": 2, "dt": "2015-01-02"}))
    target = tmp_path / "out"
    for _ in range(2):
        write(glue, frame, target, partitionKeys=["dt"])
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-partitions.html)
    assert {folder.name for folder in target.glob("dt=*")} == {"dt=2015-01-01", "dt=2015-01-02"}
    assert all(file.name.endswith(".snappy.parquet") for file in target.glob("dt=*/part-*"))
    assert glue.spark_session.read.parquet(str(target)).count() == 4


def test_json_is_written_compressed(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, lines(tmp_path / "in", {"id": 1}))
    write(glue, frame, tmp_path / "out", format="json", compression="gzip")
    assert list((tmp_path / "out").glob("part-*.json.gz"))
    assert rows(read(glue, str(tmp_path / "out"))) == [{"id": 1}]


def test_mappings_rename_retype_and_nest(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, lines(tmp_path, {"id": "5", "repo": {"id": 7, "name": "a/b"}, "n": 1}))
    mapped = transforms.ApplyMapping.apply(
        frame,
        mappings=[
            ("id", "string", "id", "long"),
            ("repo.name", "string", "source.repo", "string"),
            ("repo.id", "long", "source.id", "string"),
            ("absent", "string", "absent", "string"),
        ],
    )
    # documented(https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-transforms-ApplyMapping.html)
    assert rows(mapped) == [{"id": 5, "source": {"repo": "a/b", "id": "7"}}]


def test_fields_are_selected_dropped_and_renamed(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, lines(tmp_path, {"a": 1, "b": 2, "c": 3}))
    assert rows(frame.select_fields(["c", "a", "none"])) == [{"c": 3, "a": 1}]
    assert rows(frame.drop_fields(["b"])) == [{"a": 1, "c": 3}]
    assert rows(frame.rename_field("a", "z")) == [{"z": 1, "b": 2, "c": 3}]
    assert rows(DynamicFrame.fromDF(frame.toDF().limit(0), glue, "empty")) == []
    assert frame.repartition(3).getNumPartitions() == 3
    assert frame.repartition(3).coalesce(2).getNumPartitions() == 2


def test_show_prints_json(glue: GlueContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(glue, lines(tmp_path, {"a": 1}, {"a": 2})).show(1)
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_what_is_missing_says_its_name(glue: GlueContext, tmp_path: Path) -> None:
    frame = read(glue, lines(tmp_path, {"a": {"b": 1}}))
    for use, name in (
        (lambda: frame.relationalize("root", "s3://t"), "DynamicFrame.relationalize"),
        (lambda: frame.drop_fields(["a.b"]), "DynamicFrame.drop_fields of the nested field a.b"),
        (lambda: transforms.ResolveChoice.apply(frame=frame), "ResolveChoice.apply"),
        (lambda: transforms.Join(frame), "Join"),
        (lambda: glue.create_dynamic_frame.from_catalog(database="d"), "DynamicFrameReader.from_catalog"),
        (lambda: glue.getSink(connection_type="s3"), "GlueContext.getSink"),
        (lambda: read(glue, str(tmp_path), exclusions="[]"), "with exclusions"),
        (lambda: glue.create_dynamic_frame.from_options("mysql", {}), "from_options of mysql"),
        (lambda: write(glue, frame, tmp_path, format="csv"), "as csv"),
        (lambda: DynamicFrameCollection({}, glue), "DynamicFrameCollection"),
    ):
        with pytest.raises(NotImplementedError, match=r"^emulator: ") as caught:
            use()
        assert name in str(caught.value)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        frame.nonsense  # noqa: B018
    assert {"ApplyMapping", "Relationalize", "Filter"} <= set(transforms.__all__)
