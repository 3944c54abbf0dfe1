"""Why a query failed, in AWS's error categories (https://docs.aws.amazon.com/athena/latest/ug/error-reference.html)."""

from typing import Any

from boathouse.dialects.athena import SqlRefused
from boathouse.engines.duckdb import EngineError
from boathouse.errors import AwsError, Unsupported

SYSTEM, USER = 1, 2
INTERNAL, TIMED_OUT, WRITING_RESULTS, GENERIC_USER, NOT_SUPPORTED, PERMISSION = 200, 206, 401, 1000, 1200, 1501
DDL = 1003
# documented, or measured on Athena by others: by the name that Trino gives the error
TYPES = {
    "DIVISION_BY_ZERO": 1001,
    "TYPE_MISMATCH": 1002,
    "COLUMN_NOT_FOUND": 1006,
    "SYNTAX_ERROR": 1006,
    "INVALID_CAST_ARGUMENT": 1100,
    "INVALID_FUNCTION_ARGUMENT": 1100,
    "NOT_SUPPORTED": NOT_SUPPORTED,
    "TABLE_NOT_FOUND": 1301,
    "SCHEMA_NOT_FOUND": 1301,
    "FUNCTION_NOT_FOUND": 1303,
    "PERMISSION_DENIED": PERMISSION,
}
OF_THE_SYSTEM = {"GENERIC_INTERNAL_ERROR": INTERNAL, "EXCEEDED_LOCAL_MEMORY_LIMIT": 0}


class QueryFailed(Exception):
    """``reason`` is the whole StateChangeReason."""

    def __init__(
        self, reason: str, category: int = USER, type_: int = GENERIC_USER, *, retryable: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.category = category
        self.type = type_
        self.retryable = retryable

    @property
    def athena_error(self) -> dict[str, Any]:
        return {
            "ErrorCategory": self.category,
            "ErrorType": self.type,
            "Retryable": self.retryable,
            "ErrorMessage": self.reason,
        }


def named(name: str, message: str) -> QueryFailed:
    """``name`` is Trino's (``DIVISION_BY_ZERO``)."""
    if name in OF_THE_SYSTEM:
        return QueryFailed(f"{name}: {message}", SYSTEM, OF_THE_SYSTEM[name])
    return QueryFailed(f"{name}: {message}", USER, TYPES.get(name, GENERIC_USER))


def refused(error: AwsError) -> QueryFailed:
    """What another service answered on the query's behalf."""
    if isinstance(error, Unsupported):
        return QueryFailed(error.message, USER, NOT_SUPPORTED)
    if error.code in ("AccessDenied", "AccessDeniedException", "403"):
        return QueryFailed(f"PERMISSION_DENIED: {error.message}", USER, PERMISSION)
    return QueryFailed(str(error), USER, GENERIC_USER)


def invalid(message: str, code: str = "INVALID_INPUT") -> AwsError:
    """A request that is refused before there is a query."""
    return AwsError("InvalidRequestException", message, AthenaErrorCode=code)


def failure_of(error: QueryFailed | EngineError | AwsError) -> QueryFailed:
    match error:
        case QueryFailed():
            return error
        case EngineError():
            return named(error.name, error.message)
    return refused(error)


def refusal(error: SqlRefused) -> QueryFailed:
    if error.kind == "unsupported":
        return QueryFailed(error.message, USER, NOT_SUPPORTED)
    name, _, message = error.message.partition(": ")
    return named(name, message)
