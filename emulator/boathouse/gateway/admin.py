"""/_boathouse/: health, reset, coverage and translation, as JSON, for the command line, tests and people.

And what bases send back to services of ours, under /_boathouse/<service>/<token>.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from boathouse.errors import AwsError
from boathouse.service import Inbound

Report = Callable[[], dict[str, Any]]
Reset = Callable[[], Awaitable[list[str]]]
Translate = Callable[[str, str], str]
LARGEST_INBOUND = 4 * 1024 * 1024
"""Bytes: a message of SNS's largest size with everything in it escaped."""


def admin(
    *, health: Report, coverage: Report, reset: Reset, translate: Translate, inbound: Mapping[str, Inbound]
) -> Router:
    async def get_health(_: Request) -> Response:
        return JSONResponse(health())

    async def get_coverage(_: Request) -> Response:
        return JSONResponse(coverage())

    async def post_reset(_: Request) -> Response:
        return JSONResponse({"reset": True, "left": await reset()})

    async def post_translation(request: Request) -> Response:
        try:
            sql, database = _statement(await _body(request))
        except AwsError as error:
            return _refusal(error)
        return JSONResponse({"translation": translate(sql, database)})

    async def post_inbound(request: Request) -> Response:
        take = inbound.get(request.path_params["service"])
        if take is None:
            return JSONResponse({"message": "emulator: no service listens here"}, 404)
        try:
            await take(request.path_params["token"], await _body(request))
        except AwsError as error:
            return _refusal(error)
        return JSONResponse({})

    return Router(
        [
            Route("/_boathouse/health", get_health),
            Route("/_boathouse/coverage", get_coverage),
            Route("/_boathouse/reset", post_reset, methods=["POST"]),
            Route("/_boathouse/translation", post_translation, methods=["POST"]),
            Route("/_boathouse/{service}/{token}", post_inbound, methods=["POST"]),
        ]
    )


def _refusal(error: AwsError) -> Response:
    return JSONResponse({"message": error.message}, error.status or 500)


def _statement(body: bytes) -> tuple[str, str]:
    """The SQL and the database of what asks for a translation."""
    try:
        asked = json.loads(body)
        sql, database = str(asked["sql"]), str(asked["database"])
        (sql + database).encode("utf-8")  # which half of a surrogate pair has no way back through
    except (ValueError, KeyError, TypeError, RecursionError):
        message = 'emulator: send {"sql": "SELECT 1", "database": "default"}'
        raise AwsError("ValidationException", message, status=400) from None
    return sql, database


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        if (size := size + len(chunk)) > LARGEST_INBOUND:
            message = f"emulator: nothing that a base sends has more than {LARGEST_INBOUND} bytes"
            raise AwsError("RequestEntityTooLarge", message, status=413)
        chunks.append(chunk)
    return b"".join(chunks)
