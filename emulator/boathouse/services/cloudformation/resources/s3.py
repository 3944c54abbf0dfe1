"""AWS::S3::Bucket and its policy. A bucket's settings are operations of their own, so a table says which is whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from boathouse.errors import AwsError
from boathouse.services.cloudformation.resources.base import Acting, Arns, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import (
    BOOLEAN,
    INTEGER,
    POLICY,
    STRING,
    TAGS,
    Group,
    Many,
)

DEFAULT_REGION = "us-east-1"

ENCRYPTION = Group(
    {
        "ServerSideEncryptionConfiguration": Many(
            Group(
                {
                    "BucketKeyEnabled": BOOLEAN,
                    "ServerSideEncryptionByDefault": Group(
                        {"SSEAlgorithm": STRING, "KMSMasterKeyID": STRING}, required={"SSEAlgorithm"}
                    ),
                },
                renamed={"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"},
            )
        )
    },
    required={"ServerSideEncryptionConfiguration"},
    renamed={"ServerSideEncryptionConfiguration": "Rules"},
)
LIFECYCLE_RULE = Group(
    {
        "Id": STRING,
        "Status": STRING,
        "Prefix": STRING,
        "ExpirationInDays": INTEGER,
        "Transitions": Many(
            Group(
                {"StorageClass": STRING, "TransitionInDays": INTEGER},
                required={"StorageClass"},
                renamed={"TransitionInDays": "Days"},
            )
        ),
        "NoncurrentVersionExpiration": Group({"NoncurrentDays": INTEGER}, required={"NoncurrentDays"}),
        "AbortIncompleteMultipartUpload": Group({"DaysAfterInitiation": INTEGER}, required={"DaysAfterInitiation"}),
    },
    required={"Status"},
    renamed={"Id": "ID"},
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a bucket: the operation that puts it, its member, and the operation that takes it away."""

    put: str
    member: str
    delete: str | None


SETTINGS: Mapping[str, Setting] = {
    "BucketEncryption": Setting("PutBucketEncryption", "ServerSideEncryptionConfiguration", "DeleteBucketEncryption"),
    "LifecycleConfiguration": Setting(
        "PutBucketLifecycleConfiguration", "LifecycleConfiguration", "DeleteBucketLifecycle"
    ),
    "OwnershipControls": Setting("PutBucketOwnershipControls", "OwnershipControls", "DeleteBucketOwnershipControls"),
    "PublicAccessBlockConfiguration": Setting(
        "PutPublicAccessBlock", "PublicAccessBlockConfiguration", "DeletePublicAccessBlock"
    ),
    "Tags": Setting("PutBucketTagging", "Tagging", "DeleteBucketTagging"),
    "VersioningConfiguration": Setting("PutBucketVersioning", "VersioningConfiguration", None),
}


class Bucket(ResourceType):
    type = "AWS::S3::Bucket"
    service = "s3"
    properties = Group(
        {
            "BucketName": STRING,
            "BucketEncryption": ENCRYPTION,
            "LifecycleConfiguration": Group({"Rules": Many(LIFECYCLE_RULE)}, required={"Rules"}),
            "OwnershipControls": Group({"Rules": Many(Group({"ObjectOwnership": STRING}))}, required={"Rules"}),
            "PublicAccessBlockConfiguration": Group(
                {
                    "BlockPublicAcls": BOOLEAN,
                    "BlockPublicPolicy": BOOLEAN,
                    "IgnorePublicAcls": BOOLEAN,
                    "RestrictPublicBuckets": BOOLEAN,
                }
            ),
            "Tags": TAGS,
            "VersioningConfiguration": Group({"Status": STRING}, required={"Status"}),
        }
    )
    naming = Naming("BucketName", 63, lower=True)
    member = "Bucket"
    creates, reads, deletes = "CreateBucket", "HeadBucket", "DeleteBucket"
    absent = frozenset({"404", "NoSuchBucket"})
    taken = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
    replaces = frozenset({"BucketName"})
    fixed = frozenset()
    arns: ClassVar[Arns] = {
        "Arn": "arn:{partition}:s3:::{name}",
        "DomainName": "{name}.s3.amazonaws.com",
        "DualStackDomainName": "{name}.s3.dualstack.{region}.amazonaws.com",
        "RegionalDomainName": "{name}.s3.{region}.amazonaws.com",
    }

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        try:
            return await super().exists(act, name, values)
        except AwsError as error:
            # HeadBucket on a bucket of another account.
            if error.code == "403":
                return True
            raise

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        region = act.principal.region
        where = None if region == DEFAULT_REGION else {"LocationConstraint": region}
        await act(self.creates, Bucket=name, CreateBucketConfiguration=where)
        await self._set(act, name, {}, values)
        return await self.made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        await self._set(act, name, old, new)
        return await self.made(act, name, new)

    async def _set(self, act: Acting, name: str, old: Values, new: Values) -> None:
        request = self.request(new)
        for property_, setting in SETTINGS.items():
            if new.get(property_) == old.get(property_):
                continue
            if property_ in new:
                await act(setting.put, Bucket=name, **{setting.member: _setting(property_, request[property_])})
            elif setting.delete is not None:
                await act(setting.delete, Bucket=name)
            else:
                await act(setting.put, Bucket=name, **{setting.member: {"Status": "Suspended"}})


def _setting(property_: str, value: Any) -> Any:
    """A setting's parameter where it is built otherwise than the property."""
    match property_:
        case "LifecycleConfiguration":
            return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}
        case "Tags":
            return {"TagSet": value}
    return value


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in rule.items() if name not in ("Prefix", "ExpirationInDays")}
    made["Filter"] = {"Prefix": rule.get("Prefix", "")}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": rule["ExpirationInDays"]}
    return made


class BucketPolicy(ResourceType):
    type = "AWS::S3::BucketPolicy"
    service = "s3"
    properties = Group(
        {"Bucket": STRING, "PolicyDocument": POLICY},
        required={"Bucket", "PolicyDocument"},
        renamed={"PolicyDocument": "Policy"},
    )
    naming = Naming("Bucket", 63)
    member = "Bucket"
    creates, reads, updates, deletes = "PutBucketPolicy", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"
    absent = frozenset({"NoSuchBucketPolicy", "NoSuchBucket"})
    taken = frozenset()
    replaces = frozenset({"Bucket"})
    fixed = frozenset()
