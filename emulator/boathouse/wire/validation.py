"""Parameters that did not come over the wire, held to the same model as those that did."""

from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel
from botocore.validate import ParamValidator

from boathouse.wire.constraints import failures
from boathouse.wire.faults import invalid, wrongly_typed
from boathouse.wire.models import metadata, operation_model


def validate(service: str, operation: str, params: Mapping[str, Any]) -> None:
    """Raises AwsError where a client of the service would be refused: for members that are unknown, missing or of
    another type, and for values that do not satisfy the model's constraints."""
    model = operation_model(service, operation)
    check_types(service, model, params)
    if model.input_shape is not None and service != "s3" and (found := failures(model.input_shape, params)):
        raise invalid(service, metadata()[service].protocol, found)


def check_types(service: str, model: OperationModel, params: Mapping[str, Any]) -> None:
    """What boto3 checks before it sends anything."""
    if model.input_shape is None:
        return
    report = ParamValidator().validate(params, model.input_shape)
    if report.has_errors():
        raise wrongly_typed(service, metadata()[service].protocol, report.generate_report())
