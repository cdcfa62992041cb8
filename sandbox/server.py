"""HTTP server: the Web API, sockets, response URLs, the person API and the page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.people.person_api import PersonApi
from sandbox.web.files import Uploads
from sandbox.web.responses import ResponseUrls
from sandbox.web.sockets import Sockets
from sandbox.web.webapi import WebApi

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGE = Path(__file__).parent / "page"
BODY_BYTES = 4 * 1024 * 1024


def application(api: WebApi, sockets: Sockets, responses: ResponseUrls, people: PersonApi) -> web.Application:
    """The aiohttp application of one workspace."""
    uploads = Uploads(api.workspace)
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[_own_page_only])
    app.add_routes(
        [
            web.route("*", "/api/{method}", api.respond),
            web.get("/_socket", sockets.connect),
            web.post("/_response/{key}", responses.respond),
            web.post("/_upload/{key}", uploads.take),
            web.get("/_files/{file}", uploads.show),
            *people.routes(),
            web.get("/", _index),
            web.get("/{name:[a-z_]+\\.(?:js|css|svg|html)}", _file),
        ]
    )
    return app


@web.middleware
async def _own_page_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep other sites in the same browser from acting as our people."""
    if request.path.startswith("/_person/"):
        if request.url.host not in LOOPBACK:
            return web.json_response({"ok": False, "error": "only from this machine"}, status=403)
        if request.method == "POST" and request.content_type != "application/json":
            return web.json_response({"ok": False, "error": "the body must be JSON"}, status=415)
    return await handler(request)


async def _index(_request: web.Request) -> web.StreamResponse:
    return _page_file("index.html")


async def _file(request: web.Request) -> web.StreamResponse:
    return _page_file(request.match_info["name"])


def _page_file(name: str) -> web.StreamResponse:
    path = PAGE / name
    if not path.is_file():
        return web.Response(status=404, text="no such page")
    return web.FileResponse(path, headers={"Cache-Control": "no-store"})
