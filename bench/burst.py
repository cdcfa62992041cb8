"""Burst: many proposals at once for one channel, of one agent and of several, until its people see them all.

Slack takes a message a second in one channel, so that a card for each would take minutes.
"""

import asyncio
import re
import time

from bench.agents import Agents, agents_of
from bench.figures import Section
from bench.policy import CHANNEL
from bench.testbed import Testbed, local_slack

OWN_CARDS = 15
"""At most so many of an agent have cards of their own: ten that wait to be posted, and those that were just before."""
SEVERAL = 5
SIGHT = 240.0
"""Seconds until they must be in sight."""
TAKEN, FIRST, SEEN = "all of them taken", "first summary seen", "all of them seen"
_SUMMARY = re.compile(r"(\d+) requests? of (bot-\d+) waits? here")


async def measure(bed: Testbed, section: Section, *, proposals: int) -> None:
    """So many at once, by hand and by the bot. ValueError for so few that no agent would have a summary."""
    if proposals <= OWN_CARDS * SEVERAL:
        raise ValueError(f"a burst is more than {OWN_CARDS * SEVERAL}")
    for agents, at in ((1, f"{proposals} of one agent"), (SEVERAL, f"{proposals} of {SEVERAL} agents")):
        await _measure(bed, section, proposals, agents, at)


async def _measure(bed: Testbed, section: Section, proposals: int, agents: int, at: str) -> None:
    async with bed.baseline("by_hand") as service, agents_of(bed, service) as asking:
        section.note(f"{TAKEN}, by hand", at, {"seconds": await _taken(asking, proposals, agents)})
    async with local_slack() as slack, bed.bot(slack) as bot, agents_of(bed, bot) as asking:

        def in_summaries() -> int:
            counts: dict[str, int] = {}
            for message in slack.workspace.channels[CHANNEL].messages:
                if summary := _SUMMARY.search(message["text"]):
                    counts[summary[2]] = int(summary[1])
            return sum(counts.values())

        began = time.perf_counter()
        taking = asyncio.create_task(_taken(asking, proposals, agents))
        await slack.until(in_summaries, SIGHT)
        first = time.perf_counter() - began
        await slack.until(lambda: in_summaries() >= proposals - OWN_CARDS * agents, SIGHT)
        seen = time.perf_counter() - began
        beside = (f"{TAKEN}, by hand", at)
        section.note(f"{TAKEN}, Signoff", at, {"seconds": await taking}, beside)
        section.note(f"{FIRST}, Signoff", at, {"seconds": first}, beside)
        section.note(f"{SEEN}, Signoff", at, {"seconds": seen}, beside)


async def _taken(asking: Agents, proposals: int, agents: int) -> float:
    began = time.perf_counter()
    await asking.propose_many("card", proposals, agents)
    return time.perf_counter() - began
