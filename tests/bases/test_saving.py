"""What the default base is told lies in its files when it answers: each call's own, whatever comes after it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boathouse import launch
from boathouse.settings import Settings
from tests.conftest import ClientOf, clients_of

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:hears"
Call = Callable[[ClientOf], Any]


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saving")


@pytest.fixture(scope="module")
def client(state_dir: Path) -> Iterator[ClientOf]:
    settings = Settings(state_dir=state_dir, aws_dir=state_dir / "aws", port=launch.free_port(), workers=0)
    platform = launch.launch(settings)
    made = clients_of(platform)
    made("s3").create_bucket(Bucket="kept")
    made("sns").create_topic(Name="news")
    made("sqs").create_queue(QueueName="hears")
    made("iam").create_user(UserName="ada")
    made("logs").create_log_group(logGroupName="/of/us")
    yield made
    platform.stop()


TOPIC = "arn:aws:sns:us-east-1:000000000000:news"
MADE: list[tuple[str, str, Call]] = [
    ("secretsmanager", "one", lambda of: of("secretsmanager").create_secret(Name="one", SecretString="x")),
    ("sns", "one-topic", lambda of: of("sns").create_topic(Name="one-topic")),
    ("sns", "/_boathouse/sns/", lambda of: of("sns").subscribe(TopicArn=TOPIC, Protocol="lambda", Endpoint=FUNCTION)),
    ("sqs", "one-queue", lambda of: of("sqs").create_queue(QueueName="one-queue")),
    ("iam", "one-user", lambda of: of("iam").create_user(UserName="one-user")),
    ("iam", "AKIA", lambda of: of("iam").create_access_key(UserName="ada")),
    ("cloudwatch_logs", "/one/group", lambda of: of("logs").create_log_group(logGroupName="/one/group")),
    ("kms", "one-key", lambda of: of("kms").create_key(Description="one-key")),
    ("eventbridge", "one-rule", lambda of: of("events").put_rule(Name="one-rule", ScheduleExpression="rate(1 day)")),
    ("ssm", "/one/parameter", lambda of: of("ssm").put_parameter(Name="/one/parameter", Value="x", Type="String")),
    ("s3", "one-bucket", lambda of: of("s3").create_bucket(Bucket="one-bucket")),
    ("s3", "one-tag", lambda of: of("s3").put_bucket_tagging(
        Bucket="kept", Tagging={"TagSet": [{"Key": "one-tag", "Value": "x"}]})),
    ("dynamodb", "one-table", lambda of: of("dynamodb").create_table(
        TableName="one-table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "call"), MADE, ids=[f"{file} {text}" for file, text, _ in MADE])
def test_it_is_in_the_file_when_it_is_answered(
    client: ClientOf, state_dir: Path, file: str, text: str, call: Call
) -> None:
    call(client)
    assert text in (state_dir / "ministack" / "state" / f"{file}.json").read_text()


def test_what_passes_through_is_saved_soon(client: ClientOf, state_dir: Path) -> None:
    """No longer than a second and a bit; the test's timeout is the limit."""
    sqs = client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="hears")["QueueUrl"], MessageBody="one-message")
    while "one-message" not in (state_dir / "ministack" / "state" / "sqs.json").read_text():
        pass


def test_an_object_costs_its_own_files_alone(client: ClientOf, state_dir: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in (state_dir / "ministack" / "state").rglob("*.json")}
    s3 = client("s3")
    for number in range(50):
        s3.put_object(Bucket="kept", Key=f"a/{number}", Body=b"1")
    changed = [path.name for path, before in files.items() if path.stat().st_mtime_ns != before]
    assert changed in ([], ["sqs.json"])


def test_what_cannot_be_saved_is_not_acknowledged(client: ClientOf, state_dir: Path) -> None:
    """A folder where the file is to come, as a disk that takes no more."""
    in_the_way = state_dir / "ministack" / "state" / "kms.json.tmp"
    in_the_way.mkdir()
    with pytest.raises(client("kms").exceptions.ClientError, match="could not save in"):
        client("kms").create_key(Description="not-kept")
    assert "not-kept" not in (state_dir / "ministack" / "state" / "kms.json").read_text()
    in_the_way.rmdir()
    while "not-kept" not in (state_dir / "ministack" / "state" / "kms.json").read_text():
        pass


def test_a_reset_leaves_nothing_in_the_files(client: ClientOf, state_dir: Path) -> None:
    upload = client("s3").create_multipart_upload(Bucket="kept", Key="large")["UploadId"]
    folder = state_dir / "ministack" / "state"
    assert [path.name for path in folder.glob("uploads/*/*")] == [upload]
    launch.reset(client("s3").meta.endpoint_url)
    assert list(folder.glob("uploads/*/*")) == []
    kept = json.loads((folder / "s3.json").read_text())["payload"] if (folder / "s3.json").exists() else {}
    assert kept.get("buckets_meta", {"data": {}})["data"] == {}
