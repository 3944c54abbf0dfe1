"""AWS::SecretsManager::Secret: given by the template, or a password that Secrets Manager makes up."""

import json
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
from boathouse.services.cloudformation.resources.shapes import BOOLEAN, INTEGER, STRING, TAGS, Group

AWS_OWN_KEY = "alias/aws/secretsmanager"
AROUND = ("GenerateStringKey", "SecretStringTemplate")
"""What of GenerateSecretString says where the password goes; the rest is GetRandomPassword's."""


class Secret(ResourceType):
    """Made under its name, known by the ARN that Secrets Manager gives it."""

    type = "AWS::SecretsManager::Secret"
    service = "secretsmanager"
    properties = Group(
        {
            "Description": STRING,
            "GenerateSecretString": Group(
                {
                    "ExcludeCharacters": STRING,
                    "ExcludeLowercase": BOOLEAN,
                    "ExcludeNumbers": BOOLEAN,
                    "ExcludePunctuation": BOOLEAN,
                    "ExcludeUppercase": BOOLEAN,
                    "GenerateStringKey": STRING,
                    "IncludeSpace": BOOLEAN,
                    "PasswordLength": INTEGER,
                    "RequireEachIncludedType": BOOLEAN,
                    "SecretStringTemplate": STRING,
                }
            ),
            "KmsKeyId": STRING,
            "Name": STRING,
            "SecretString": STRING,
            "Tags": TAGS,
        }
    )
    naming = Naming("Name", 512)
    member = "SecretId"
    creates, reads, updates, deletes = "CreateSecret", "DescribeSecret", "UpdateSecret", "DeleteSecret"
    absent = frozenset({"ResourceNotFoundException"})
    taken = frozenset({"ResourceExistsException"})
    replaces = frozenset({"Name"})
    arns: ClassVar[Arns] = {"Id": "{name}"}

    async def create(self, act: Acting, name: str, values: Values) -> Made:
        request = self.request(values)
        secret = await self._value(act, request)
        answer = await act(self.creates, **{**_settings(request), **secret, "Name": name, "Tags": request.get("Tags")})
        return await self.made(act, answer["ARN"], values)

    async def update(self, act: Acting, name: str, old: Values, new: Values) -> Made:
        """The value only where the template's has changed: what somebody put since stays otherwise, as on AWS."""
        before, after = self.request(old), self.request(new)
        unset = {"Description": "", "KmsKeyId": AWS_OWN_KEY}
        settings = {key: value for key, value in unset.items() if key in before} | _settings(after)
        same = all(before.get(key) == after.get(key) for key in ("SecretString", "GenerateSecretString"))
        await act(self.updates, SecretId=name, **settings, **({} if same else await self._value(act, after)))
        return await self.made(act, name, new)

    async def delete(self, act: Acting, name: str, values: Values) -> None:
        """At once, so that a stack of the same name can be made again.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
        """
        if await self.exists(act, name, values):
            await act(self.deletes, SecretId=name, ForceDeleteWithoutRecovery=True)

    @staticmethod
    async def _value(act: Acting, request: dict[str, Any]) -> dict[str, str]:
        """Empty where the template gives none: the secret has no value then."""
        asked = request.get("GenerateSecretString")
        if asked is None:
            return {"SecretString": request["SecretString"]} if "SecretString" in request else {}
        if "SecretString" in request:
            raise HandlerError("You can't specify both SecretString and GenerateSecretString")
        how = {name: value for name, value in asked.items() if name not in AROUND}
        password: str = (await act("GetRandomPassword", **how))["RandomPassword"]
        return {"SecretString": _within(asked, password)}


def _settings(request: dict[str, Any]) -> dict[str, Any]:
    return {name: request[name] for name in ("Description", "KmsKeyId") if name in request}


def _within(asked: dict[str, Any], password: str) -> str:
    """The password by itself, or under its key in the template's JSON object.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
    """
    if not any(name in asked for name in AROUND):
        return password
    if not all(name in asked for name in AROUND):
        raise HandlerError("You must specify both GenerateStringKey and SecretStringTemplate, or neither of them")
    try:
        template = json.loads(asked["SecretStringTemplate"])
    except ValueError as error:
        raise HandlerError(f"SecretStringTemplate is not valid JSON: {error}") from error
    if not isinstance(template, dict):
        raise HandlerError("SecretStringTemplate is not a JSON object")
    return json.dumps({**template, asked["GenerateStringKey"]: password})
