"""Agents: programs that propose over HTTP and wait for the answer, many at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.load import NUMBER
from bench.policy import AGENTS
from bench.submits import body
from bench.testbed import Program, Testbed

AT_ONCE = 32
"""Requests of all agents that are under way at the same time, but for those that wait for a decision."""
WAITING = "signoff_waiting_requests "
"""How the metric of the requests that are held begins; the baselines have it, too."""
BUSY, AGAIN = 503, 0.2
"""What a busy store answers, and the seconds after which an agent asks again."""
HELD = 55
"""Seconds for which a request may be held; then it is sent again."""


@dataclass(slots=True)
class Agents:
    """Those of the testbed, at one service."""

    bed: Testbed
    session: aiohttp.ClientSession
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def propose(self, tier: str, agent: int) -> str:
        """The id of a new proposal of one of them."""
        number, self.bed.sent = self.bed.sent, self.bed.sent + 1
        text = body(tier).replace(NUMBER, f"{number:0{len(NUMBER)}}")
        headers = {**self._token(agent), "Content-Type": "application/json"}
        async with self._turn, self.session.post("/v1/proposals", data=text, headers=headers) as answer:
            made: dict[str, Any] = json.loads(await answer.read())
            return str(made["id"])

    async def propose_many(self, tier: str, count: int, agents: int) -> list[str]:
        """The ids of so many, shared evenly by the first so many agents."""
        return await asyncio.gather(*(self.propose(tier, number % agents) for number in range(count)))

    async def decision(self, proposal_id: str, agent: int) -> float:
        """When the agent that waits has the approval in its hands."""
        while True:
            path = f"/v1/proposals/{proposal_id}?wait={HELD}"
            async with self.session.get(path, headers=self._token(agent), raise_for_status=False) as answer:
                if json.loads(await answer.read())["status"] == "approved":
                    return time.perf_counter()
                if answer.status == BUSY:
                    await asyncio.sleep(AGAIN)
                elif answer.status != 200:
                    answer.raise_for_status()

    @asynccontextmanager
    async def waiting_for(self, proposals: Sequence[str]) -> AsyncIterator[None]:
        """As long as the block goes on, the agents of `propose_many` wait for the decisions on these."""
        held: list[asyncio.Task[float]] = []
        try:
            for number, each in enumerate(proposals):
                held.append(asyncio.create_task(self.decision(each, number % AGENTS)))
                if len(held) % AT_ONCE == 0:  # each reads its proposal first
                    await self.until_waiting(len(held))
            await self.until_waiting(len(held))
            yield
        finally:
            for each in held:
                each.cancel()
            await asyncio.gather(*held, return_exceptions=True)

    async def listed(self, more: str = "") -> None:
        """The newest of the first agent's own, those alone that are asked for."""
        async with self.session.get(f"/v1/proposals?limit=20{more}", headers=self._token(0)) as answer:
            await answer.read()

    async def approve(self, proposal_id: str) -> None:
        """Approves at a baseline, which asks nobody who it is."""
        async with self.session.post(f"/v1/proposals/{proposal_id}/approve") as answer:
            await answer.read()

    async def until_waiting(self, count: int) -> None:
        """Until the service holds so many requests."""
        while await self._waiting() < count:  # noqa: ASYNC110 it is in another process
            await asyncio.sleep(0.05)

    async def _waiting(self) -> int:
        async with self.session.get("/metrics", raise_for_status=False) as answer:
            if answer.status == BUSY:
                return 0
            lines = (await answer.text()).splitlines()
        return next(int(float(line.split()[1])) for line in lines if line.startswith(WAITING))

    def _token(self, agent: int) -> dict[str, str]:
        tokens: Sequence[str] = list(self.bed.tokens.values())
        return {"Authorization": f"Bearer {tokens[agent]}"}


@asynccontextmanager
async def agents_of(bed: Testbed, program: Program) -> AsyncIterator[Agents]:
    """With as many connections as they want."""
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=2 * HELD)
    async with aiohttp.ClientSession(
        program.url, connector=connector, timeout=patience, raise_for_status=True
    ) as session:
        yield Agents(bed=bed, session=session)
