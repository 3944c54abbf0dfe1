"""Workgroups through boto3: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.athena.conftest import Refused, Workbench


@pytest.fixture
def name(workbench: Workbench) -> Iterator[str]:
    yield (made := f"wg-{workbench.bucket}")
    if made in [group["Name"] for group in workbench.athena.list_work_groups()["WorkGroups"]]:
        workbench.athena.delete_work_group(WorkGroup=made, RecursiveDeleteOption=True)


def test_primary_is_always_there(workbench: Workbench, refused: Refused) -> None:
    group = workbench.athena.get_work_group(WorkGroup="primary")["WorkGroup"]
    # measured on Athena by others
    assert (group["State"], "Description" in group) == ("ENABLED", False)
    configuration = group["Configuration"]
    assert configuration["ResultConfiguration"] == {}
    assert configuration["EnforceWorkGroupConfiguration"] is False
    assert configuration["EngineVersion"] == {
        "SelectedEngineVersion": "AUTO",
        "EffectiveEngineVersion": "Athena engine version 3",
    }
    assert refused("delete_work_group", WorkGroup="primary")["code"] == "InvalidRequestException"
    assert refused("get_work_group", WorkGroup="nowhere")["message"] == "WorkGroup is not found."


def test_what_a_workgroup_enforces(workbench: Workbench, name: str) -> None:
    own = {
        "OutputLocation": f"s3://{workbench.bucket}/enforced/",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "alias/aws/s3"},
    }
    workbench.athena.create_work_group(Name=name, Configuration={"ResultConfiguration": own})
    # documented: enforced unless told otherwise, API_WorkGroupConfiguration.html
    group = workbench.athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is True
    asked = {"OutputLocation": workbench.output, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    execution = workbench.run("SELECT 1", WorkGroup=name, ResultConfiguration=asked)
    result = execution["ResultConfiguration"]
    assert result["OutputLocation"] == f"{own['OutputLocation']}{execution['QueryExecutionId']}.csv"
    assert result["EncryptionConfiguration"] == own["EncryptionConfiguration"]
    assert workbench.keys("results/") == []


def test_what_a_workgroup_suggests(workbench: Workbench, name: str) -> None:
    own = {"OutputLocation": f"s3://{workbench.bucket}/own/", "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    configuration = {"ResultConfiguration": own, "EnforceWorkGroupConfiguration": False}
    workbench.athena.create_work_group(Name=name, Configuration=configuration)
    default = workbench.run("SELECT 1", WorkGroup=name, ResultConfiguration={})["ResultConfiguration"]
    assert default["OutputLocation"].startswith(own["OutputLocation"])
    assert default["EncryptionConfiguration"] == own["EncryptionConfiguration"]
    asked = workbench.run("SELECT 1", WorkGroup=name)["ResultConfiguration"]
    assert asked["OutputLocation"].startswith(workbench.output)
    assert "EncryptionConfiguration" not in asked


def test_update_and_delete(workbench: Workbench, refused: Refused, name: str) -> None:
    own = {"OutputLocation": workbench.output, "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    workbench.athena.create_work_group(Name=name, Description="first", Configuration={"ResultConfiguration": own})
    assert refused("create_work_group", Name=name)["message"] == "WorkGroup is already created"
    workbench.athena.update_work_group(
        WorkGroup=name,
        Description="second",
        ConfigurationUpdates={
            "EnforceWorkGroupConfiguration": False,
            "BytesScannedCutoffPerQuery": 20_000_000,
            "ResultConfigurationUpdates": {"RemoveEncryptionConfiguration": True},
        },
    )
    group = workbench.athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert group["Description"] == "second"
    assert group["Configuration"]["ResultConfiguration"] == {"OutputLocation": workbench.output}
    assert group["Configuration"]["BytesScannedCutoffPerQuery"] == 20_000_000
    assert group["Configuration"]["EnforceWorkGroupConfiguration"] is False
    workbench.run("SELECT 1", WorkGroup=name)
    workbench.athena.update_work_group(WorkGroup=name, State="DISABLED")
    assert "disabled" in refused("start_query_execution", QueryString="SELECT 1", WorkGroup=name)["message"]
    assert "not empty" in refused("delete_work_group", WorkGroup=name)["message"]
    workbench.athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
    assert refused("get_work_group", WorkGroup=name)["message"] == "WorkGroup is not found."


def test_a_query_that_would_scan_too_much_is_cancelled(workbench: Workbench, name: str) -> None:
    workbench.athena.create_work_group(
        Name=name,
        Configuration={"EnforceWorkGroupConfiguration": False, "BytesScannedCutoffPerQuery": 10_000_000},
    )
    lines = b'{"a": "' + b"x" * 11_000_000 + b'"}\n'
    workbench.s3.put_object(Bucket=workbench.bucket, Key="big/x.json", Body=lines)
    workbench.run(
        "CREATE EXTERNAL TABLE big (a string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
        f" LOCATION 's3://{workbench.bucket}/big/'"
    )
    execution = workbench.execute("SELECT count(a) FROM big", WorkGroup=name)
    # client: as its users quote Athena
    assert execution["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in execution["Status"]["StateChangeReason"]
    assert execution["Statistics"]["DataScannedInBytes"] == len(lines)
    assert workbench.run("SELECT count(a) FROM big")["Statistics"]["DataScannedInBytes"] == len(lines)


def test_tags(workbench: Workbench, name: str) -> None:
    workbench.athena.create_work_group(Name=name, Tags=[{"Key": "team", "Value": "lake"}])
    arn = f"arn:aws:athena:us-east-1:000000000000:workgroup/{name}"
    workbench.athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "stage", "Value": "test"}])
    workbench.athena.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert workbench.athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_pages(workbench: Workbench, refused: Refused, name: str) -> None:
    workbench.athena.create_work_group(Name=name)
    names, token = [], None
    while True:
        page = workbench.athena.list_work_groups(MaxResults=1, **({"NextToken": token} if token else {}))
        names += [group["Name"] for group in page["WorkGroups"]]
        if (token := page.get("NextToken")) is None:
            break
    assert names == sorted(names)
    assert {"primary", name} <= set(names)
    # measured on Athena by others
    assert refused("list_work_groups", NextToken="zz")["message"] == "The nextPageToken is malformed: zz"


def test_what_would_have_no_effect_is_refused(workbench: Workbench, refused: Refused, name: str) -> None:
    found = refused("create_work_group", Name=name, Configuration={"ExecutionRole": "arn:aws:iam::000000000000:role/x"})
    assert found["message"].startswith("emulator: a workgroup with ExecutionRole is not supported")
    encryption = {"EncryptionOption": "CSE_KMS", "KmsKey": "alias/aws/s3"}
    configuration = {"ResultConfiguration": {"OutputLocation": workbench.output, "EncryptionConfiguration": encryption}}
    found = refused("create_work_group", Name=name, Configuration=configuration)
    assert found["message"].startswith("emulator: EncryptionOption CSE_KMS is not supported")


@pytest.mark.parametrize(
    "configuration",
    [
        {"EnableMinimumEncryptionConfiguration": True},
        {"ResultConfiguration": {"AclConfiguration": {"S3AclOption": "BUCKET_OWNER_FULL_CONTROL"}}},
    ],
)
def test_encryption_at_least_and_acls_are_refused(workbench: Workbench, configuration: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r"emulator: .*(EnableMinimumEncryption|Acl)Configuration"):
        workbench.athena.create_work_group(Name="has-no-effect", Configuration=configuration)
