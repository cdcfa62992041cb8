"""Commits: how long a waiting agent is without a decision once that is on the disk; here the bot is in this process.

Only there is the moment of the commit known. Beside it a plain GET of a proposal meanwhile.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from approvals.reviewer import Reviewer
from bench.agents import AGAIN, BUSY, WAITING
from bench.figures import Section, percentiles
from bot.compose import Bot, running
from tests.town import PEOPLE, POLICY, open_town

AGENTS = 10
AT_ONCE = 50
"""How many begin to wait together; each reads its proposal first, and few connections read."""
READS = 50
PLAIN = "GET of a proposal"
CAROL = Reviewer(user="U0CAROL", team="T0TEAM", name=PEOPLE["U0CAROL"], roles=frozenset({"finance"}))
Sessions = Mapping[str, aiohttp.ClientSession]


async def measure(section: Section, *, decisions: int, waiting: tuple[int, ...]) -> None:
    """So many decisions, for each number of requests that are held."""
    tokens = {f"bot-{number}": f"token-of-bot-{number}-0123456789abcdefghijkl" for number in range(AGENTS)}
    for count in waiting:
        at = f"{count:,} agent{'' if count == 1 else 's'} waiting"
        with tempfile.TemporaryDirectory(prefix="signoff-bench-") as folder:
            async with open_town(Path(folder), policy=_policy(tokens)) as town:
                environ = {_variable(name): token for name, token in tokens.items()}
                async with running(town.settings(), environ) as bot, _sessions(bot.url, tokens) as agents:
                    await _decided(section, at, bot, agents, count, decisions)


async def _decided(section: Section, at: str, bot: Bot, agents: Sessions, count: int, decisions: int) -> None:
    plain: list[float] = []
    taken: list[float] = []
    while len(taken) < decisions:
        names = [f"bot-{number % AGENTS}" for number in range(len(taken), len(taken) + count)]
        proposals = [await _submitted(bot, name, number) for number, name in enumerate(names)]
        held: dict[str, asyncio.Task[float]] = {}
        for each in proposals:
            held[each.id] = asyncio.create_task(_heard(agents[each.ask.agent], each.id))
            if len(held) % AT_ONCE == 0:
                await _until_held(agents["bot-0"], len(held))
        await _until_held(agents["bot-0"], count)
        plain += [await _read(agents[each.ask.agent], each.id) for each in proposals[: READS - len(plain)]]
        taken += [await _approved(bot, each, held[each.id]) for each in proposals[: decisions - len(taken)]]
        for each in held.values():
            each.cancel()
        await asyncio.gather(*held.values(), return_exceptions=True)
    section.note(PLAIN, at, percentiles(plain))
    section.note("commit → agent, Signoff", at, percentiles(taken), (PLAIN, at))


def _policy(agents: Mapping[str, str]) -> str:
    entries = "".join(
        f'  {name}: {{token_env: {_variable(name)}, owner: U0OWEN, actions: ["*"], pending_limit: 5000}}\n'
        for name in agents
    )
    head, _, rest = POLICY.partition("agents:\n")
    return f"{head}agents:\n{entries}ops:{rest.partition('ops:')[2]}"


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


@asynccontextmanager
async def _sessions(url: str, tokens: Mapping[str, str]) -> AsyncIterator[Sessions]:
    """One for each agent, with as many connections as it wants."""
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                aiohttp.ClientSession(
                    base_url=url,
                    headers={"Authorization": f"Bearer {token}"},
                    connector=aiohttp.TCPConnector(limit=0),
                    raise_for_status=True,
                )
            )
            for name, token in tokens.items()
        }


async def _submitted(bot: Bot, agent: str, number: int) -> Any:
    action = Action(name="refund.create", payload={"amount": 200 + number})
    ask = Ask(agent=agent, reasoning="One of many.")
    proposal, _ = await bot.lifecycle.submit(Submission(action=action, ask=ask))
    return proposal


async def _heard(session: aiohttp.ClientSession, proposal_id: str) -> float:
    """When the agent had the decision in its hands."""
    while True:
        async with session.get(f"/v1/proposals/{proposal_id}?wait=55", raise_for_status=False) as response:
            if (await response.json(content_type=None))["status"] == "approved":
                return time.perf_counter()
            if response.status == BUSY:
                await asyncio.sleep(AGAIN)


async def _until_held(session: aiohttp.ClientSession, count: int) -> None:
    while True:
        async with session.get("/metrics", raise_for_status=False) as response:
            if f"{WAITING}{float(count)}\n" in await response.text():
                return
        await asyncio.sleep(0.02)


async def _read(session: aiohttp.ClientSession, proposal_id: str) -> float:
    began = time.perf_counter()
    async with session.get(f"/v1/proposals/{proposal_id}") as response:
        await response.json()
    return time.perf_counter() - began


async def _approved(bot: Bot, proposal: Any, answer: "asyncio.Task[float]") -> float:
    """Seconds from the commit, as the store tells of it, to the answer."""
    committed: list[float] = []
    watch = bot.store.signals.watch(proposal.id, proposal.version)
    watch.add_done_callback(lambda _: committed.append(time.perf_counter()))
    await bot.lifecycle.approve(proposal.id, CAROL, proposal.nonce)
    bot.store.signals.forget(proposal.id, watch)
    return await answer - committed[0]
