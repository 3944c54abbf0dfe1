"""AWS::IAM::Role with its inline and its managed policies."""

from typing import Any

from boathouse.errors import AwsError
from boathouse.services.cloudformation.resources.base import Acting, Made, Naming, ResourceType, Values
from boathouse.services.cloudformation.resources.shapes import INTEGER, POLICY, STRING, TAGS, Group, Many

DEFAULT_SECONDS = 3600


class Role(ResourceType):
    type = "AWS::IAM::Role"
    service = "iam"
    properties = Group(
        {
            "AssumeRolePolicyDocument": POLICY,
            "Description": STRING,
            "ManagedPolicyArns": Many(STRING),
            "MaxSessionDuration": INTEGER,
            "Path": STRING,
            "PermissionsBoundary": STRING,
            "Policies": Many(
                Group({"PolicyName": STRING, "PolicyDocument": POLICY}, required={"PolicyName", "PolicyDocument"})
            ),
            "RoleName": STRING,
            "Tags": TAGS,
        },
        required={"AssumeRolePolicyDocument"},
    )
    naming = Naming("RoleName", 64)
    member = "RoleName"
    creates, reads, deletes = "CreateRole", "GetRole", "DeleteRole"
    absent = frozenset({"NoSuchEntity"})
    taken = frozenset({"EntityAlreadyExists"})
    replaces = frozenset({"Path", "RoleName"})
    fixed = frozenset({"PermissionsBoundary", "Tags"})
    late = frozenset({"ManagedPolicyArns", "Policies"})
    attributes = frozenset({"Arn", "RoleId"})

    def capability(self, properties: Values) -> str:
        return "CAPABILITY_NAMED_IAM" if "RoleName" in properties else "CAPABILITY_IAM"

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        await act(self.creates, **self.asked(name, values))
        await self._grant(act, name, {}, self.request(values))
        return await self.made(act, name, values)

    async def made(self, act: Acting, name: str, values: Values) -> Made:
        role = (await act(self.reads, RoleName=name))["Role"]
        return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        before, after = self.request(old), self.request(new)
        if before["AssumeRolePolicyDocument"] != after["AssumeRolePolicyDocument"]:
            document = after["AssumeRolePolicyDocument"]
            await act("UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=document)
        settings = {
            "Description": after.get("Description", ""),
            "MaxSessionDuration": after.get("MaxSessionDuration", DEFAULT_SECONDS),
        }
        if any(before.get(key) != after.get(key) for key in settings):
            await act("UpdateRole", RoleName=name, **settings)
        await self._grant(act, name, before, after)
        return await self.made(act, name, new)

    async def _grant(self, act: Acting, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Gives the role the policies of ``after`` and takes away those that only ``before`` has."""
        had, wanted = _inline(before), _inline(after)
        for policy, document in wanted.items():
            if had.get(policy) != document:
                await act("PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=document)
        for policy in sorted(had.keys() - wanted.keys()):
            await self._take(act, "DeleteRolePolicy", RoleName=name, PolicyName=policy)
        attached, attach = set(before.get("ManagedPolicyArns", ())), set(after.get("ManagedPolicyArns", ()))
        for arn in sorted(attach - attached):
            await act("AttachRolePolicy", RoleName=name, PolicyArn=arn)
        for arn in sorted(attached - attach):
            await self._take(act, "DetachRolePolicy", RoleName=name, PolicyArn=arn)

    async def _take(self, act: Acting, operation: str, **params: str) -> None:
        """Takes something away that may be gone, or never have been there."""
        try:
            await act(operation, **params)
        except AwsError as error:
            if error.code not in self.absent:
                raise

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        """What the stack gave the role goes first; a policy that somebody else added keeps the role, as on AWS."""
        request = self.request(values)
        for policy in _inline(request):
            await self._take(act, "DeleteRolePolicy", RoleName=name, PolicyName=policy)
        for arn in request.get("ManagedPolicyArns", ()):
            await self._take(act, "DetachRolePolicy", RoleName=name, PolicyArn=arn)
        await self._take(act, self.deletes, RoleName=name)


def _inline(request: dict[str, Any]) -> dict[str, str]:
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in request.get("Policies", ())}
