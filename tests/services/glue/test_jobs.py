"""Job definitions and security configurations, as boto3 sees them. Nothing runs here."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

SCRIPT = "s3://artifacts/scripts/job.py"
COMMAND = {"Name": "glueetl", "ScriptLocation": SCRIPT, "PythonVersion": "3"}
KEY = "arn:aws:kms:us-east-1:000000000000:key/1234"


@pytest.fixture
def glue(client: Callable[..., Any]) -> Iterator[Any]:
    glue = client("glue", account="222200001111")
    yield glue
    for name in glue.list_jobs()["JobNames"]:
        glue.delete_job(JobName=name)
    for found in glue.get_security_configurations()["SecurityConfigurations"]:
        glue.delete_security_configuration(Name=found["Name"])


def refused(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_job_is_shown_with_glues_defaults(glue: Any) -> None:
    assert glue.create_job(Name="one", Role="etl", Command=COMMAND)["Name"] == "one"
    job = glue.get_job(JobName="one")["Job"]
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html)
    assert {key: job[key] for key in ("GlueVersion", "Timeout", "JobMode", "MaxRetries", "ExecutionProperty")} == {
        "GlueVersion": "5.1",
        "Timeout": 480,
        "JobMode": "SCRIPT",
        "MaxRetries": 0,
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
    }
    assert (job["Role"], job["Command"], job["CreatedOn"]) == ("etl", COMMAND, job["LastModifiedOn"])


def test_workers_come_to_dpus(glue: Any) -> None:
    glue.create_job(Name="sized", Role="etl", Command=COMMAND, WorkerType="G.2X", NumberOfWorkers=3)
    job = glue.get_job(JobName="sized")["Job"]
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html): a G.2X is 2 DPU
    assert (job["WorkerType"], job["NumberOfWorkers"], job["MaxCapacity"]) == ("G.2X", 3, 6.0)


def test_an_update_overwrites_the_whole_definition(glue: Any) -> None:
    glue.create_job(Name="one", Role="etl", Command=COMMAND, Description="before", DefaultArguments={"--a": "1"})
    created = glue.get_job(JobName="one")["Job"]["CreatedOn"]
    glue.update_job(JobName="one", JobUpdate={"Role": "etl", "Command": COMMAND, "Timeout": 7})
    job = glue.get_job(JobName="one")["Job"]
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateJob.html)
    assert (job["Timeout"], job["CreatedOn"]) == (7, created)
    assert not {"Description", "DefaultArguments"} & job.keys()


def test_jobs_are_listed_in_pages_and_by_tag(glue: Any) -> None:
    for number in range(5):
        tags = {"odd": str(number % 2)}
        glue.create_job(Name=f"job-{number}", Role="etl", Command=COMMAND, Tags=tags)
    pages = list(glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 2}))
    assert [[job["Name"] for job in page["Jobs"]] for page in pages] == [
        ["job-0", "job-1"], ["job-2", "job-3"], ["job-4"],
    ]  # fmt: skip
    assert glue.list_jobs(Tags={"odd": "1"})["JobNames"] == ["job-1", "job-3"]
    batch = glue.batch_get_jobs(JobNames=["job-1", "none"])
    assert ([job["Name"] for job in batch["Jobs"]], batch["JobsNotFound"]) == (["job-1"], ["none"])


def test_a_job_that_is_not_there(glue: Any) -> None:
    assert refused(glue.get_job, JobName="none")[0] == "EntityNotFoundException"
    assert refused(glue.get_job_runs, JobName="none")[0] == "EntityNotFoundException"
    assert refused(glue.update_job, JobName="none", JobUpdate={"Timeout": 1})[0] == "EntityNotFoundException"
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteJob.html): no exception is thrown
    assert glue.delete_job(JobName="none")["JobName"] == "none"
    # assumed: the sentence
    assert refused(glue.start_job_run, JobName="none") == (
        "EntityNotFoundException", "Failed to start job run due to missing metadata",
    )  # fmt: skip


def test_a_name_is_taken_once(glue: Any) -> None:
    glue.create_job(Name="one", Role="etl", Command=COMMAND)
    assert refused(glue.create_job, Name="one", Role="etl", Command=COMMAND)[0] == "AlreadyExistsException"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"GlueVersion": "5.0"}, "Glue 5.0"),
        ({"Command": {"Name": "pythonshell", "ScriptLocation": SCRIPT}}, "pythonshell"),
        ({"Command": {"Name": "gluestreaming", "ScriptLocation": SCRIPT}}, "gluestreaming"),
        ({"DefaultArguments": {"--additional-python-modules": "scipy"}}, "--additional-python-modules scipy"),
        ({"DefaultArguments": {"--job-bookmark-option": "job-bookmark-enable"}}, "job-bookmark-enable"),
        ({"DefaultArguments": {"--enable-glue-datacatalog": ""}}, "--enable-glue-datacatalog"),
        ({"NonOverridableArguments": {"--extra-jars": "s3://b/x.jar"}}, "--extra-jars"),
        ({"Connections": {"Connections": ["db"]}}, "Connections"),
        ({"JobRunQueuingEnabled": True}, "JobRunQueuingEnabled"),
    ],
)
def test_what_does_not_run_here_is_refused_by_name(glue: Any, given: dict[str, Any], named: str) -> None:
    code, message = refused(glue.create_job, **({"Name": "no", "Role": "etl", "Command": COMMAND} | given))
    assert code == "NotImplemented"
    assert named in message
    assert glue.list_jobs()["JobNames"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"Timeout": 10_081},
        {"WorkerType": "G.1X"},
        {"WorkerType": "Standard", "NumberOfWorkers": 2},
        {"WorkerType": "G.1X", "NumberOfWorkers": 2, "MaxCapacity": 2.0},
        {"Role": "arn:aws:iam::999999999999:role/of-others"},
        {"Role": "arn:aws:s3:::bucket"},
        {"Command": {"Name": "glueetl"}},
    ],
)
def test_what_glue_itself_refuses(glue: Any, given: dict[str, Any]) -> None:
    # documented(https://docs.aws.amazon.com/glue/latest/webapi/API_CreateJob.html) but for the sentences
    request = {"Name": "no", "Role": "etl", "Command": COMMAND} | given
    assert refused(glue.create_job, **request)[0] == "InvalidInputException"


def test_what_is_off_may_be_said(glue: Any) -> None:
    off = {"--job-bookmark-option": "job-bookmark-disable", "--enable-glue-datacatalog": "false"}
    glue.create_job(Name="off", Role="etl", Command=COMMAND, DefaultArguments=off | {"--enable-metrics": "true"})
    assert glue.get_job(JobName="off")["Job"]["DefaultArguments"]["--enable-metrics"] == "true"


def test_a_security_configuration_lives_as_aws_has_it(glue: Any) -> None:
    encryption = {"S3Encryption": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY}]}
    created = glue.create_security_configuration(Name="kms", EncryptionConfiguration=encryption)
    found = glue.get_security_configuration(Name="kms")["SecurityConfiguration"]
    assert (found["EncryptionConfiguration"], found["CreatedTimeStamp"]) == (encryption, created["CreatedTimestamp"])
    again = refused(glue.create_security_configuration, Name="kms", EncryptionConfiguration=encryption)
    assert again[0] == "AlreadyExistsException"
    glue.delete_security_configuration(Name="kms")
    assert refused(glue.get_security_configuration, Name="kms")[0] == "EntityNotFoundException"
    assert refused(glue.delete_security_configuration, Name="kms")[0] == "EntityNotFoundException"


@pytest.mark.parametrize(
    "encryption",
    [
        {"S3Encryption": [{"S3EncryptionMode": "SSE-KMS"}]},
        {"CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS"}},
        {"S3Encryption": [{"S3EncryptionMode": "SSE-S3"}, {"S3EncryptionMode": "DISABLED"}]},
    ],
)
def test_a_security_configuration_that_could_not_be_followed(glue: Any, encryption: dict[str, Any]) -> None:
    # assumed: AWS's console asks for the key; the code is CreateSecurityConfiguration's
    answer = refused(glue.create_security_configuration, Name="no", EncryptionConfiguration=encryption)
    assert answer[0] == "InvalidInputException"


def test_a_run_needs_the_security_configuration_it_names(glue: Any) -> None:
    glue.create_job(Name="one", Role="etl", Command=COMMAND, SecurityConfiguration="gone")
    # assumed
    assert refused(glue.start_job_run, JobName="one") == (
        "EntityNotFoundException", "Security configuration gone not found.",
    )  # fmt: skip
    assert glue.get_job_runs(JobName="one")["JobRuns"] == []
