"""Which KMS key an object's encryption names: S3 answers ARNs, whatever the request or the base says."""

import asyncio

from boathouse.call import Call
from boathouse.context import Principal, root_of
from boathouse.errors import AwsError

DEFAULT_ALIAS = "alias/aws/s3"
"""The key that ``aws:kms`` without a key id means.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"""
NOT_FOUND = "KMS.NotFoundException"


class Keys:
    """ARNs by account, region and whatever names the key. A key's ARN never changes, an alias may move."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._arns: dict[tuple[str, str, str], str] = {}
        self._creating = asyncio.Lock()

    async def arn(self, account: str, region: str, key: str | None) -> str:
        """The ARN of ``key`` (an id, an ARN or an alias; None: AWS's own key for S3). Unknown keys are refused."""
        name = key or DEFAULT_ALIAS
        if name.startswith("arn:") and name.count(":") >= 5:
            region, account = name.split(":")[3:5]
        where = (account, region, name)
        if (known := self._arns.get(where)) is not None:
            return known
        arn = await self._describe(root_of(account, region), name)
        if "alias/" not in name:
            self._arns[where] = arn
        return arn

    async def answered(self, account: str, region: str, key: str | None) -> str | None:
        """As ``arn``; a key that the base has forgotten is answered as the base names it: its objects are there."""
        if key is not None and key.startswith("arn:"):
            return key
        try:
            return await self.arn(account, region, key)
        except AwsError as error:
            if error.code != NOT_FOUND:
                raise
            return key

    async def reset(self) -> None:
        self._arns.clear()

    async def _describe(self, root: Principal, name: str) -> str:
        found = await self._found(root, name)
        if found is None and name == DEFAULT_ALIAS:
            async with self._creating:  # first uses come side by side, too
                found = await self._found(root, name) or await self._create_default(root)
        if found is None:
            raise AwsError(NOT_FOUND, f"Invalid keyId '{name}'", status=400)
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
