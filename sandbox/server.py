"""The HTTP server: Web API, sockets, response URLs, the person's API and the page."""

from pathlib import Path

from aiohttp import web

from sandbox.person_api import PersonApi
from sandbox.responses import ResponseUrls
from sandbox.sockets import Sockets
from sandbox.webapi import WebApi

PAGE = Path(__file__).parent / "page"
BODY_BYTES = 4 * 1024 * 1024


def application(api: WebApi, sockets: Sockets, responses: ResponseUrls, people: PersonApi) -> web.Application:
    """The aiohttp application of one workspace."""
    app = web.Application(client_max_size=BODY_BYTES)
    app.add_routes(
        [
            web.route("*", "/api/{method}", api.respond),
            web.get("/_socket", sockets.connect),
            web.post("/_response/{key}", responses.respond),
            *people.routes(),
            web.get("/", _index),
            web.get("/{name:[a-z_]+\\.(?:js|css|svg|html)}", _file),
        ]
    )
    return app


async def _index(_request: web.Request) -> web.StreamResponse:
    return _page_file("index.html")


async def _file(request: web.Request) -> web.StreamResponse:
    return _page_file(request.match_info["name"])


def _page_file(name: str) -> web.StreamResponse:
    path = PAGE / name
    if not path.is_file():
        return web.Response(status=404, text="no such page")
    return web.FileResponse(path, headers={"Cache-Control": "no-store"})
