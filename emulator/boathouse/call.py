"""The way inside: one part of the platform asks another what a client would ask, through the same chain.

app.py gives it its work; until then, and for whoever imports only this, it is a name to call.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from boathouse.context import Principal

Params = Mapping[str, Any]
Result = dict[str, Any]
Dispatch = Callable[[str, str, Params, Principal], Awaitable[Result]]


class Call:
    """``await call("s3", "PutObject", {...}, as_=principal)``: authorised, audited and routed like any request.

    Parameters and results have boto3's shapes (streaming bodies as ``bytes``); a refusal is an ``AwsError``.
    """

    def __init__(self) -> None:
        self._dispatch: Dispatch | None = None

    def bind(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    async def __call__(self, service: str, operation: str, params: Params, *, as_: Principal) -> Result:
        if self._dispatch is None:
            raise RuntimeError("call was used before app bound it")
        return await self._dispatch(service, operation, params, as_)
