"""Past: what grows with the number of proposals that are over: lists, figures, submits, the start, memory."""

import base64
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import terminal, usage
from bench.agents import Agents, agents_of
from bench.extent import Extent
from bench.figures import Section, percentiles
from bench.policy import AGENTS, CHANNEL, OWNER, REVIEWER, Policy
from bench.server import database_on, server_at
from bench.submits import body
from bench.testbed import Program, Testbed, local_slack
from bot.clock import SystemClock
from bot.keys import seal_keys, seeds_for
from storage import relocate
from tests.databases import new_database
from tests.past import write_past

if TYPE_CHECKING:
    from sandbox import Sandbox

COMMANDS = ("", "all", "mine", "history", "stats", "stats 90d")
"""What is typed behind `/approvals`."""
BY_HAND = "a list of 20 by hand"
OWN = 20
"""Proposals of each agent there."""
READS = 50
TIMES = 5
"""How often each list is asked for in a round."""
Ask = Callable[[], Awaitable[float]]
"""Asks for a list, and gives the seconds until it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """A bot with a past, its people, and its agents."""

    at: str
    bot: Program
    slack: "Sandbox"
    agents: Agents

    @property
    def lists(self) -> dict[str, Ask]:
        """Each list by its name."""
        typed = {f"/approvals {each}".strip(): self._command(each) for each in COMMANDS}
        listed = {f"GET /v1/proposals{each.replace('&', '?')}": self._listed(each) for each in ("", "&status=pending")}
        return {**typed, "home": self._home, **listed, "submit by whose past it is": self._submitted}

    def _command(self, text: str) -> Ask:
        async def ask() -> float:
            delivery = await self.slack.command(OWNER if text == "mine" else REVIEWER, CHANNEL, "/approvals", text)
            assert delivery.acknowledged, delivery.failure
            return delivery.seconds

        return ask

    async def _home(self) -> float:
        before = self._shown()
        began = time.perf_counter()
        await self.slack.open_home(REVIEWER)
        await self.slack.until(lambda: self._shown() != before)
        return time.perf_counter() - began

    def _shown(self) -> str | None:
        """The hash of the home tab, another one each time it is published."""
        shown = self.slack.workspace.homes.get(REVIEWER)
        return None if shown is None else shown.view["hash"]

    def _listed(self, more: str) -> Ask:
        async def ask() -> float:
            began = time.perf_counter()
            await self.agents.listed(more)
            return time.perf_counter() - began

        return ask

    async def _submitted(self) -> float:
        began = time.perf_counter()
        await self.agents.propose("card", 0)
        return time.perf_counter() - began


async def measure(bed: Testbed, section: Section, extent: Extent) -> None:
    """The same in turn for each size of the past; the smallest is what the others are held against."""
    async with AsyncExitStack() as stack:
        towns = []
        for size in extent.past:
            database, _ = await _written(bed, size)
            towns.append(await _town(bed, section, stack, size, extent.past[0], database=database))
        await _measured(bed, section, extent, towns)


async def measure_on_server(bed: Testbed, section: Section, extent: Extent) -> None:
    """The same with everything on a server, to which the past is copied; a million is left out."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(server_at(bed.folder / "postgresql-past"))
        towns = []
        for size in extent.past[:2]:
            database, seed = await _written(bed, size, "copied")
            url, began = await database_on(server), time.perf_counter()
            await relocate(f"sqlite:///{database}", url, seal_keys((seed,)), SystemClock(), lambda *_: None)
            terminal.line(f"  copied to the server in {time.perf_counter() - began:.0f} s")
            key = base64.b64encode(seed).decode()
            towns.append(await _town(bed, section, stack, size, extent.past[0], server=url, key=key))
        await _measured(bed, section, extent, towns)


async def _town(
    bed: Testbed,
    section: Section,
    stack: AsyncExitStack,
    size: int,
    shortest: int,
    *,
    database: Path | None = None,
    server: str | None = None,
    key: str = "",
) -> _Town:
    """A town with so long a past; noted is how its bot started."""
    slack = await stack.enter_async_context(local_slack())
    policy = Policy(facts=True)
    bot = await stack.enter_async_context(bed.bot(slack, database=database, server=server, key=key, policy=policy))
    agents = await stack.enter_async_context(agents_of(bed, bot))
    at, beside = f"{size:,} past", None if size == shortest else f"{shortest:,} past"
    section.note("start", at, {"seconds": bot.ready_after}, beside and ("start", beside))
    section.note("memory at rest", at, {"bytes": usage.memory(bot.pid)}, beside and ("memory at rest", beside))
    return _Town(at=at, bot=bot, slack=slack, agents=agents)


async def _measured(bed: Testbed, section: Section, extent: Extent, towns: list[_Town]) -> None:
    """All that people and agents ask for, in each of the towns."""
    shortest = towns[0].at
    await _by_hand(bed, section)
    for town in towns:
        for ask in town.lists.values():  # what a first one has to read is not what grows
            await ask()
    for number in range(extent.past_rounds):
        for town in towns if number % 2 == 0 else reversed(towns):
            beside = None if town.at == shortest else shortest
            for name, ask in town.lists.items():
                taken = [await ask() for _ in range(TIMES)]
                held_against = (name, beside) if beside else (BY_HAND, "")
                section.note(name, town.at, percentiles(taken), held_against)
            for tier in ("auto", "card"):
                loaded = await bed.load(town.bot, body(tier), 1, extent.seconds, extent.warm_up)
                name = f"submit, {tier}, 1 connection"
                section.note(name, town.at, loaded.measures, beside and (name, beside), loaded.remark)


async def _by_hand(bed: Testbed, section: Section) -> None:
    """A list as one would write it by hand, of an agent who has proposed this and that."""
    async with bed.baseline("by_hand") as service, agents_of(bed, service) as agents:
        await agents.propose_many("card", OWN * AGENTS, AGENTS)
        taken = []
        for _ in range(READS):
            began = time.perf_counter()
            await agents.listed()
            taken.append(time.perf_counter() - began)
    section.note(BY_HAND, "", percentiles(taken))


async def _written(bed: Testbed, size: int, name: str = "past") -> tuple[Path, bytes]:
    """A database with so long a past, and the seed of its key."""
    database = bed.folder / f"{name}-{size}.db"
    began = time.perf_counter()
    seeds = seeds_for(database, None)
    (key,) = seal_keys(seeds)
    new_database(database)
    await write_past(database, size, until=datetime.now(UTC), key=key, agent="bot-000", owner=OWNER)
    terminal.line(f"  {size:,} past proposals written in {time.perf_counter() - began:.0f} s")
    return database, seeds[0]
