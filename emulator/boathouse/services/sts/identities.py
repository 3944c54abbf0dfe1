"""Who asks, in STS's words. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

import base64
import hashlib
from typing import Any

from boathouse.call import Call
from boathouse.context import Context, Principal, root_of
from boathouse.errors import AwsError
from boathouse.lake.access_keys import AccessKeys
from boathouse.service import Request, Response, operation

GONE = "NoSuchEntity"


class Identities:
    def __init__(self, call: Call, access_keys: AccessKeys) -> None:
        self._call = call
        self._access_keys = access_keys

    @operation("GetCallerIdentity")
    async def get_caller_identity(self, context: Context, request: Request) -> Response:
        principal = context.principal
        return {"UserId": await self._user_id(principal), "Account": principal.account, "Arn": principal.arn}

    @operation("GetAccessKeyInfo")
    async def get_access_key_info(self, context: Context, request: Request) -> Response:
        access_key: str = request["AccessKeyId"]
        account = self._access_keys.account(access_key)
        if account is None and access_key == context.principal.access_key:
            account = context.account
        if account is None:
            raise AwsError("ValidationError", f"emulator: the access key {access_key} was not made here", status=400)
        return {"Account": account}

    async def role(self, arn: str) -> dict[str, Any] | None:
        """The role as IAM describes it; None where there is none of this ARN, its path included."""
        _, _, _, _, account, resource = arn.split(":", 5)
        found = await self._asked("GetRole", {"RoleName": resource.rpartition("/")[2]}, account)
        return found["Role"] if found is not None and found["Role"]["Arn"] == arn else None

    async def _user_id(self, principal: Principal) -> str:
        """A root's is the account's number, a user's and a role's are IAM's, a role's session has its name behind."""
        if principal.is_root:
            return principal.account
        kind, *names = principal.arn.split(":", 5)[5].split("/")
        if kind == "assumed-role":
            found = await self._asked("GetRole", {"RoleName": names[0]}, principal.account)
            role_id = _made_up("AROA", principal.arn.rpartition("/")[0]) if found is None else found["Role"]["RoleId"]
            return f"{role_id}:{names[-1]}"
        found = await self._asked("GetUser", {"UserName": names[-1]}, principal.account)
        return _made_up("AIDA", principal.arn) if found is None else found["User"]["UserId"]

    async def _asked(self, name: str, params: dict[str, str], account: str) -> dict[str, Any] | None:
        try:
            return await self._call("iam", name, params, as_=root_of(account))
        except AwsError as error:
            if error.code != GONE:
                raise
            return None


def _made_up(prefix: str, arn: str) -> str:
    """An id in the form of IAM's, always the same for the same name, for whom IAM does not have."""
    return prefix + base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()[:17]
