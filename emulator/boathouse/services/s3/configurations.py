"""Configurations of a bucket that are ours where the base would refuse them: kept, and answered as they were put.

MinIO knows no public access block and no object ownership, takes no transition to a storage class of AWS's, and no
default encryption with a key of ours.
"""

from dataclasses import dataclass

from boathouse.call import Call
from boathouse.context import Context
from boathouse.errors import AwsError
from boathouse.service import Request, Response, operation
from boathouse.services.s3.store import Store


@dataclass(frozen=True, slots=True)
class Kind:
    """``member`` holds the configuration in requests and answers, but where the answer ``is_flat``."""

    name: str
    member: str
    put: str
    get: str
    delete: str
    missing: tuple[str, str]
    is_flat: bool = False


ENCRYPTION = "encryption"
KINDS = (
    Kind(
        ENCRYPTION, "ServerSideEncryptionConfiguration",
        "PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption",
        ("ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
    ),
    Kind(
        "public-access-block", "PublicAccessBlockConfiguration",
        "PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock",
        ("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
    ),
    Kind(
        "ownership", "OwnershipControls",
        "PutBucketOwnershipControls", "GetBucketOwnershipControls", "DeleteBucketOwnershipControls",
        ("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
    ),
    Kind(
        "lifecycle", "LifecycleConfiguration",
        "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle",
        ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"), is_flat=True,
    ),
)  # fmt: skip


def resources(store: Store, call: Call) -> list[object]:
    return [_resource(kind, store, call) for kind in KINDS]


def _resource(kind: Kind, store: Store, call: Call) -> object:
    async def existing(context: Context, request: Request) -> str:
        """The bucket is the base's."""
        bucket: str = request["Bucket"]
        await call("s3", "GetBucketLocation", {"Bucket": bucket}, as_=context.principal)
        return bucket

    class Configuration:
        @operation(kind.put)
        async def put(self, context: Context, request: Request) -> None:
            store.put_configuration(await existing(context, request), kind.name, request[kind.member])

        @operation(kind.get)
        async def get(self, context: Context, request: Request) -> Response:
            bucket = await existing(context, request)
            found = store.configuration(bucket, kind.name)
            if found is None:
                code, message = kind.missing
                raise AwsError(code, message, status=404, BucketName=bucket)
            return found if kind.is_flat else {kind.member: found}

        @operation(kind.delete)
        async def delete(self, context: Context, request: Request) -> None:
            store.delete_configuration(await existing(context, request), kind.name)

    return Configuration()
