"""Each resource type through boto3: made, changed in place, and gone, as its own service's API tells it."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.cloudformation.conftest import Stacks

ClientOf = Callable[..., Any]
IAM: dict[str, Any] = {"Capabilities": ["CAPABILITY_IAM"]}


def template(type_: str, properties: dict[str, Any], **more: dict[str, Any]) -> str:
    """A template with the resource R of that type, and others beside it."""
    resources = {"R": {"Type": type_, "Properties": properties}, **more}
    return json.dumps({"Resources": resources})


def gone(read: Callable[[], Any], code: str) -> bool:
    try:
        read()
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == code)
    return False


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


KEY: dict[str, Any] = {"Key": {"Type": "AWS::KMS::Key", "Properties": {}}}
ROLE: dict[str, Any] = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
}


def test_a_buckets_settings(stacks: Stacks, client: ClientOf) -> None:
    s3 = client("s3")
    full = {
        "VersioningConfiguration": {"Status": "Enabled"},
        "Tags": [{"Key": "team", "Value": "lake"}],
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true", "BlockPublicPolicy": True},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "cold", "Status": "Enabled", "Prefix": "raw/",
                    "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}],
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                }
            ]
        },
    }  # fmt: skip
    name = stacks.create(template("AWS::S3::Bucket", full))
    bucket = stacks.physical(name, "R")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "team", "Value": "lake"}]
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert (blocked["BlockPublicAcls"], blocked["BlockPublicPolicy"]) == (True, True)
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (rule["ID"], rule["Filter"]["Prefix"]) == ("cold", "raw/")
    assert rule["Transitions"] == [{"Days": 90, "StorageClass": "GLACIER"}]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    stacks.update(name, template("AWS::S3::Bucket", {}))
    assert stacks.physical(name, "R") == bucket
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"
    for read, code in (
        (s3.get_bucket_tagging, "NoSuchTagSet"),
        (s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
        (s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration"),
        (s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError"),
    ):
        assert gone(partial(read, Bucket=bucket), code)


def test_a_bucket_of_another_region(client: ClientOf) -> None:
    elsewhere = Stacks(client("cloudformation", region="eu-west-1"))
    name = elsewhere.create(template("AWS::S3::Bucket", {}))
    location = client("s3", region="eu-west-1").get_bucket_location(Bucket=elsewhere.physical(name, "R"))
    assert location["LocationConstraint"] == "eu-west-1"
    elsewhere.delete(name)


def test_a_bucket_policy_changes_in_place(stacks: Stacks, client: ClientOf) -> None:
    def policy(prefix: str) -> str:
        resource = {"Fn::Sub": f"${{B.Arn}}/{prefix}/*"}
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        properties = {"Bucket": ref("B"), "PolicyDocument": document}
        return template("AWS::S3::BucketPolicy", properties, B={"Type": "AWS::S3::Bucket"})

    name = stacks.create(policy("a"))
    s3, bucket = client("s3"), stacks.physical(name, "B")
    stacks.update(name, policy("b"))
    s3.put_object(Bucket=bucket, Key="a/x", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="b/x", Body=b"")
    s3.delete_object(Bucket=bucket, Key="a/x")
    stacks.update(name, json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}))
    assert gone(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy")


def test_a_key_and_its_alias(stacks: Stacks, client: ClientOf, unique: str) -> None:
    kms = client("kms")

    def keys(target: str, **properties: Any) -> str:
        alias = {"AliasName": f"alias/{unique}", "TargetKeyId": ref(target)}
        return template(
            "AWS::KMS::Key", properties,
            Other={"Type": "AWS::KMS::Key"}, Alias={"Type": "AWS::KMS::Alias", "Properties": alias},
        )  # fmt: skip

    root = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*", "Sid": "first"}
    policy = {"Version": "2012-10-17", "Statement": [root]}
    name = stacks.create(keys("R", Description="first", EnableKeyRotation=True, KeyPolicy=policy))
    key = stacks.physical(name, "R")
    assert kms.describe_key(KeyId=f"alias/{unique}")["KeyMetadata"]["KeyId"] == key
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy
    policy["Statement"][0]["Sid"] = "second"  # type: ignore[index]
    stacks.update(name, keys("Other", Description="second", EnableKeyRotation=False, KeyPolicy=policy))
    assert stacks.physical(name, "R") == key
    assert kms.describe_key(KeyId=f"alias/{unique}")["KeyMetadata"]["KeyId"] == stacks.physical(name, "Other")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "second"
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy
    stacks.update(name, keys("Other", Enabled=False))
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    # documented(https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html)
    (statement,) = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::000000000000:root"}
    stacks.update(name, keys("Other"))
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    stacks.delete(name)
    assert gone(lambda: kms.describe_key(KeyId=f"alias/{unique}"), "NotFoundException")


def test_a_streams_shards_retention_and_encryption(stacks: Stacks, client: ClientOf) -> None:
    kinesis = client("kinesis")
    encryption = {"EncryptionType": "KMS", "KeyId": arn("Key")}
    first = {"ShardCount": 2, "RetentionPeriodHours": 48, "StreamEncryption": encryption}
    tags = [{"Key": "team", "Value": "lake"}]
    name = stacks.create(template("AWS::Kinesis::Stream", first | {"Tags": tags}, **KEY))
    stream = stacks.physical(name, "R")

    def summary() -> dict[str, Any]:
        answer: dict[str, Any] = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
        return answer

    found = summary()
    assert (found["OpenShardCount"], found["RetentionPeriodHours"]) == (2, 48)
    assert (found["EncryptionType"], found["KeyId"].split("/")[-1]) == ("KMS", stacks.physical(name, "Key"))
    assert kinesis.list_tags_for_stream(StreamName=stream)["Tags"] == tags
    stacks.update(name, template("AWS::Kinesis::Stream", {"ShardCount": 2, "Tags": tags}, **KEY))
    found = summary()
    # documented(.../aws-resource-kinesis-stream.html): 24 hours unless told otherwise
    assert (found["OpenShardCount"], found["RetentionPeriodHours"], found["EncryptionType"]) == (2, 24, "NONE")
    for changed, properties in (("Tags", {"ShardCount": 2}), ("ShardCount", {"ShardCount": 3, "Tags": tags})):
        body = template("AWS::Kinesis::Stream", properties, **KEY)
        code, message = stacks.refusal("update_stack", StackName=name, TemplateBody=body)
        sentence = (
            f"emulator: a change of {changed} of AWS::Kinesis::Stream (R) is not supported; delete it and make it anew"
        )
        assert (code, message) == ("ValidationError", sentence)
    stacks.delete(name)
    assert gone(summary, "ResourceNotFoundException")


def delivery(prefix: str, seconds: int, kind: str = "DirectPut") -> str:
    destination = {
        "BucketARN": arn("B"), "RoleARN": arn("Role"), "Prefix": prefix, "CompressionFormat": "GZIP",
        "BufferingHints": {"IntervalInSeconds": seconds, "SizeInMBs": 5},
        "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": arn("Key")}},
    }  # fmt: skip
    properties: dict[str, Any] = {"DeliveryStreamType": kind, "ExtendedS3DestinationConfiguration": destination}
    more = {"B": {"Type": "AWS::S3::Bucket"}, **KEY, **ROLE}
    if kind == "KinesisStreamAsSource":
        more["S"] = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}}
        properties["KinesisStreamSourceConfiguration"] = {"KinesisStreamARN": arn("S"), "RoleARN": arn("Role")}
    return template("AWS::KinesisFirehose::DeliveryStream", properties, **more)


def test_a_delivery_streams_destination(stacks: Stacks, client: ClientOf) -> None:
    firehose = client("firehose")
    name = stacks.create(delivery("a/", 60), **IAM)
    stream = stacks.physical(name, "R")

    def description(which: str) -> dict[str, Any]:
        answer: dict[str, Any] = firehose.describe_delivery_stream(DeliveryStreamName=which)[
            "DeliveryStreamDescription"
        ]
        return answer

    destination = description(stream)["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (destination["Prefix"], destination["BufferingHints"]["IntervalInSeconds"]) == ("a/", 60)
    assert destination["EncryptionConfiguration"]["KMSEncryptionConfig"]["AWSKMSKeyARN"].endswith(
        stacks.physical(name, "Key")
    )
    stacks.update(name, delivery("b/", 90), **IAM)
    assert stacks.physical(name, "R") == stream
    destination = description(stream)["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (destination["Prefix"], destination["BufferingHints"]["IntervalInSeconds"]) == ("b/", 90)
    stacks.update(name, delivery("b/", 90, "KinesisStreamAsSource"), **IAM)
    replaced = stacks.physical(name, "R")
    assert replaced != stream
    assert description(replaced)["DeliveryStreamType"] == "KinesisStreamAsSource"
    assert gone(lambda: description(stream), "ResourceNotFoundException")


def zipped(answer: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "code.py", f"import os\ndef handler(event, context):\n    return [{answer!r}, os.getenv('WORD')]\n"
        )
    return packed.getvalue()


def test_a_functions_code_and_settings(stacks: Stacks, client: ClientOf, bucket: str) -> None:
    lambda_, s3 = client("lambda"), client("s3")
    s3.put_object(Bucket=bucket, Key="one.zip", Body=zipped("one"))
    s3.put_object(Bucket=bucket, Key="two.zip", Body=zipped("two"))

    def function(key: str, **settings: Any) -> str:
        properties = {
            "Runtime": "python3.11", "Handler": "code.handler", "Role": arn("Role"),
            "Code": {"S3Bucket": bucket, "S3Key": key}, **settings,
        }  # fmt: skip
        permission = {
            "FunctionName": ref("R"), "Action": "lambda:InvokeFunction", "Principal": "firehose.amazonaws.com",
            "SourceAccount": ref("AWS::AccountId"),
        }  # fmt: skip
        return template(
            "AWS::Lambda::Function", properties,
            Permission={"Type": "AWS::Lambda::Permission", "Properties": permission}, **ROLE,
        )  # fmt: skip

    def invoked(name: str) -> list[str | None]:
        answer: list[str | None] = json.loads(lambda_.invoke(FunctionName=name)["Payload"].read())
        return answer

    word = {"Environment": {"Variables": {"WORD": "hello"}}}
    stack = stacks.create(function("one.zip", MemorySize="256", Timeout=9, **word), **IAM)
    name = stacks.physical(stack, "R")
    assert invoked(name) == ["one", "hello"]
    configuration = lambda_.get_function_configuration(FunctionName=name)
    assert (configuration["MemorySize"], configuration["Timeout"]) == (256, 9)
    (statement,) = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])["Statement"]
    assert statement["Sid"] == stacks.physical(stack, "Permission")
    assert statement["Principal"] == {"Service": "firehose.amazonaws.com"}
    stacks.update(stack, function("two.zip", MemorySize="256", **word), **IAM)
    assert stacks.physical(stack, "R") == name
    assert invoked(name) == ["two", "hello"]
    # documented(.../aws-resource-lambda-function.html): 3 seconds unless told otherwise
    assert lambda_.get_function_configuration(FunctionName=name)["Timeout"] == 3
    stacks.update(stack, function("two.zip"), **IAM)
    assert invoked(name) == ["two", None]
    stacks.delete(stack)
    assert gone(lambda: lambda_.get_function(FunctionName=name), "ResourceNotFoundException")


def test_a_function_written_in_the_template(stacks: Stacks, client: ClientOf) -> None:
    source = "def handler(event, context):\n    return event['n'] + 1\n"
    properties = {"Runtime": "python3.11", "Handler": "index.handler", "Role": arn("Role"), "Code": {"ZipFile": source}}
    stack = stacks.create(template("AWS::Lambda::Function", properties, **ROLE), **IAM)
    answer = client("lambda").invoke(FunctionName=stacks.physical(stack, "R"), Payload=b'{"n": 6}')
    assert answer["Payload"].read() == b"7"


def test_a_roles_policies(stacks: Stacks, client: ClientOf) -> None:
    iam = client("iam")

    def role(service: str, inline: dict[str, str], managed: list[str], **more: Any) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        properties = {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": managed,
            "Policies": [
                {
                    "PolicyName": name,
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
                    },
                }
                for name, action in inline.items()
            ],
            **more,
        }
        return template("AWS::IAM::Role", properties)

    def inline(name: str) -> dict[str, str]:
        return {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"][0]["Action"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }

    def managed(name: str) -> set[str]:
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        return {policy["PolicyArn"].rpartition("/")[2] for policy in attached}

    policy = "arn:aws:iam::aws:policy"
    first = role("lambda.amazonaws.com", {"a": "s3:GetObject", "b": "s3:PutObject"}, [f"{policy}/ReadOnlyAccess"])
    stack = stacks.create(first, **IAM)
    name = stacks.physical(stack, "R")
    assert inline(name) == {"a": "s3:GetObject", "b": "s3:PutObject"}
    assert managed(name) == {"ReadOnlyAccess"}
    second = role(
        "glue.amazonaws.com", {"b": "s3:DeleteObject", "c": "s3:ListBucket"},
        [f"{policy}/AmazonS3ReadOnlyAccess"], Description="second", MaxSessionDuration=7200,
    )  # fmt: skip
    stacks.update(stack, second, **IAM)
    assert stacks.physical(stack, "R") == name
    assert inline(name) == {"b": "s3:DeleteObject", "c": "s3:ListBucket"}
    assert managed(name) == {"AmazonS3ReadOnlyAccess"}
    found = iam.get_role(RoleName=name)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("second", 7200)
    assert found["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "glue.amazonaws.com"}
    stacks.delete(stack)
    assert gone(lambda: iam.get_role(RoleName=name), "NoSuchEntity")


def test_a_database_and_a_table_that_keeps_its_partitions(stacks: Stacks, client: ClientOf, unique: str) -> None:
    glue = client("glue")

    def lake(description: str, *columns: str) -> str:
        storage = {"Location": "s3://lake/t/", "Columns": [{"Name": name, "Type": "string"} for name in columns]}
        table_input = {
            "Name": "events", "TableType": "EXTERNAL_TABLE", "Parameters": {"n": 1, "EXTERNAL": "TRUE"},
            "PartitionKeys": [{"Name": "dt", "Type": "string"}], "StorageDescriptor": storage,
        }  # fmt: skip
        table = {"CatalogId": ref("AWS::AccountId"), "DatabaseName": ref("D"), "TableInput": table_input}
        database_input = {"Name": f"d_{unique}", "Description": description}
        database = {"CatalogId": ref("AWS::AccountId"), "DatabaseInput": database_input}
        return template("AWS::Glue::Table", table, D={"Type": "AWS::Glue::Database", "Properties": database})

    stack = stacks.create(lake("first", "a"))
    table = {"DatabaseName": f"d_{unique}", "Name": "events"}
    assert stacks.physical(stack, "R") == "events"
    made = glue.get_table(**table)["Table"]
    assert (made["Parameters"], made["TableType"]) == ({"n": "1", "EXTERNAL": "TRUE"}, "EXTERNAL_TABLE")
    glue.create_partition(
        DatabaseName=f"d_{unique}", TableName="events",
        PartitionInput={"Values": ["2016-01-01"], "StorageDescriptor": made["StorageDescriptor"]},
    )  # fmt: skip
    stacks.update(stack, lake("second", "a", "b"))
    columns = [column["Name"] for column in glue.get_table(**table)["Table"]["StorageDescriptor"]["Columns"]]
    assert columns == ["a", "b"]
    assert glue.get_database(Name=f"d_{unique}")["Database"]["Description"] == "second"
    assert len(glue.get_partitions(DatabaseName=f"d_{unique}", TableName="events")["Partitions"]) == 1
    stacks.delete(stack)
    assert gone(lambda: glue.get_database(Name=f"d_{unique}"), "EntityNotFoundException")


def test_a_table_goes_with_its_database_into_another(stacks: Stacks, client: ClientOf, unique: str) -> None:
    glue = client("glue")

    def lake(name: str) -> str:
        account = ref("AWS::AccountId")
        table = {"CatalogId": account, "DatabaseName": ref("D"), "TableInput": {"Name": "events"}}
        database = {"CatalogId": account, "DatabaseInput": {"Name": name}}
        return template("AWS::Glue::Table", table, D={"Type": "AWS::Glue::Database", "Properties": database})

    stack = stacks.create(lake(f"one_{unique}"))
    # The same name, but another table: it is its database that gives it its identity.
    stacks.update(stack, lake(f"two_{unique}"))
    assert glue.get_table(DatabaseName=f"two_{unique}", Name="events")["Table"]["Name"] == "events"
    assert gone(lambda: glue.get_database(Name=f"one_{unique}"), "EntityNotFoundException")


def test_a_job_and_its_security(stacks: Stacks, client: ClientOf) -> None:
    glue = client("glue")

    def job(workers: int, **more: Any) -> str:
        properties = {
            "GlueVersion": "5.1", "WorkerType": "G.1X", "NumberOfWorkers": workers, "Role": arn("Role"),
            "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": "s3://code/job.py"},
            "SecurityConfiguration": ref("Security"), "ExecutionProperty": {"MaxConcurrentRuns": 2}, **more,
        }  # fmt: skip
        encryption = {"S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": arn("Key")}]}
        security = {"Name": {"Fn::Sub": "${AWS::StackName}-security"}, "EncryptionConfiguration": encryption}
        return template(
            "AWS::Glue::Job", properties,
            Security={"Type": "AWS::Glue::SecurityConfiguration", "Properties": security}, **KEY, **ROLE,
        )  # fmt: skip

    stack = stacks.create(job(2), **IAM)
    name, security = stacks.physical(stack, "R"), f"{stack}-security"
    found = glue.get_job(JobName=name)["Job"]
    assert (found["NumberOfWorkers"], found["SecurityConfiguration"]) == (2, security)
    encryption = glue.get_security_configuration(Name=security)["SecurityConfiguration"]["EncryptionConfiguration"]
    assert encryption["S3Encryption"][0]["S3EncryptionMode"] == "SSE-KMS"
    assert encryption["S3Encryption"][0]["KmsKeyArn"].endswith(stacks.physical(stack, "Key"))
    stacks.update(stack, job(5, DefaultArguments={"--day": "2016-01-01"}), **IAM)
    found = glue.get_job(JobName=name)["Job"]
    assert (found["NumberOfWorkers"], found["DefaultArguments"]) == (5, {"--day": "2016-01-01"})
    stacks.delete(stack)
    assert gone(lambda: glue.get_job(JobName=name), "EntityNotFoundException")
    assert gone(lambda: glue.get_security_configuration(Name=security), "EntityNotFoundException")


def test_a_workgroups_configuration(stacks: Stacks, client: ClientOf, unique: str) -> None:
    athena = client("athena")

    def group(configuration: dict[str, Any], **more: Any) -> str:
        properties = {"Name": f"group-{unique}", "WorkGroupConfiguration": configuration, **more}
        return template("AWS::Athena::WorkGroup", {**properties, "RecursiveDeleteOption": True})

    results = {"OutputLocation": "s3://lake/results/", "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}
    first = {
        "EnforceWorkGroupConfiguration": True,
        "ResultConfiguration": results,
        "BytesScannedCutoffPerQuery": "10000000",
    }
    stack = stacks.create(group(first, Description="first"))

    def found() -> dict[str, Any]:
        answer: dict[str, Any] = athena.get_work_group(WorkGroup=f"group-{unique}")["WorkGroup"]
        return answer

    configuration = found()["Configuration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["ResultConfiguration"]["OutputLocation"] == "s3://lake/results/"
    assert configuration["BytesScannedCutoffPerQuery"] == 10_000_000
    stacks.update(stack, group({"EnforceWorkGroupConfiguration": "false"}, Description="second", State="DISABLED"))
    after = found()
    assert (after["Description"], after["State"]) == ("second", "DISABLED")
    assert after["Configuration"]["EnforceWorkGroupConfiguration"] is False
    assert not after["Configuration"].get("ResultConfiguration", {}).get("OutputLocation")
    assert "BytesScannedCutoffPerQuery" not in after["Configuration"]
    stacks.delete(stack)
    assert gone(found, "InvalidRequestException")
