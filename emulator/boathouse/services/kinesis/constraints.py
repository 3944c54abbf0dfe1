"""Kinesis's sentence for a member that its model's constraints refuse."""

import re
from collections.abc import Mapping
from typing import Any

from boathouse.errors import AwsError, Unsupported

NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


def violation(member: str, rule: str, value: object = None) -> AwsError:
    shown = "Value" if value is None else f"Value '{value}'"
    return AwsError(
        "ValidationException",
        f"1 validation error detected: {shown} at '{member}' failed to satisfy constraint: {rule}",
    )


def check_name(name: str) -> None:
    if len(name) > 128:
        raise violation("streamName", "Member must have length less than or equal to 128", name)
    if not NAME.fullmatch(name):
        raise violation("streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", name)


def bounded(request: Mapping[str, Any], member: str, default: int, most: int = 10_000) -> int:
    """An optional number from 1 to ``most``."""
    value = int(request.get(member, default))
    lower = member[0].lower() + member[1:]
    if value < 1:
        raise violation(lower, "Member must have value greater than or equal to 1", value)
    if value > most:
        raise violation(lower, f"Member must have value less than or equal to {most}", value)
    return value


def refuse(request: Mapping[str, Any], **unsupported: str) -> None:
    """Refuses, by name, members that ask for what we do not do: ``refuse(request, DryRun="DryRun")``."""
    for member, what in unsupported.items():
        if request.get(member):
            raise Unsupported(f"Kinesis {what}")
