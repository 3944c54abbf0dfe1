import base64
import hashlib
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import ClientOf
from tests.services.lambda_.conftest import ROLE, MakeFunction, package, zipped

ANSWERS = "def handler(event, context): return {!r}"


def answer(awslambda: Any, name: str) -> Any:
    return json.loads(awslambda.invoke(FunctionName=name)["Payload"].read())


def test_what_creating_a_function_says(awslambda: Any, make_function: MakeFunction) -> None:
    code = package(ANSWERS.format(1))
    name = make_function("", Code={"ZipFile": code}, Description="one", Timeout=9, Tags={"team": "data"})
    found = awslambda.get_function(FunctionName=name)
    configuration = found["Configuration"]
    # documented(https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html)
    assert configuration["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert configuration["CodeSize"] == len(code)
    assert configuration["FunctionArn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert (configuration["Timeout"], configuration["MemorySize"], configuration["Version"]) == (9, 128, "$LATEST")
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "Successful")
    assert configuration["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    assert configuration["LastModified"].endswith("+0000")
    assert "Environment" not in configuration
    assert found["Tags"] == {"team": "data"}
    # client(boto3): both waiters read State and LastUpdateStatus
    awslambda.get_waiter("function_active_v2").wait(FunctionName=name)
    awslambda.get_waiter("function_updated_v2").wait(FunctionName=name)


def test_code_from_s3(awslambda: Any, client: ClientOf, bucket: str, make_function: MakeFunction) -> None:
    client("s3").put_object(Bucket=bucket, Key="code.zip", Body=package(ANSWERS.format("from s3")))
    name = make_function("", Code={"S3Bucket": bucket, "S3Key": "code.zip"})
    assert answer(awslambda, name) == "from s3"
    # client(recorded from AWS by several projects): the sentence
    with pytest.raises(ClientError, match=r"Error occurred while GetObject\. S3 Error Code: NoSuchKey") as refused:
        make_function("", Code={"S3Bucket": bucket, "S3Key": "missing.zip"})
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"


def test_new_code_runs_at_once(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(ANSWERS.format("old"))
    assert answer(awslambda, name) == "old"
    before = awslambda.get_function_configuration(FunctionName=name)
    updated = awslambda.update_function_code(FunctionName=name, ZipFile=package(ANSWERS.format("new")))
    assert updated["CodeSha256"] != before["CodeSha256"]
    assert updated["RevisionId"] != before["RevisionId"]
    assert answer(awslambda, name) == "new"
    with pytest.raises(ClientError, match="The Revision Id provided does not match the latest Revision Id"):
        awslambda.update_function_code(FunctionName=name, ZipFile=package("1"), RevisionId=before["RevisionId"])


def test_new_configuration_runs_at_once(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(
        """
        import os
        def handler(event, context): return os.environ.get('COLOUR')
        def other(event, context): return 'other'
        """,
        Environment={"Variables": {"COLOUR": "red"}},
    )
    assert answer(awslambda, name) == "red"
    awslambda.update_function_configuration(FunctionName=name, Environment={"Variables": {"COLOUR": "blue"}})
    assert answer(awslambda, name) == "blue"
    updated = awslambda.update_function_configuration(FunctionName=name, Handler="app.other", Timeout=7)
    assert (updated["Handler"], updated["Timeout"]) == ("app.other", 7)
    assert updated["Environment"]["Variables"] == {"COLOUR": "blue"}
    assert answer(awslambda, name) == "other"


def test_functions_are_listed_in_pages(awslambda: Any, make_function: MakeFunction) -> None:
    names = {make_function(ANSWERS.format(index)) for index in range(3)}
    pages = list(awslambda.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))
    assert names <= {found["FunctionName"] for page in pages for found in page["Functions"]}
    assert max(len(page["Functions"]) for page in pages) == 2


def test_a_deleted_function_is_gone(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(ANSWERS.format(1))
    assert answer(awslambda, name) == 1
    awslambda.delete_function(FunctionName=name)
    with pytest.raises(ClientError, match=f"Function not found: arn:aws:lambda:us-east-1:000000000000:function:{name}"):
        awslambda.invoke(FunctionName=name)
    awslambda.create_function(
        FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler",
        Code={"ZipFile": package(ANSWERS.format(2))},
    )  # fmt: skip
    assert answer(awslambda, name) == 2


def test_a_name_is_taken_once(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(ANSWERS.format(1))
    with pytest.raises(ClientError, match=f"Function already exist: {name}") as refused:
        awslambda.create_function(
            FunctionName=name, Runtime="python3.11", Role=ROLE, Handler="app.handler", Code={"ZipFile": package("1")}
        )
    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"


def test_modules_and_files_beside_the_handler(awslambda: Any, make_function: MakeFunction) -> None:
    code = zipped(
        {
            "app.py": "import inner.part\ndef handler(e, c): return [inner.part.X, open('data.txt').read()]",
            "inner/__init__.py": "",
            "inner/part.py": "X = 41",
            "data.txt": "beside",
        }
    )
    assert answer(awslambda, make_function("", Code={"ZipFile": code})) == [41, "beside"]


@pytest.mark.parametrize("name", ["../outside.py", "/etc/outside.py", "inner/../../outside.py"])
def test_a_zip_that_reaches_outside_is_refused(make_function: MakeFunction, name: str) -> None:
    with pytest.raises(ClientError, match="lies outside of it"):
        make_function("", Code={"ZipFile": zipped({"app.py": "", name: "bad"})})


def test_a_zip_that_unpacks_to_too_much_is_refused(make_function: MakeFunction) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(26):
            archive.writestr(f"bomb{index}", bytes(10 * 1024 * 1024))
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): 250 MB unzipped
    with pytest.raises(ClientError, match="Unzipped size must be smaller than 262144000 bytes"):
        make_function("", Code={"ZipFile": buffer.getvalue()})


def test_what_is_no_zip_is_refused(make_function: MakeFunction) -> None:
    with pytest.raises(ClientError, match="Could not unzip uploaded file"):
        make_function("", Code={"ZipFile": b"not a zip"})


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"Runtime": "nodejs22.x"}, "runtime nodejs22.x"),
        ({"Runtime": "python3.9"}, "runtime python3.9"),
        ({"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]}, "Layers"),
        ({"Publish": True}, "Publish"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}, "VpcConfig"),
        ({"TracingConfig": {"Mode": "Active"}}, "TracingConfig"),
        ({"Code": {"ImageUri": "x"}, "PackageType": "Image"}, "PackageType Image"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(
    make_function: MakeFunction, params: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError, match=f"emulator: Lambda {named}.* is not supported"):
        make_function(ANSWERS.format(1), **params)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"Timeout": 901}, "Member must have value less than or equal to 900"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "Reserved keys used in this request: AWS_REGION"),
        ({"Environment": {"Variables": {"BIG": "x" * 4096}}}, "exceeded the 4KB limit"),
        ({"Role": "nobody"}, "at 'role' failed to satisfy constraint"),
    ],
)
def test_what_lambda_refuses(make_function: MakeFunction, params: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ClientError, match=sentence):
        make_function(ANSWERS.format(1), **params)


def test_tags(awslambda: Any, make_function: MakeFunction) -> None:
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{make_function(ANSWERS.format(1))}"
    awslambda.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    awslambda.untag_resource(Resource=arn, TagKeys=["a"])
    assert awslambda.list_tags(Resource=arn)["Tags"] == {"b": "2"}


def test_permissions_make_a_policy(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(ANSWERS.format(1))
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    added = awslambda.add_permission(
        FunctionName=name, StatementId="firehose", Action="lambda:InvokeFunction", Principal="firehose.amazonaws.com",
        SourceAccount="000000000000", SourceArn="arn:aws:firehose:us-east-1:000000000000:deliverystream/raw",
    )  # fmt: skip
    policy = json.loads(awslambda.get_policy(FunctionName=name)["Policy"])
    # documented(https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html)
    assert policy["Statement"] == [
        {
            "Sid": "firehose",
            "Effect": "Allow",
            "Principal": {"Service": "firehose.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": arn,
            "Condition": {
                "StringEquals": {"AWS:SourceAccount": "000000000000"},
                "ArnLike": {"AWS:SourceArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/raw"},
            },
        }
    ]
    assert json.loads(added["Statement"]) == policy["Statement"][0]
    with pytest.raises(ClientError, match="already exists"):
        awslambda.add_permission(FunctionName=name, StatementId="firehose", Action="lambda:*", Principal="*")
    awslambda.remove_permission(FunctionName=name, StatementId="firehose")
    with pytest.raises(ClientError, match="The resource you requested does not exist"):
        awslambda.get_policy(FunctionName=name)


def test_published_versions_are_not_there(awslambda: Any, make_function: MakeFunction) -> None:
    name = make_function(ANSWERS.format(1))
    (version,) = awslambda.list_versions_by_function(FunctionName=name)["Versions"]
    assert version["Version"] == "$LATEST"
    with pytest.raises(ClientError, match="NotImplemented"):
        awslambda.publish_version(FunctionName=name)
