"""/_boathouse/: health, reset, coverage and translation, as JSON, for the command line, tests and people."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

Report = Callable[[], dict[str, Any]]
Reset = Callable[[], Awaitable[list[str]]]
Translate = Callable[[str, str], str]


def admin(*, health: Report, coverage: Report, reset: Reset, translate: Translate) -> Router:
    async def get_health(_: Request) -> Response:
        return JSONResponse(health())

    async def get_coverage(_: Request) -> Response:
        return JSONResponse(coverage())

    async def post_reset(_: Request) -> Response:
        return JSONResponse({"reset": True, "left": await reset()})

    async def post_translation(request: Request) -> Response:
        asked = await request.json()
        return JSONResponse({"translation": translate(asked["sql"], asked["database"])})

    return Router(
        [
            Route("/_boathouse/health", get_health),
            Route("/_boathouse/coverage", get_coverage),
            Route("/_boathouse/reset", post_reset, methods=["POST"]),
            Route("/_boathouse/translation", post_translation, methods=["POST"]),
        ]
    )
