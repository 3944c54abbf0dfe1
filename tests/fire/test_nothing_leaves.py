"""Under the local profile nothing leaves this machine, whatever lies about in the shell: no packet, no look-up.

The platform and all that it starts run in a network of their own (sealed/inside.py), in a shell where everything leads
to AWS (sealed/network.py): real-looking keys in the environment and in ~/.aws, profiles, endpoints, an instance's and a
container's credentials that answer, a proxy. What is only tried is listed, too, be it by Python, Java or a library.
"""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from boathouse.workers.java import java_home, spark_home
from tests.e2e import sources
from tests.fire.sealed.network import ROOT, Ended, hostile, sealed, why_not
from tests.testing.project import Project

pytestmark = [pytest.mark.fire, pytest.mark.timeout(400)]
PLATFORM = """
set -euo pipefail
boathouse up --port 0 --state {folder}/state --aws-dir {folder}/aws --workers 1 >{folder}/up.log 2>&1 &
for _ in $(seq 600); do grep -q 'is ready' {folder}/up.log && break; sleep 0.1; done
grep -q 'is ready' {folder}/up.log || {{ cat {folder}/up.log; exit 9; }}
trap 'kill %1; wait %1 || true' EXIT
"""
AFTER_ENV = 'eval "$(boathouse env --aws-dir {folder}/aws)"\n'
PYTHON = shlex.quote(sys.executable)


@pytest.fixture(scope="module", autouse=True)
def _can_be_sealed() -> None:
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(f"CI must not pass without a sealed network: {reason}")
        pytest.skip(f"no sealed network: {reason}")


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    return hostile(tmp_path / "home")


def on_the_platform(script: str, folder: Path, environment: dict[str, str]) -> Ended:
    """``script`` in a shell that has started the platform, with everything in ``folder``."""
    text = (PLATFORM + script).format(folder=shlex.quote(str(folder)))
    return sealed(["bash", "-c", text], folder, environment)


@pytest.mark.parametrize(
    ("program", "seen"),
    [
        ("socket.create_connection(('192.0.2.7', 443), 0.1)", "tcp to 192.0.2.7 port 443"),
        ("socket.create_connection(('2001:db8::1', 80), 0.1)", "tcp to 2001:db8::1 port 80"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.8', 99))", "udp to 192.0.2.8 port 99"),
        ("socket.getaddrinfo('sts.amazonaws.com', 443)", "look-up of sts.amazonaws.com"),
        ("boto3.client('s3').list_buckets()", "tcp to 10.66.0.9 port 3128"),
    ],
)
def test_the_seal_sees_what_is_tried(program: str, seen: str, tmp_path: Path, shell: dict[str, str]) -> None:
    """Or else the tests below would prove nothing."""
    ended = sealed(["timeout", "5", sys.executable, "-c", f"import boto3, socket; {program}"], tmp_path, shell)
    assert seen in ended.left


def test_the_seal_sees_what_java_tries(tmp_path: Path, shell: dict[str, str]) -> None:
    (tmp_path / "core-site.xml").write_text("<configuration/>")
    java, path = str(java_home() / "bin" / "java"), f"{tmp_path}:{spark_home()}/jars/*"
    listing = ["org.apache.hadoop.fs.FsShell", "-ls", "hdfs://kms.amazonaws.com/"]
    ended = sealed([java, "-cp", path, *listing], tmp_path, shell)
    assert "look-up of kms.amazonaws.com" in ended.left


@pytest.mark.parametrize("kept", ["AWS_EC2_METADATA", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])
def test_the_seal_sees_who_asks_for_a_machines_credentials(kept: str, tmp_path: Path, shell: dict[str, str]) -> None:
    """Whose home has none, nor the environment."""
    bare = {name: value for name, value in shell.items() if name.startswith((kept, "PATH"))}
    program = "import boto3; print(boto3.Session().get_credentials().access_key)"
    ended = sealed([sys.executable, "-c", program], tmp_path, bare | {"HOME": str(tmp_path)})
    assert ended.printed == "ASIAREALREALREALREAL\n"
    assert [told for told in ended.left if told.startswith("GET http://169.254.")]


@pytest.mark.parametrize("after", ["", AFTER_ENV], ids=["in the shell as it is", "after boathouse env"])
def test_the_pipeline(after: str, tmp_path: Path, shell: dict[str, str]) -> None:
    """All of it: Kinesis, Firehose, its function, the Glue job, Athena."""
    files = sources.hours(tmp_path, "2024-03-05", events=60, oversize=1)
    script = f"{after}{PYTHON} -m pipelines run all --profile local --report --source {' '.join(map(str, files))}\n"
    (tmp_path / ".boathouse").mkdir()
    (tmp_path / ".boathouse" / "aws").symlink_to(tmp_path / "aws")
    ended = on_the_platform(script, tmp_path, shell)
    assert ended.code == 0, ended.printed
    assert "Every line is accounted for" in ended.printed
    assert ended.left == []


def test_a_glue_driver_its_udf_and_a_function(tmp_path: Path, shell: dict[str, str]) -> None:
    ended = on_the_platform(f"{AFTER_ENV}{PYTHON} {ROOT}/tests/fire/sealed/session.py\n", tmp_path, shell)
    assert ended.code == 0, ended.printed
    told = json.loads(ended.printed.splitlines()[-1])
    assert told.keys() == {"driver", "udf", "function", "shell"}
    for who, found in told.items():
        assert "REAL" not in found["key"], who
        assert found["endpoint"].startswith("http://127.0.0.1:"), who
        assert (found.get("account"), found.get("buckets"), found.get("secrets")) in (
            ("000000000000", ["told"], []),
            (None, None, None),
        ), who
    assert ended.left == []


def test_the_command_line(tmp_path: Path, shell: dict[str, str]) -> None:
    script = f"{AFTER_ENV}aws s3 mb s3://lake; aws glue get-databases; aws sts get-caller-identity\n"
    script += "boathouse query 'SELECT 1 AS one' --aws-dir {folder}/aws; boathouse status --aws-dir {folder}/aws\n"
    (tmp_path / "script.py").write_text(A_SCRIPT)
    script += "cd {folder}; boathouse glue run --aws-dir {folder}/aws script.py\n"
    ended = on_the_platform(script, tmp_path, shell)
    assert ended.code == 0, ended.printed
    assert ended.left == []


def test_the_pytest_plugin(tmp_path: Path, shell: dict[str, str]) -> None:
    """In a project that is not ours: its tests, what they start, and a Glue function under test."""
    project = Project(tmp_path / "project").write(A_PROJECT)
    ended = sealed([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], project.folder, shell)
    assert ended.code == 0, ended.printed
    assert ended.left == []


A_SCRIPT = """
import boto3
from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql.functions import udf

spark = GlueContext(SparkContext()).spark_session
listed = udf(lambda number: boto3.client("s3").list_buckets()["Buckets"][0]["Name"])
spark.range(3).write.parquet("s3://lake/numbers/")
assert [row[0] for row in spark.read.parquet("s3://lake/numbers/").select(listed("id")).collect()] == ["lake"] * 3
"""
A_PROJECT = {
    "pytest.ini": """
        [pytest]
        boathouse_glue = true
    """,
    "test_lake.py": """
        import subprocess
        import sys

        import awswrangler as wr
        import boto3
        import pyathena
        from pyspark.sql.functions import udf

        LIST = "import boto3; print([entry['Name'] for entry in boto3.client('s3').list_buckets()['Buckets']])"

        def test_clients(boathouse):
            boto3.client("s3").create_bucket(Bucket="lake")
            boto3.client("glue").create_database(DatabaseInput={"Name": "lab"})
            boathouse.client("sns").create_topic(Name="t")
            assert "REAL" not in boto3.Session().get_credentials().access_key
            found = wr.athena.read_sql_query("SELECT 7 / 2 AS half", database="lab", s3_output="s3://lake/results/")
            assert found["half"].tolist() == [3]
            with pyathena.connect(s3_staging_dir="s3://lake/results/", region_name="us-east-1") as connection:
                assert connection.cursor().execute("SELECT 1").fetchall() == [(1,)]

        def test_what_a_test_starts(boathouse):
            printed = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True).stdout
            assert printed == "['lake']\\n"

        def test_a_glue_function(glue_context):
            frame = glue_context.spark_session.range(3)
            frame.write.parquet("s3://lake/numbers/")
            listed = udf(lambda number: str(boto3.client("s3").list_buckets()["Buckets"][0]["Name"]))
            read = glue_context.spark_session.read.parquet("s3://lake/numbers/")
            assert [row[0] for row in read.select(listed("id")).collect()] == ["lake"] * 3
    """,
}
