"""What Kinesis refuses beyond what its model says; the model's own constraints were checked on the way in."""

from collections.abc import Mapping
from typing import Any

from boathouse.errors import AwsError, Unsupported


def too_long(member: str, most: int) -> AwsError:
    """The front's sentence, for a limit that depends on the stream."""
    rule = f"Member must have length less than or equal to {most}"
    return AwsError(
        "ValidationException", f"1 validation error detected: Value at '{member}' failed to satisfy constraint: {rule}"
    )


def refuse(request: Mapping[str, Any], **unsupported: str) -> None:
    """Refuses, by name, members that ask for what we do not do: ``refuse(request, DryRun="DryRun")``."""
    for member, what in unsupported.items():
        if request.get(member):
            raise Unsupported(f"Kinesis {what}")
