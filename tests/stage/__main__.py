"""`python -m tests.stage`: sets the stage, says where on one line of JSON, and ends when its stdin closes."""

import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from aiohttp import web

from bot.clock import SystemClock
from tests.stage.control import Control
from tests.stage.door import Door
from tests.stage.people import People
from tests.town import AGENT_TOKEN, open_town

POLICY = """\
version: 1
roles:
  support: {channel: C0SUPPORT, members: [U0ALICE, U0BOB], notify: members}
agents:
  shop: {token_env: SHOP_TOKEN, owner: U0OWEN, actions: ["*"], source: trusted, pending_limit: 500, rate_limit: 1000}
ops: {channel: C0OPS, members: [U0OWEN]}
defaults: {tier: approve, role: support, expires_in: 1h, execute_within: 1h, report_within: 1h}
rules:
  - {id: refunds, action: "*refund*", tier: approve, role: support, reason: Money leaves}
"""
BEYOND = 3601
"""Seconds past every deadline of the policy."""


class MovableClock:
    """The machine's time, and as much further as it was moved."""

    def __init__(self):
        self._real = SystemClock()
        self._further = timedelta()

    def now(self):
        return self._real.now() + self._further

    def forward(self, seconds):
        self._further += timedelta(seconds=seconds)
        return self.now()


@asynccontextmanager
async def stage():
    """Where everything is, and what runs on it: a task that ends only by a fault."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stage-")))
        clock = MovableClock()
        town = await stack.enter_async_context(open_town(folder, "http", policy=POLICY, clock=clock))
        await stack.enter_async_context(town.serving())
        people = People(town, run_out=lambda: clock.forward(BEYOND))
        door = await stack.enter_async_context(Door(town.bot.url))
        control = await served(stack, Control(town=town, clock=clock, people=people, door=door).app())
        working = asyncio.create_task(people.run())
        try:
            yield {"url": town.bot.url, "door": door.url, "token": AGENT_TOKEN, "control": control}, working
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def main():
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    async with stage() as (ready, working):
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        over = asyncio.create_task(closed(sys.stdin))
        done, _ = await asyncio.wait({working, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        await asyncio.gather(over, return_exceptions=True)
        for task in done:
            task.result()


async def served(stack, app):
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def closed(stream):
    """Returns when whoever started us has gone or wants us to go."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stream)
    await reader.read()


if __name__ == "__main__":
    asyncio.run(main())
