"""What deploying to AWS makes, what that costs and how it goes away again: said before anything is made."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines import stack as stacks
from pipelines.deploy import TEMPLATE, artifact_bucket_name, given_parameters
from pipelines.settings import Profile

HOURS_A_MONTH = 730
PRICES_OF = "us-east-1, early 2026"
"""Where and when these were AWS's list prices. The page beside each has today's, and those of other regions."""
RESOURCE = re.compile(r"^  (\w+):\n    Type: (AWS::[\w:]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What costs money for being there; ``dollars`` a month for each unit."""

    type: str
    unit: str
    dollars: float
    page: str
    count_parameter: str | None = None
    """The template's parameter that says how many there are of a resource of the type; None for one."""


@dataclass(frozen=True, slots=True)
class Used:
    """What costs money when it is used."""

    what: str
    price: str
    page: str


STANDING = (
    Standing(
        "AWS::Kinesis::Stream", "shard ($0.015 an hour)", 0.015 * HOURS_A_MONTH,
        "https://aws.amazon.com/kinesis/data-streams/pricing/", "StreamShards",
    ),
    Standing(
        "AWS::KMS::Key", "key (each of its first two yearly rotations adds $1)", 1.0,
        "https://aws.amazon.com/kms/pricing/",
    ),
    Standing("AWS::SecretsManager::Secret", "secret", 0.40, "https://aws.amazon.com/secrets-manager/pricing/"),
    Standing("AWS::CloudWatch::Alarm", "alarm", 0.10, "https://aws.amazon.com/cloudwatch/pricing/"),
)  # fmt: skip
USED = (
    Used("Glue job", "$0.44 per worker and hour, by the second, a minute at least", "https://aws.amazon.com/glue/pricing/"),
    Used("Athena", "$5 per TB read, 10 MB a query at least", "https://aws.amazon.com/athena/pricing/"),
    Used("Kinesis", "$0.014 per million records of up to 25 KB", "https://aws.amazon.com/kinesis/data-streams/pricing/"),
    Used(
        "Firehose", "$0.029 per GB, each record counted as 5 KB at least, and $0.02 per GB for partitioning",
        "https://aws.amazon.com/firehose/pricing/",
    ),
    Used("S3", "$0.023 per GB and month, $0.005 per 1,000 writes", "https://aws.amazon.com/s3/pricing/"),
    Used("CloudWatch", "$0.50 per GB of logs, $0.30 per metric and month", "https://aws.amazon.com/cloudwatch/pricing/"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """``exists``: whether the stack is there already, so that deploying updates it."""

    account: str
    region: str
    exists: bool
    data_bucket: str
    artifact_bucket: str
    types: Counter[str]
    standing: tuple[tuple[int, Standing], ...]

    @classmethod
    def of(cls, profile: Profile) -> "Plan":
        """Asks AWS for nothing but whose account this is and whether the stack is there."""
        account: str = profile.client("sts").get_caller_identity()["Account"]
        template, given = TEMPLATE.read_text(), given_parameters(profile.name)
        types = Counter(resource_types(template).values())
        standing = tuple((types[each.type] * _times(each, template, given), each) for each in STANDING)
        return cls(
            account=account,
            region=profile.region,
            exists=stacks.describe(profile.client("cloudformation")) is not None,
            data_bucket=given.get("DataBucketName") or f"github-analytics-data-{account}-{profile.region}",
            artifact_bucket=artifact_bucket_name(profile, account),
            types=types,
            standing=tuple((count, each) for count, each in standing if count),
        )

    @property
    def dollars_a_month(self) -> float:
        """For what stands there, used or not."""
        return sum(count * each.dollars for count, each in self.standing)

    @property
    def removal(self) -> tuple[str, ...]:
        """Commands of the AWS CLI that leave nothing behind but logs. The key goes after 30 days, at no charge."""
        stack = f"--stack-name {stacks.STACK_NAME} --region {self.region}"
        return (
            f"aws s3 rm s3://{self.data_bucket} --recursive --quiet --region {self.region}",
            f"aws cloudformation delete-stack {stack}",
            f"aws cloudformation wait stack-delete-complete {stack}",
            f"aws s3 rb s3://{self.artifact_bucket} --force --region {self.region}",
        )

    def lines(self) -> Iterator[str]:
        """For a person, before they are asked."""
        verb = "updates" if self.exists else "makes"
        yield f"This {verb} the stack {stacks.STACK_NAME} in the account {self.account}, {self.region}:"
        yield f"  {self.types.total()} resources, and the bucket {self.artifact_bucket} for their code"
        yield from (f"  {count:3} {name}" for name, count in sorted(self.types.items()))
        yield f"It costs about ${self.dollars_a_month:.2f} a month for being there ({PRICES_OF}):"
        for count, each in self.standing:
            yield f"  ${count * each.dollars:5.2f}  {count} × {each.unit}, {each.page}"
        yield "and what is used:"
        yield from (f"  {each.what}: {each.price}, {each.page}" for each in USED)
        yield "To remove everything again:"
        yield from (f"  {command}" for command in self.removal)


def resource_types(template: str) -> dict[str, str]:
    """Logical name to type, by the form that our own template has: no YAML library is needed to deploy."""
    return dict(RESOURCE.findall(template))


def _times(each: Standing, template: str, given: dict[str, str]) -> int:
    name = each.count_parameter
    if name is None:
        return 1
    default = re.search(rf"^  {name}:\n(?:    .*\n)*?    Default: (\d+)$", template, re.MULTILINE)
    return int(given[name] if name in given else default[1] if default else 1)
