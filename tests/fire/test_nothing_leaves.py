"""Under the local profile nothing leaves this machine, whatever lies about in the shell: no packet, no look-up.

The platform and all that it starts run in a network of their own (sealed/inside.py), in a shell where everything leads
to AWS (sealed/network.py): real-looking keys in the environment and in ~/.aws, profiles, endpoints, an instance's and a
container's credentials that answer, a proxy. What is only tried is listed, too, be it by Python, Java or a library.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from boathouse.workers.java import java_home, spark_home
from tests.e2e import sources
from tests.fire.sealed.network import LEFT, ROOT, Ended, hostile, sealed, why_not
from tests.testing.project import Project

pytestmark = [pytest.mark.fire, pytest.mark.timeout(500)]
SESSION = ROOT / "tests" / "fire" / "sealed" / "session.sh"
PARTS = ("up", "pipeline", "script", "pipeline-after-env", "clients", "commands", "down")
A_SCRIPT = """
import boto3
from awsglue.context import GlueContext
from pyspark.context import SparkContext
from pyspark.sql.functions import udf

boto3.client("s3").create_bucket(Bucket="lake")
spark = GlueContext(SparkContext()).spark_session
seen = udf(lambda number: str("lake" in [entry["Name"] for entry in boto3.client("s3").list_buckets()["Buckets"]]))
spark.range(3).write.parquet("s3://lake/numbers/")
assert [row[0] for row in spark.read.parquet("s3://lake/numbers/").select(seen("id")).collect()] == ["True"] * 3
"""


@pytest.fixture(scope="module", autouse=True)
def _can_be_sealed() -> None:
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(f"CI must not pass without a sealed network: {reason}")
        pytest.skip(f"no sealed network: {reason}")


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    return hostile(tmp_path / "home")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """A platform's whole life, from a shell that leads to AWS: what each part printed, and tried to send."""
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "script.py").write_text(A_SCRIPT)
    files = map(str, sources.hours(folder, "2024-03-05", events=60, oversize=1))
    command = ["bash", str(SESSION), sys.executable, LEFT, *files]
    whole = sealed(command, folder, hostile(folder / "home"), timeout=390)

    def of(part: str) -> Ended:
        printed, code, left = ((folder / f"{part}.{kind}").read_text() for kind in ("out", "code", "left"))
        return Ended(int(code), printed, left.splitlines())

    assert (folder / "down.code").exists(), whole.printed
    return {part: of(part) for part in PARTS}


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


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_sent_anywhere(story: dict[str, Ended], part: str) -> None:
    """And all of it happened: Kinesis to Athena, a Glue job and a script, a UDF in each, a function, the commands."""
    assert story[part].code == 0, story[part].printed
    assert story[part].left == []


def test_the_pipeline_did_its_work(story: dict[str, Ended]) -> None:
    assert "Every line is accounted for" in story["pipeline"].printed


@pytest.mark.parametrize("who", ["driver", "udf", "function", "shell"])
def test_nobody_finds_real_keys(story: dict[str, Ended], who: str) -> None:
    """Neither by boto3's own search, nor anywhere in the environment of what is not the user's own process."""
    found = json.loads(story["clients"].printed.splitlines()[-1])[who]
    assert "REAL" not in found["key"]
    assert found["endpoint"].startswith("http://127.0.0.1:")
    assert found["account"] == "000000000000"
    assert "told" in found["buckets"]
    assert found["secrets"] == []


def test_the_pytest_plugin(tmp_path: Path, shell: dict[str, str]) -> None:
    """In a project that is not ours: its tests, what they start, and a Glue function under test."""
    project = Project(tmp_path / "project").write(A_PROJECT)
    ended = sealed([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], project.folder, shell)
    assert ended.code == 0, ended.printed
    assert ended.left == []


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
