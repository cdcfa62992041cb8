"""Server: submits on PostgreSQL beside single commits by hand there, and what another replica hears of a commit."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from approvals.events import Withdrawn
from approvals.lifecycle import SYSTEM, Lifecycle
from approvals.record import record
from bench import terminal
from bench.extent import Extent
from bench.figures import Section, percentiles
from bench.submits import body
from bench.testbed import Program, Testbed, local_slack
from bot.clock import SystemClock
from bot.ids import RandomIds
from storage import open_store
from tests.making import Lots
from tests.postgresql import server_of_wheel
from tests.storage.town import TablePolicy, submission

BESIDE = "by hand on PostgreSQL, a transaction each"
KEY = bytes(32)


async def measure(bed: Testbed, section: Section, extent: Extent) -> None:
    """All rounds of submits, then the decisions that another replica hears of."""
    async with server_at(bed.folder / "postgresql") as server:
        for number in range(extent.rounds):
            terminal.line(f"round {number + 1} of {extent.rounds}")
            async with bed.baseline("server_by_hand", await database_on(server)) as service:
                await _loaded(bed, section, extent, service, BESIDE, extent.tiers[0])
            for tier in extent.tiers[:2]:
                key = base64.b64encode(secrets.token_bytes(32)).decode()
                async with local_slack() as slack, bed.bot(slack, server=await database_on(server), key=key) as bot:
                    await _loaded(bed, section, extent, bot, f"Signoff, {tier}", tier)
        await _heard(section, await database_on(server), extent.clicks, extent.waiting)


async def _loaded(bed: Testbed, section: Section, extent: Extent, service: Program, name: str, tier: str) -> None:
    for connections in extent.connections[:2]:
        loaded = await bed.load(service, body(tier), connections, extent.seconds, extent.warm_up)
        at = f"{connections} connection{'' if connections == 1 else 's'}"
        section.note(name, at, loaded.measures, None if name == BESIDE else (BESIDE, at), loaded.remark)


async def _heard(section: Section, url: str, decisions: int, waiting: tuple[int, ...]) -> None:
    """From a commit in one store to whoever waits in another; both are in this process, and share its loop."""
    clock = SystemClock()
    async with open_store(url, KEY, clock) as here, open_store(url, KEY, clock) as there:
        lifecycle = Lifecycle(store=here, policy=TablePolicy(), clock=clock, ids=RandomIds(), randomness=Lots())
        for count in waiting:
            made = [(await lifecycle.submit(submission(250)))[0] for _ in range(max(count, decisions))]
            held = [there.signals.watch(each.id, each.version) for each in made[:count]]
            taken = []
            for proposal in made[:decisions]:
                heard = there.signals.watch(proposal.id, proposal.version)
                moments: list[float] = []
                heard.add_done_callback(lambda _, moments=moments: moments.append(time.perf_counter()))
                withdrawn = [Withdrawn(at=clock.now(), reason="measured")]
                await here.transact(
                    lambda tx, proposal=proposal, withdrawn=withdrawn: record(
                        tx, proposal, withdrawn, SYSTEM, clock.now()
                    )
                )
                committed = time.perf_counter()
                await heard
                await asyncio.sleep(0)
                taken.append(moments[0] - committed)
                there.signals.forget(proposal.id, heard)
            for each, watch in zip(made, held, strict=False):
                there.signals.forget(each.id, watch)
            at = f"{count:,} agent{'' if count == 1 else 's'} waiting"
            section.note("commit → heard in another process", at, percentiles(taken))


@asynccontextmanager
async def server_at(folder: Path) -> AsyncIterator[str]:
    """The URL of a server of its own, whose disk has all that it says to have."""
    server = await asyncio.to_thread(server_of_wheel, folder, "stop")
    try:
        yield server.get_uri()
    finally:
        await asyncio.to_thread(server.cleanup)


async def database_on(server: str) -> str:
    """The URL of a new database there."""
    name = f"bench_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
