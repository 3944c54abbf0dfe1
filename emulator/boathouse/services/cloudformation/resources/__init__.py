"""The resource types that a template may have here: one module a service, one class a type.

They know their service's API by ``call`` alone, and nothing of stacks.
"""

from collections.abc import Mapping

from boathouse.services.cloudformation.resources import (
    athena,
    firehose,
    glue,
    iam,
    kinesis,
    kms,
    lambda_,
    s3,
    secretsmanager,
)
from boathouse.services.cloudformation.resources.base import ResourceType


def resource_types() -> Mapping[str, ResourceType]:
    """Every type by its name."""
    types: tuple[ResourceType, ...] = (
        athena.WorkGroup(),
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
    )
    return {type_.type: type_ for type_ in types}
