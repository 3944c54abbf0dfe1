"""AWS::Lambda::Function, from a zip in S3 or a few lines in the template, and AWS::Lambda::Permission."""

import io
import zipfile
from typing import Any, ClassVar

from boathouse.services.cloudformation.resources.base import (
    Acting,
    Arns,
    HandlerError,
    Made,
    Naming,
    ResourceType,
    Values,
)
from boathouse.services.cloudformation.resources.shapes import INTEGER, STRING, STRINGS, TAGS, Group, Many

CODE = ("Code", "Architectures")
"""What UpdateFunctionCode changes; all else is UpdateFunctionConfiguration's."""


class Function(ResourceType):
    type = "AWS::Lambda::Function"
    service = "lambda"
    properties = Group(
        {
            "Architectures": Many(STRING),
            "Code": Group({"S3Bucket": STRING, "S3Key": STRING, "S3ObjectVersion": STRING, "ZipFile": STRING}),
            "Description": STRING,
            "Environment": Group({"Variables": STRINGS}),
            "EphemeralStorage": Group({"Size": INTEGER}, required={"Size"}),
            "FunctionName": STRING,
            "Handler": STRING,
            "MemorySize": INTEGER,
            "Role": STRING,
            "Runtime": STRING,
            "Tags": TAGS,
            "Timeout": INTEGER,
        },
        required={"Code", "Role"},
    )
    naming = Naming("FunctionName", 64)
    member = "FunctionName"
    creates, reads = "CreateFunction", "GetFunctionConfiguration"
    updates, deletes = "UpdateFunctionConfiguration", "DeleteFunction"
    absent = frozenset({"ResourceNotFoundException"})
    taken = frozenset({"ResourceConflictException"})
    replaces = frozenset({"FunctionName"})
    arns: ClassVar[Arns] = {"Arn": "arn:{partition}:lambda:{region}:{account}:function:{name}"}

    def request(self, values: Values) -> dict[str, Any]:
        request = super().request(values)
        code = request.get("Code", {})
        if "ZipFile" in code:
            request["Code"] = {"ZipFile": _zip(code["ZipFile"], request.get("Runtime", ""))}
        if "Tags" in request:
            request["Tags"] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        return request

    async def made(self, act: Acting, name: str, values: Values) -> Made:
        async def ready() -> bool:
            answer = await act(self.reads, FunctionName=name)
            if "Failed" in (answer.get("State"), answer.get("LastUpdateStatus")):
                reason = answer.get("StateReason") or answer.get("LastUpdateStatusReason") or "no reason given"
                raise HandlerError(f"The function did not become active: {reason}", "NotStabilized")
            return answer.get("State") == "Active" and answer.get("LastUpdateStatus") != "InProgress"

        await act.until(ready)
        return await super().made(act, name, values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        before, after = self.request(old), self.request(new)
        if any(before.get(part) != after.get(part) for part in CODE):
            code = {**after["Code"], "Architectures": after.get("Architectures")}
            await act("UpdateFunctionCode", FunctionName=name, **code)
            await self.made(act, name, new)
        settings = {key: value for key, value in after.items() if key not in (*CODE, "FunctionName", "Tags")}
        if settings != {key: before.get(key) for key in settings} or before.keys() - after.keys():
            await act(self.updates, FunctionName=name, **{**_unset(before, after), **settings})
        return await self.made(act, name, new)


def _unset(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What settings that the template no longer has go back to."""
    defaults: dict[str, Any] = {
        "Description": "",
        "Environment": {"Variables": {}},
        "EphemeralStorage": {"Size": 512},
        "MemorySize": 128,
        "Timeout": 3,
    }
    return {key: value for key, value in defaults.items() if key in before and key not in after}


def _zip(source: str, runtime: str) -> bytes:
    """Source written in the template is a file named index in the zip.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        suffix = "js" if runtime.startswith("nodejs") else "py"
        archive.writestr(zipfile.ZipInfo(f"index.{suffix}"), source)
    return packed.getvalue()


class Permission(ResourceType):
    """A statement of a function's policy. Its id is the resource's name."""

    type = "AWS::Lambda::Permission"
    service = "lambda"
    properties = Group(
        {
            "Action": STRING,
            "EventSourceToken": STRING,
            "FunctionName": STRING,
            "Principal": STRING,
            "PrincipalOrgID": STRING,
            "SourceAccount": STRING,
            "SourceArn": STRING,
        },
        required={"Action", "FunctionName", "Principal"},
    )
    naming = Naming(None, 100)
    member = "StatementId"
    creates, deletes = "AddPermission", "RemovePermission"
    absent = frozenset({"ResourceNotFoundException"})
    taken = frozenset({"ResourceConflictException"})
    replaces = frozenset(properties.fields)
    fixed = frozenset()
    arns: ClassVar[Arns] = {"Id": "{name}"}

    def key(self, name: str, values: Values) -> dict[str, Any]:
        return {"StatementId": name, "FunctionName": str(values["FunctionName"])}

    async def exists(self, act: Acting, name: str, values: Values) -> bool:
        """Never: its name is made for it."""
        return False
