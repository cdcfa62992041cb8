"""The server ends: whoever has asked nothing yet holds nothing up."""

import asyncio
import gc
import socket

import pytest
from aiohttp import web

from bot.api.connections import ApiRunner
from tests.patience import PATIENCE


# Python 3.11 leaves a connection to the collector that it accepts while its server closes.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("steps", range(8))
async def test_a_connection_accepted_at_the_last_moment_does_not_hold_up_the_end(steps):
    """`steps` moves the moment of the end through the turns of the loop in which a connection is accepted."""
    runner = ApiRunner(web.Application(), shutdown_timeout=10 * PATIENCE)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with socket.create_connection(("127.0.0.1", runner.addresses[0][1])):
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            await runner.cleanup()
    gc.collect()
