"""What the resource types ask of their services, by botocore's models: no member is misspelled or of a wrong type.

Each type is made with all the properties it has, changed, and deleted; botocore's validator checks every request.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from boathouse.call import Call, Params, Result
from boathouse.clock import Clock
from boathouse.context import Principal, root_of
from boathouse.errors import AwsError
from boathouse.services.cloudformation.resources import resource_types
from boathouse.services.cloudformation.resources.base import Acting, ResourceType
from boathouse.services.cloudformation.resources.shapes import Document, Group, Many, Scalar, Shape, Strings

TYPES = resource_types()
MODELS = botocore.session.get_session()

ANSWERS: Mapping[str, Any] = {
    "CreateKey": {"KeyMetadata": {"KeyId": "key-1"}},
    "DescribeKey": {"KeyMetadata": {"KeyId": "key-1", "KeyState": "Enabled"}},
    "DescribeStreamSummary": {
        "StreamDescriptionSummary": {"StreamStatus": "ACTIVE", "RetentionPeriodHours": 30, "EncryptionType": "NONE"}
    },
    "DescribeDeliveryStream": {
        "DeliveryStreamDescription": {
            "DeliveryStreamStatus": "ACTIVE", "VersionId": "1", "Destinations": [{"DestinationId": "d"}],
        }
    },
    "GetFunctionConfiguration": {"State": "Active", "LastUpdateStatus": "Successful"},
    "DescribeAlarms": {"MetricAlarms": [{}]},
    "Subscribe": {"SubscriptionArn": "key-1"},
    "CreateSecret": {"ARN": "arn:secret"},
    "GetRole": {"Role": {"Arn": "arn:role", "RoleId": "AROA"}},
}  # fmt: skip

# Where a value means something to the type itself.
TELLING: Mapping[str, Any] = {
    "State": ("ENABLED", "DISABLED"),
    "EncryptionType": ("KMS", "KMS"),
    "Type": ("Lambda", "Lambda"),
}


def sample(shape: Shape, name: str, turn: int) -> Any:
    """A value of a shape with every property; another one each ``turn``."""
    match shape:
        case Group():
            return {key: sample(inner, key, turn) for key, inner in shape.fields.items()}
        case Many():
            return [sample(shape.of, name, turn)]
        case Strings():
            return {"key": f"value-{turn}"}
        case Document():
            return {"Version": "2012-10-17", "Statement": [{"Sid": f"s{turn}"}]} if shape.as_text else {"key": "value"}
        case Scalar(kind="String"):
            return TELLING[name][turn] if name in TELLING else f"arn:text-{turn}"
        case Scalar(kind="Boolean"):
            return turn == 0
    return 20 + turn


# Properties that cannot be given beside another one of the same type.
INSTEAD: Mapping[str, set[str]] = {"AWS::SecretsManager::Secret": {"GenerateSecretString"}}


class Recorder:
    """Answers what the types read, and checks what they ask for."""

    def __init__(self, type_: ResourceType) -> None:
        self._type = type_
        self.asked: list[str] = []

    async def __call__(self, service: str, operation: str, params: Params, principal: Principal) -> Result:
        shape = MODELS.get_service_model(service).operation_model(operation).input_shape
        report = ParamValidator().validate(dict(params), shape)
        # Bounds of length and value are the service's to refuse, in its own words.
        errors = [str(error) for error, _, _ in report._errors if error not in ("invalid range", "invalid length")]
        assert not errors, f"{operation}: {report.generate_report()}"
        if operation == self._type.reads and self._type.deletes in self.asked:
            raise AwsError(min(self._type.absent), "gone")
        self.asked.append(operation)
        return dict(ANSWERS.get(operation, {}))


def with_all(type_: ResourceType, turn: int) -> dict[str, Any]:
    left_out = INSTEAD.get(type_.type, set())
    return {name: value for name, value in sample(type_.properties, "", turn).items() if name not in left_out}


def replaced_alike(type_: ResourceType, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """``second`` with what would replace the resource as in ``first``."""
    for path in type_.replaces:
        *parents, last = path.split(".")
        before, after = first, second
        for parent in parents:
            before, after = before[parent], after[parent]
        after[last] = before[last]
    return second


@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES.keys())
def test_every_request_is_one_that_aws_takes(type_: ResourceType) -> None:
    recorder, call = Recorder(type_), Call()
    call.bind(recorder)
    begun: list[str] = []
    act = Acting(call, Clock(hurry=1000), root_of(), "stack", "R", type_.service, begun.append)
    first, second = (with_all(type_, turn) for turn in (0, 1))
    second = replaced_alike(type_, first, second)

    async def life() -> None:
        made = await type_.create(act, type_.name(first, act) or "none", first)
        if second != first:
            await type_.update(act, made.physical_id, first, second)
            await type_.update(act, made.physical_id, second, {name: first[name] for name in type_.properties.required})
        await type_.delete(act, made.physical_id, second)

    asyncio.run(life())
    assert {type_.creates, type_.deletes} <= set(recorder.asked)
    assert begun == (["key-1"] if type_.naming is None else [])
