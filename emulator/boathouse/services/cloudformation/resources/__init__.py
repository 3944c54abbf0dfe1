"""The resource types that a template may have here: one module a service, one class a type.

They know their service's API by ``call`` alone, and nothing of stacks.
"""

from collections.abc import Mapping

from boathouse.services.cloudformation.resources import (
    athena,
    cloudwatch,
    firehose,
    glue,
    iam,
    kinesis,
    kms,
    lambda_,
    s3,
    secretsmanager,
    sns,
)
from boathouse.services.cloudformation.resources.base import ResourceType


def resource_types() -> Mapping[str, ResourceType]:
    """Every type by its name."""
    types: tuple[ResourceType, ...] = (
        athena.WorkGroup(),
        cloudwatch.Alarm(),
        firehose.DeliveryStream(),
        glue.Database(),
        glue.Job(),
        glue.SecurityConfiguration(),
        glue.Table(),
        iam.Role(),
        kinesis.Stream(),
        kms.Alias(),
        kms.Key(),
        lambda_.Function(),
        lambda_.Permission(),
        s3.Bucket(),
        s3.BucketPolicy(),
        secretsmanager.Secret(),
        sns.Subscription(),
        sns.Topic(),
        sns.TopicPolicy(),
    )
    return {type_.type: type_ for type_ in types}
