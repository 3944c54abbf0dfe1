"""The exceptions that cross layers. They know no service and no wire format."""

from typing import Any

INSUFFICIENT_STORAGE = 507
"""The status for what could not be kept. Clients do not repeat the call as on 500: it would meet what it had made, and
hide the reason."""


class AwsError(Exception):
    """An error as AWS would answer it.

    ``code`` names an error shape of the service's model (``EntityNotFoundException``), ``message`` is AWS's own
    sentence where AWS has one. ``status`` overrides the model's HTTP status; ``members`` are the error shape's
    further members (``Resource``, ``AthenaErrorCode``).
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class Unsupported(AwsError):
    """A gap of the emulator, not of AWS: HTTP 501, and the sentence begins with ``emulator:``.

    botocore retries 500, 502, 503 and 504, not 501, so a client hears of the gap at once.
    """

    def __init__(self, what: str, next_step: str = "docs/coverage.md lists what is supported") -> None:
        super().__init__("NotImplemented", f"emulator: {what} is not supported; {next_step}", status=501)


class StartError(Exception):
    """The platform cannot start. The message says what to do next; the command line prints it and exits."""
