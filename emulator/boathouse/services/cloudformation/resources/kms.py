"""AWS::KMS::Key and AWS::KMS::Alias."""

from typing import Any, ClassVar

from boathouse.errors import AwsError
from boathouse.services.cloudformation.resources.base import Acting, Arns, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, INTEGER, POLICY, STRING, Group, Many

DAYS_UNTIL_GONE = 30
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
DEFAULT_POLICY = (
    '{{"Version": "2012-10-17", "Id": "key-default-1", "Statement": [{{"Sid": "Enable IAM User Permissions",'
    ' "Effect": "Allow", "Principal": {{"AWS": "arn:{partition}:iam::{account}:root"}}, "Action": "kms:*",'
    ' "Resource": "*"}}]}}'
)


class Key(ResourceType):
    """KMS chooses the id. Deleting is scheduling: the key is pending deletion for PendingWindowInDays."""

    type = "AWS::KMS::Key"
    service = "kms"
    properties = Group(
        {
            "Description": STRING,
            "Enabled": BOOLEAN,
            "EnableKeyRotation": BOOLEAN,
            "KeyPolicy": POLICY,
            "KeySpec": STRING,
            "KeyUsage": STRING,
            "PendingWindowInDays": INTEGER,
            "Tags": Many(
                Group(
                    {"Key": STRING, "Value": STRING},
                    required={"Key", "Value"},
                    renamed={"Key": "TagKey", "Value": "TagValue"},
                )
            ),
        },
        renamed={"KeyPolicy": "Policy"},
    )
    member = "KeyId"
    creates, reads, deletes = "CreateKey", "DescribeKey", "ScheduleKeyDeletion"
    absent = frozenset({"NotFoundException"})
    taken = frozenset()
    fixed = frozenset({"KeySpec", "KeyUsage", "Tags"})
    late = frozenset({"Enabled", "EnableKeyRotation", "PendingWindowInDays"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:kms:{region}:{account}:key/{name}", "KeyId": "{name}"}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        asked = self.request({key: value for key, value in values.items() if key not in self.late})
        answer = await act(self.creates, **asked)
        key_id: str = answer["KeyMetadata"]["KeyId"]
        act.begun(key_id)
        await self._switch(act, key_id, {}, self.request(values))
        return await self.made(act, key_id, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        before, after = self.request(old), self.request(new)
        if after.get("Description", "") != before.get("Description", ""):
            await act("UpdateKeyDescription", KeyId=name, Description=after.get("Description", ""))
        if after.get("Policy") != before.get("Policy"):
            policy = after.get("Policy") or act.arn(DEFAULT_POLICY, name)
            await act("PutKeyPolicy", KeyId=name, PolicyName="default", Policy=policy)
        await self._switch(act, name, before, after)
        return await self.made(act, name, new)

    async def _switch(self, act: Acting, key_id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        enabled, rotating = after.get("Enabled", True), after.get("EnableKeyRotation", False)
        if enabled and not before.get("Enabled", True):
            await act("EnableKey", KeyId=key_id)
        if rotating != before.get("EnableKeyRotation", False):
            await act("EnableKeyRotation" if rotating else "DisableKeyRotation", KeyId=key_id)
        if not enabled and before.get("Enabled", True):
            await act("DisableKey", KeyId=key_id)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        days = self.request(values).get("PendingWindowInDays", DAYS_UNTIL_GONE)
        try:
            metadata = (await act(self.reads, KeyId=name))["KeyMetadata"]
        except AwsError as error:
            if error.code in self.absent:
                return
            raise
        if metadata["KeyState"] != "PendingDeletion":
            await act(self.deletes, KeyId=name, PendingWindowInDays=days)


class Alias(ResourceType):
    type = "AWS::KMS::Alias"
    service = "kms"
    properties = Group({"AliasName": STRING, "TargetKeyId": STRING}, required={"AliasName", "TargetKeyId"})
    naming = Naming("AliasName", 256)
    member = "AliasName"
    creates, reads, updates, deletes = "CreateAlias", "DescribeKey", "UpdateAlias", "DeleteAlias"
    absent = frozenset({"NotFoundException"})
    taken = frozenset({"AlreadyExistsException"})
    replaces = frozenset({"AliasName"})
    fixed = frozenset()

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        try:
            await act(self.reads, KeyId=name)
        except AwsError as error:
            if error.code in self.absent:
                return False
            raise
        return True
