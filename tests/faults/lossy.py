"""A road between Slack and the bot on which an answer can get lost after the bot has given it."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web


class Road:
    """Passes requests on to `target`; while `lost` is set, answers are read and thrown away."""

    def __init__(self):
        self.address = ""
        self.target = ""
        self.lost = None

    async def pass_on(self, request):
        body = await request.read()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.target, data=body, headers=request.headers) as answer,
        ):
            text = await answer.text()
        if self.lost is not None:
            self.lost.set()
            request.transport.abort()
        return web.Response(status=answer.status, text=text, content_type=answer.content_type)

    def lose_the_next(self):
        """The event is set once an answer was given and lost."""
        self.lost = asyncio.Event()
        return self.lost


@asynccontextmanager
async def road():
    """A road on a port of its own."""
    found = Road()
    app = web.Application()
    app.add_routes([web.post("/slack/events", found.pass_on)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield found
    finally:
        await runner.cleanup()
