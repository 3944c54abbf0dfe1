"""One of each resource, so that requests that name them get into the handlers; made again where they were deleted."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from tests.fire.attacks.values import Names

ClientOf = Callable[[str], Any]
ACCOUNT = "000000000000"
BUCKET, STREAM, DELIVERY, FUNCTION = "seed-bucket", "seed-stream", "seed-delivery", "seed-function"
DATABASE, TABLE, VIEW, JOB, CONFIGURATION = "seed_db", "seed_table", "seed_view", "seed-job", "seed-configuration"
STACK, CHANGES, ALARM, TOPIC, GROUP = "seed-stack", "seed-changes", "seed-alarm", "seed-topic", "seed-group"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/seed"
TEMPLATE = json.dumps(
    {
        "Parameters": {"P": {"Type": "String", "Default": "p"}},
        "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "t-${P}"}}}},
        "Outputs": {"O": {"Value": {"Ref": "T"}, "Export": {"Name": "exported"}}},
    }
)
NAMES: dict[str, dict[str, list[str]]] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text())
DEEP = (
    "SELECT " + "(" * 2000,
    "SELECT " + "1+" * 5000 + "1",
    "SELECT " + "NOT " * 3000 + "true",
    "SELECT " + "CASE WHEN true THEN " * 900 + "1" + " END" * 900,
    "SELECT \x00",
)
STORED = {
    "Columns": [{"Name": "a", "Type": "int"}],
    "Location": f"s3://{BUCKET}/seed/",
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
}


def _package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {'records': []}\n")
    return buffer.getvalue()


class Seeds:
    """``names`` is what requests are told of them, by service and member."""

    def __init__(self, client: ClientOf) -> None:
        self._client = client
        self.names: dict[str, Names] = {}

    def sow(self) -> None:
        """Makes whatever is not there."""
        for make in self._makers():
            with suppress(ClientError):
                make()
        self.names = self._names()

    def _makers(self) -> Iterator[Callable[[], Any]]:
        yield from self._of_the_lake()
        yield from self._around_it()

    def _of_the_lake(self) -> Iterator[Callable[[], Any]]:
        s3, glue, athena = self._client("s3"), self._client("glue"), self._client("athena")
        partitioned = {"StorageDescriptor": STORED, "PartitionKeys": [{"Name": "dt", "Type": "string"}]}
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/none.py", "PythonVersion": "3"}
        output = {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/results/"}}
        yield lambda: s3.create_bucket(Bucket=BUCKET)
        yield lambda: s3.delete_bucket_policy(Bucket=BUCKET)
        yield lambda: s3.put_object(Bucket=BUCKET, Key="seed/one.json", Body=b'{"a": 1}\n')
        yield lambda: glue.create_database(DatabaseInput={"Name": DATABASE})
        yield lambda: glue.create_table(DatabaseName=DATABASE, TableInput={"Name": TABLE, **partitioned})
        yield lambda: glue.create_partition(
            DatabaseName=DATABASE,
            TableName=TABLE,
            PartitionInput={"Values": ["2026-01-01"], "StorageDescriptor": STORED},
        )
        yield lambda: glue.create_security_configuration(Name=CONFIGURATION, EncryptionConfiguration={})
        yield lambda: glue.create_job(Name=JOB, Role=ROLE, Command=command, GlueVersion="5.1")
        yield lambda: athena.create_work_group(Name=GROUP, Configuration=output)

    def _around_it(self) -> Iterator[Callable[[], Any]]:
        kinesis, firehose, functions = self._client("kinesis"), self._client("firehose"), self._client("lambda")
        stacks, watch, sns = self._client("cloudformation"), self._client("cloudwatch"), self._client("sns")
        yield lambda: kinesis.create_stream(StreamName=STREAM, ShardCount=2)
        yield lambda: functions.create_function(
            FunctionName=FUNCTION, Runtime="python3.11", Role=ROLE, Handler="app.handler", Code={"ZipFile": _package()}
        )
        yield lambda: firehose.create_delivery_stream(
            DeliveryStreamName=DELIVERY,
            ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": f"arn:aws:s3:::{BUCKET}"},
        )
        yield lambda: sns.create_topic(Name=TOPIC)
        yield lambda: sns.subscribe(TopicArn=_topic(), Protocol="lambda", Endpoint=_function())
        yield lambda: stacks.create_stack(StackName=STACK, TemplateBody=TEMPLATE)
        yield lambda: stacks.create_change_set(
            StackName="seed-proposed", ChangeSetName=CHANGES, ChangeSetType="CREATE", TemplateBody=TEMPLATE
        )
        yield lambda: watch.put_metric_alarm(
            AlarmName=ALARM, Namespace="N", MetricName="M", Statistic="Sum", Period=60, EvaluationPeriods=1,
            Threshold=1.0, ComparisonOperator="GreaterThanThreshold", AlarmActions=[_topic()],
        )  # fmt: skip

    def _names(self) -> dict[str, Names]:
        found = self._found()
        names = {
            service: {
                member: [text for value in values for text in found.get(value, [value])]
                for member, values in of.items()
            }
            for service, of in NAMES.items()
        }
        names["athena"]["QueryString"] += DEEP
        names["cloudformation"]["TemplateBody"].append(TEMPLATE)
        return dict(names)

    def _found(self) -> dict[str, list[str]]:
        """What stands for @iterator and its like; without what an attack has destroyed for the moment."""
        kinesis, athena, glue = self._client("kinesis"), self._client("athena"), self._client("glue")
        shard = {"ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        found = {"@iterator": ["none"], "@query": ["none"], "@run": ["none"]}
        with suppress(ClientError):
            found["@iterator"] = [kinesis.get_shard_iterator(StreamName=STREAM, **shard)["ShardIterator"]]
        with suppress(ClientError):
            query = athena.start_query_execution(QueryString="SELECT 1", WorkGroup=GROUP)
            found["@query"] = [query["QueryExecutionId"]]
        with suppress(ClientError):
            found["@run"] += [run["Id"] for run in glue.get_job_runs(JobName=JOB)["JobRuns"][:2]]
        return found


def _topic() -> str:
    return f"arn:aws:sns:us-east-1:{ACCOUNT}:{TOPIC}"


def _function() -> str:
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{FUNCTION}"
