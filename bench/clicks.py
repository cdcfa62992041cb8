"""Clicks: how long until the person's click is acknowledged, and until the agent that waits has the approval.

Beside it an approval by hand: a row changed and a line of the log in one transaction, and whoever waits is woken.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.agents import Agents, agents_of
from bench.figures import Section, percentiles
from bench.policy import AGENTS, DESKS, REVIEWER, Policy, desk, desk_channel
from bench.testbed import Program, Testbed, local_slack

if TYPE_CHECKING:
    from sandbox import Sandbox

BY_HAND, SIGNOFF = "by hand", "Signoff"
ACKNOWLEDGED, ANSWERED = "click → acknowledgement", "click → agent"
Decide = Callable[[str, int], Awaitable[float]]
"""Approves a proposal, by its id and desk, and gives the seconds until that was acknowledged."""
_ID = re.compile(r"prp_[0-9a-f]{32}")


async def measure(bed: Testbed, section: Section, *, clicks: int, waiting: tuple[int, ...]) -> None:
    """So many clicks, for each number of agents that wait at the same time."""
    for count in waiting:
        at = f"{count:,} agent{'' if count == 1 else 's'} waiting"
        async with bed.baseline("by_hand") as service, agents_of(bed, service) as agents:

            async def by_hand(proposal_id: str, _desk: int, agents: Agents = agents) -> float:
                began = time.perf_counter()
                await agents.approve(proposal_id)
                return time.perf_counter() - began

            async def no_card(_channel: str, _proposal_id: str) -> None:
                """By hand nobody is shown anything."""

            await _clicked(section, BY_HAND, at, agents, by_hand, clicks=clicks, others=count - 1, ready=no_card)
        async with local_slack() as slack, bed.bot(slack, policy=Policy(desks=True)) as bot:
            await _with_bot(bed, section, at, bot, slack, clicks=clicks, others=count - 1)


async def _with_bot(
    bed: Testbed, section: Section, at: str, bot: Program, slack: "Sandbox", *, clicks: int, others: int
) -> None:
    cards = Cards(slack)

    async def click(proposal_id: str, number: int) -> float:
        channel = desk_channel(number)
        ts = await cards.of(channel, proposal_id)
        delivery = await slack.click(REVIEWER, channel, ts, "approve")
        assert delivery.acknowledged, delivery.failure
        return delivery.seconds

    async with agents_of(bed, bot) as agents:
        await _clicked(section, SIGNOFF, at, agents, click, clicks=clicks, others=others, ready=cards.of)


async def _clicked(
    section: Section,
    name: str,
    at: str,
    agents: Agents,
    decide: Decide,
    *,
    clicks: int,
    others: int,
    ready: Callable[[str, str], Awaitable[object]],
) -> None:
    acknowledged: list[float] = []
    answered: list[float] = []
    asked = await agents.propose_many("card", others, AGENTS)
    async with agents.waiting_for(asked):
        while len(acknowledged) < clicks:
            desks = range(min(DESKS, clicks - len(acknowledged)))
            proposals = [await agents.propose(desk(number), number) for number in desks]
            waiting = [asyncio.create_task(agents.decision(each, number)) for number, each in enumerate(proposals)]
            await asyncio.gather(*(ready(desk_channel(number), each) for number, each in enumerate(proposals)))
            await agents.until_waiting(others + len(proposals))
            for number, each in enumerate(proposals):
                began = time.perf_counter()
                acknowledged.append(await decide(each, number))
                answered.append(await waiting[number] - began)
    for what, taken in ((ACKNOWLEDGED, acknowledged), (ANSWERED, answered)):
        beside = None if name == BY_HAND else (f"{what}, {BY_HAND}", at)
        section.note(f"{what}, {name}", at, percentiles(taken), beside)


@dataclass(slots=True)
class Cards:
    """Finds the cards of proposals among a channel's messages, each of which is looked at once."""

    slack: "Sandbox"
    _found: dict[str, str] = field(default_factory=dict)
    _looked_at: dict[str, int] = field(default_factory=dict)

    async def of(self, channel: str, proposal_id: str) -> str:
        """When the proposal's card was posted, as Slack writes it, once it stands."""

        def stands() -> bool:
            messages = self.slack.workspace.channels[channel].messages
            for message in messages[self._looked_at.get(channel, 0) :]:
                for name in _ID.findall(json.dumps(message)):
                    self._found.setdefault(name, message["ts"])
            self._looked_at[channel] = len(messages)
            return proposal_id in self._found

        await self.slack.until(stands)
        return self._found[proposal_id]
