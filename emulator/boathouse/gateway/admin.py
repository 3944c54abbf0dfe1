"""/_boathouse/: health, reset and coverage, as JSON, for the command line, tests and people."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

Report = Callable[[], dict[str, Any]]
Work = Callable[[], Awaitable[None]]


def admin(*, health: Report, coverage: Report, reset: Work) -> Router:
    async def get_health(_: Request) -> Response:
        return JSONResponse(health())

    async def get_coverage(_: Request) -> Response:
        return JSONResponse(coverage())

    async def post_reset(_: Request) -> Response:
        await reset()
        return JSONResponse({"reset": True})

    return Router(
        [
            Route("/_boathouse/health", get_health),
            Route("/_boathouse/coverage", get_coverage),
            Route("/_boathouse/reset", post_reset, methods=["POST"]),
        ]
    )
