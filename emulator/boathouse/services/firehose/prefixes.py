"""Key prefixes with expressions: ``raw/dt=!{partitionKeyFromLambda:dt}/!{timestamp:HH}/``.

Source: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from boathouse.errors import AwsError, Unsupported
from boathouse.lake.projection.java_time import DatePattern

EXPRESSION = re.compile(r"!\{(?P<namespace>[^:{}]*):(?P<value>[^{}]*)\}")
DEFAULT = "!{timestamp:yyyy/MM/dd/HH}/"
ERROR_TYPE = "!{firehose:error-output-type}"
FROM_LAMBDA = "partitionKeyFromLambda"
NAMESPACES = ("firehose", "timestamp", FROM_LAMBDA, "partitionKeyFromQuery")
RANDOM_BYTES = 6


@dataclass(frozen=True, slots=True)
class Prefixes:
    """A destination's two prefixes, with what AWS adds to those that have no expressions."""

    data: str
    error: str

    @classmethod
    def of(cls, prefix: str | None, error_prefix: str | None) -> "Prefixes":
        data = prefix or ""
        error = data if error_prefix is None else error_prefix
        return cls(
            data if "!{" in data else data + DEFAULT,
            error if "!{" in error else f"{error}{ERROR_TYPE}/{DEFAULT}",
        )

    @property
    def partition_keys(self) -> list[str]:
        """The names of keys that Lambda must give."""
        return [found["value"] for found in EXPRESSION.finditer(self.data) if found["namespace"] == FROM_LAMBDA]


def check(prefix: str | None, error_prefix: str | None, *, is_partitioned: bool) -> None:
    """Raises InvalidArgumentException where AWS would, and Unsupported for what we do not evaluate."""
    data, error = prefix or "", error_prefix or ""
    for text in (data, error):
        _check_expressions(text)
    if "!{" in data and error_prefix is None:
        raise _invalid("ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.")
    if "!{" in error and ERROR_TYPE not in error:
        raise _invalid(f"ErrorOutputPrefix must contain at least one instance of {ERROR_TYPE}.")
    if ERROR_TYPE in data:
        raise _invalid(f"Prefix cannot contain {ERROR_TYPE}.")
    if "partitionKeyFrom" in error:
        raise _invalid("ErrorOutputPrefix cannot contain Dynamic Partitioning namespaces.")
    if "partitionKeyFromQuery" in data:
        raise Unsupported("Firehose !{partitionKeyFromQuery}", "!{partitionKeyFromLambda} is")
    if FROM_LAMBDA in data and not is_partitioned:
        raise _invalid(
            "Dynamic Partitioning Namespaces can only be part of a prefix expression when Dynamic Partitioning is"
            " enabled."
        )
    if is_partitioned and FROM_LAMBDA not in data:
        raise _invalid("S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic Partitioning is enabled")


def _check_expressions(text: str) -> None:
    for found in EXPRESSION.finditer(text):
        namespace, value = found["namespace"], found["value"]
        if namespace not in NAMESPACES or not value:
            raise _invalid(f"{found[0]} is no valid expression.")
        if namespace == "firehose" and value not in ("error-output-type", "random-string"):
            raise _invalid(f"{found[0]} is no valid expression.")
        if namespace == "timestamp":
            _pattern(value)
    if "!{" in EXPRESSION.sub("", text):
        raise _invalid("The sequence !{ can only appear in an expression !{namespace:value}.")


def evaluate(
    prefix: str, moment: datetime, *, keys: Mapping[str, str] | None = None, error_type: str | None = None
) -> str:
    """``moment`` is the arrival of the oldest record in the object."""

    def value(found: re.Match[str]) -> str:
        match found["namespace"], found["value"]:
            case "timestamp", pattern:
                return _pattern(pattern).format(moment.astimezone(UTC))
            case "firehose", "random-string":
                return secrets.token_hex(RANDOM_BYTES)[:-1]
            case "firehose", _:
                return error_type or ""
            case _, name:
                return (keys or {})[name]

    return EXPRESSION.sub(value, prefix)


@cache
def _pattern(text: str) -> DatePattern:
    return DatePattern(text)


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidArgumentException", message)
