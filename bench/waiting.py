"""How long a waiting agent is without a decision, with a thousand requests held; beside a plain GET meanwhile."""

import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from approvals.reviewer import Reviewer
from bot.compose import running
from tests.town import PEOPLE, POLICY, open_town

AGENTS = 10
EACH = 100
"""Proposals of each agent, every one with a request that is held until it is decided."""
AT_ONCE = 50
"""How many begin to wait together; each reads its proposal first, and few connections read."""
READS = 100
WANTED = 0.020
CAROL = Reviewer(user="U0CAROL", team="T0TEAM", name=PEOPLE["U0CAROL"], roles=frozenset({"finance"}))


async def section() -> None:
    tokens = {f"bot-{number}": f"token-of-bot-{number}-0123456789abcdefghijkl" for number in range(AGENTS)}
    with tempfile.TemporaryDirectory(prefix="signoff-bench-") as folder:
        await measure(Path(folder), tokens)


async def measure(folder: Path, tokens: dict[str, str]) -> None:
    async with open_town(folder, policy=policy(tokens)) as town:
        environ = {variable(name): token for name, token in tokens.items()}
        async with running(town.settings(), environ) as bot, sessions(bot.url, tokens) as agents:
            proposals = [await submitted(bot, name, number) for number in range(EACH) for name in agents]
            held: dict[str, asyncio.Task[float]] = {}
            for each in proposals:
                held[each.id] = asyncio.create_task(heard(agents[each.ask.agent], each.id))
                if len(held) % AT_ONCE == 0:
                    await until_held(agents["bot-0"], len(held))
            plain = [await read(agents[each.ask.agent], each.id) for each in proposals[:READS]]
            taken = [await decided(bot, each, held[each.id]) for each in proposals]
    told(sorted(taken), plain)


def told(taken: list[float], plain: list[float]) -> None:
    median, late = statistics.median(taken), taken[int(len(taken) * 0.99)]
    print(f"commit of a decision to the waiting agent's answer, {AGENTS * EACH} requests held by {AGENTS} agents")
    print(f"  median {median * 1000:.1f} ms, p99 {late * 1000:.1f} ms, worst {taken[-1] * 1000:.1f} ms of {len(taken)}")
    print(f"  wanted: a p99 of {WANTED * 1000:.0f} ms at most: {'held' if late <= WANTED else 'MISSED'}")
    print(f"  the median is {median / statistics.median(plain):.1f} times a GET of the same meanwhile")
    print()


def policy(agents) -> str:
    entries = "".join(
        f'  {name}: {{token_env: {variable(name)}, owner: U0OWEN, actions: ["*"], pending_limit: {EACH}}}\n'
        for name in agents
    )
    head, _, rest = POLICY.partition("agents:\n")
    return f"{head}agents:\n{entries}ops:{rest.partition('ops:')[2]}"


def variable(name: str) -> str:
    return name.upper().replace("-", "_")


@asynccontextmanager
async def sessions(url: str, tokens: dict[str, str]):
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


async def submitted(bot, agent: str, number: int):
    action = Action(name="refund.create", payload={"amount": 200 + number})
    ask = Ask(agent=agent, reasoning="One of many.")
    proposal, _ = await bot.lifecycle.submit(Submission(action=action, ask=ask))
    return proposal


async def heard(session, proposal_id: str) -> float:
    """When the agent had the decision in its hands."""
    while True:
        async with session.get(f"/v1/proposals/{proposal_id}?wait=55") as response:
            if (await response.json())["status"] == "approved":
                return time.perf_counter()


async def until_held(session, count: int) -> None:
    while True:
        async with session.get("/metrics") as response:
            if f"signoff_waiting_requests {float(count)}\n" in await response.text():
                return
        await asyncio.sleep(0.1)


async def read(session, proposal_id: str) -> float:
    began = time.perf_counter()
    async with session.get(f"/v1/proposals/{proposal_id}") as response:
        await response.json()
    return time.perf_counter() - began


async def decided(bot, proposal, answer) -> float:
    """Seconds from the commit, as the store tells of it, to the answer."""
    committed: list[float] = []
    watch = bot.store.signals.watch(proposal.id, proposal.version)
    watch.add_done_callback(lambda _: committed.append(time.perf_counter()))
    await bot.lifecycle.approve(proposal.id, CAROL, proposal.nonce)
    bot.store.signals.forget(proposal.id, watch)
    return await answer - committed[0]
