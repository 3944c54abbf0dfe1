"""Which KMS key an object's encryption names: S3 answers ARNs, whatever the request or the base says."""

import asyncio

from boathouse.call import Call
from boathouse.context import Principal, root_of
from boathouse.errors import AwsError

DEFAULT_ALIAS = "alias/aws/s3"
"""The key that ``aws:kms`` without a key id means.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""


class Keys:
    """ARNs by account, region and whatever names the key. A key's ARN never changes, an alias may move."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._arns: dict[tuple[str, str, str], str] = {}
        self._creating = asyncio.Lock()

    async def arn(self, principal: Principal, key: str | None) -> str:
        """The ARN of ``key`` (an id, an ARN or an alias; None: AWS's own key for S3). Unknown keys are refused."""
        name = key or DEFAULT_ALIAS
        where = (principal.account, principal.region, name)
        if (known := self._arns.get(where)) is not None:
            return known
        arn = await self._describe(principal, name)
        if "alias/" not in name:
            self._arns[where] = arn
        return arn

    def forget(self) -> None:
        self._arns.clear()

    async def _describe(self, principal: Principal, name: str) -> str:
        root = root_of(principal.account, principal.region)
        found = await self._found(root, name)
        if found is None and name == DEFAULT_ALIAS:
            async with self._creating:  # first uses come side by side, too
                found = await self._found(root, name) or await self._create_default(root)
        if found is None:
            raise AwsError("KMS.NotFoundException", f"Invalid keyId '{name}'", status=400)
        return found

    async def _found(self, root: Principal, name: str) -> str | None:
        try:
            found = await self._call("kms", "DescribeKey", {"KeyId": name}, as_=root)
        except AwsError as error:
            if error.code != "NotFoundException":
                raise
            return None
        arn: str = found["KeyMetadata"]["Arn"]
        return arn

    async def _create_default(self, root: Principal) -> str:
        """AWS makes the account's alias/aws/s3 at its first use; so do we, in the base's KMS."""
        description = "Default key that protects my S3 objects when no other key is defined"
        created = await self._call("kms", "CreateKey", {"Description": description}, as_=root)
        metadata = created["KeyMetadata"]
        await self._call("kms", "CreateAlias", {"AliasName": DEFAULT_ALIAS, "TargetKeyId": metadata["KeyId"]}, as_=root)
        arn: str = metadata["Arn"]
        return arn
