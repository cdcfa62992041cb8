"""How long a waiting agent is without the decision, with a thousand requests held; beside a plain GET meanwhile."""

import asyncio
import json
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from approvals.decision import Reviewer
from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from bot.compose import running
from tests.town import PEOPLE, POLICY, open_town

AGENTS = 10
EACH = 100
"""Proposals of each agent that wait, one held request a proposal."""
WANTED = 0.020
CAROL = Reviewer(user="U0CAROL", team="T0TEAM", name=PEOPLE["U0CAROL"], roles=frozenset({"finance"}))


async def section(folder: Path) -> None:
    names = [f"bot-{number}" for number in range(AGENTS)]
    tokens = {name: f"token-of-{name}-0123456789abcdefghijkl" for name in names}
    environ = {f"TOKEN_{name[4:]}": token for name, token in tokens.items()} | {"SHOP_TOKEN": "x" * 40, "OTHER_TOKEN": "y" * 40}
    entries = "".join(
        f'  {name}: {{token_env: TOKEN_{name[4:]}, owner: U0OWEN, actions: ["refund.*"], pending_limit: {EACH}}}\n'
        for name in names
    )
    policy = POLICY.replace("agents:\n", f"agents:\n{entries}")
    async with open_town(folder, policy=policy) as town, running(town.settings(), environ) as bot, speaking(bot.url, tokens) as sessions:
        made = [await submitted(bot, name, number) for name in names for number in range(EACH)]
        heard: dict[str, float] = {}
        held = [asyncio.create_task(hear(sessions[each.ask.agent], each.id, heard)) for each in made]
        await until_waiting(bot, sessions[names[0]], len(made))
        plain, answered = [], []
        for each in made:
            plain.append(await read(sessions[each.ask.agent], each.id)) if len(plain) < 100 else None
            answered.append(await decide(bot, each, heard))
        await asyncio.gather(*held)
    answered.sort(), plain.sort()
    print(answered[len(answered)//2]*1000, answered[int(len(answered)*.99)]*1000, answered[-1]*1000, plain[len(plain)//2]*1000, plain[98]*1000)


@asynccontextmanager
async def speaking(url: str, tokens: dict[str, str]):
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                aiohttp.ClientSession(
                    base_url=url,
                    headers={"Authorization": f"Bearer {token}"},
                    connector=aiohttp.TCPConnector(limit=0),
                    timeout=aiohttp.ClientTimeout(total=120),
                )
            )
            for name, token in tokens.items()
        }


async def submitted(bot, agent: str, number: int):
    action = Action(name="refund.create", payload={"amount": 200 + number})
    made, _ = await bot.lifecycle.submit(Submission(action=action, ask=Ask(agent=agent, reasoning="One of many.")))
    return made


async def hear(session, proposal_id: str, heard: dict[str, float]) -> None:
    while True:
        async with session.get(f"/v1/proposals/{proposal_id}", params={"wait": 55}) as response:
            answer = json.loads(await response.read())
        if answer["status"] == "approved":
            heard[proposal_id].set_result(time.perf_counter()) if proposal_id in heard else None
            return


async def until_waiting(bot, session, count: int) -> None:
    while True:
        async with session.get("/metrics") as response:
            if f"signoff_waiting_requests {float(count)}" in await response.text():
                return
        await asyncio.sleep(0.1)


async def read(session, proposal_id: str) -> float:
    began = time.perf_counter()
    async with session.get(f"/v1/proposals/{proposal_id}") as response:
        json.loads(await response.read())
    return time.perf_counter() - began


async def decide(bot, proposal, heard) -> float:
    """Seconds from the durable commit of the decision to the answer in the agent's hands."""
    loop = asyncio.get_running_loop()
    heard[proposal.id] = loop.create_future()
    committed = bot.store.signals.watch(proposal.id, proposal.version)
    at = []
    committed.add_done_callback(lambda _: at.append(time.perf_counter()))
    await bot.lifecycle.approve(proposal.id, CAROL, proposal.nonce)
    bot.store.signals.forget(proposal.id, committed)
    return await heard[proposal.id] - at[0]


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory() as f:
        asyncio.run(section(Path(f)))
