"""What is ours about IAM operations that the base answers: the access keys that come and go with them."""

import re
from collections.abc import MutableMapping

from boathouse.call import Call
from boathouse.context import Context, root_arn, root_of
from boathouse.errors import AwsError, Unsupported
from boathouse.lake.access_keys import AccessKeys
from boathouse.service import Passed, Request

ABOUT_THE_ASKER = frozenset({"CreateAccessKey", "GetUser", "ListAccessKeys", "UpdateAccessKey"})
"""Operations that mean whoever asks where they name no user."""


class IamPassage:
    def __init__(self, access_keys: AccessKeys, call: Call) -> None:
        self._access_keys = access_keys
        self._call = call

    def concerns(self, operation: str) -> bool:
        return operation in ABOUT_THE_ASKER or operation == "DeleteAccessKey"

    async def authorise(self, context: Context, request: Request) -> None:
        names_nobody = context.operation in ABOUT_THE_ASKER and not request.get("UserName")
        if names_nobody and not context.principal.is_root:
            raise Unsupported(f"iam.{context.operation} without UserName by {context.principal.arn}", "name the user")

    def account(self, context: Context, request: Request) -> str:
        return context.account

    async def before(self, context: Context, request: Request, headers: MutableMapping[str, str]) -> None:
        """Nothing to add."""

    async def after(self, context: Context, request: Request, passed: Passed) -> None:
        if passed.status >= 300:
            return
        match context.operation:
            case "CreateAccessKey":
                await self._remember(context, request, passed)
            case "UpdateAccessKey":
                self._access_keys.set_active(request["AccessKeyId"], request["Status"] == "Active")
            case "DeleteAccessKey":
                self._access_keys.set_active(request["AccessKeyId"], False)

    def wants_body(self, operation: str) -> bool:
        return operation == "CreateAccessKey"

    async def _remember(self, context: Context, request: Request, passed: Passed) -> None:
        found = re.search(rb"<AccessKeyId>([^<]+)</AccessKeyId>", passed.body or b"")
        if found is None:
            raise AwsError("ServiceFailure", "emulator: the base's answer to CreateAccessKey names no AccessKeyId")
        arn = root_arn(context.account)
        if name := request.get("UserName"):
            user = await self._call("iam", "GetUser", {"UserName": name}, as_=root_of(context.account, context.region))
            arn = user["User"]["Arn"]
        self._access_keys.remember(found[1].decode(), context.account, arn)
