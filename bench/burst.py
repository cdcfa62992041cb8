"""Burst: many proposals at once for one channel, until its people see them all, on cards or in summaries.

Slack takes a message a second in one channel, so that a card for each would take minutes.
"""

import asyncio
import re
import time

from bench.agents import Agents, agents_of
from bench.figures import Section
from bench.policy import CHANNEL
from bench.testbed import Testbed, local_slack

OWN_CARD = 10
"""Cards of the agent that may wait to be posted before the rest joins its summary."""
SIGHT = 240.0
"""Seconds until they must be in sight."""
TAKEN, FIRST, SEEN = "all of them taken", "first summary seen", "all of them seen"
_SUMMARY = re.compile(r"(\d+) requests? of (bot-\d+) waits? here")


async def measure(bed: Testbed, section: Section, *, proposals: int) -> None:
    """So many of one agent at once, by hand and by the bot."""
    at = f"{proposals} of one agent"
    async with bed.baseline("by_hand") as service, agents_of(bed, service) as agents:
        section.note(f"{TAKEN}, by hand", at, {"seconds": await _taken(agents, proposals)})
    async with local_slack() as slack, bed.bot(slack) as bot, agents_of(bed, bot) as agents:

        def in_summaries() -> int:
            counts: dict[str, int] = {}
            for message in slack.workspace.channels[CHANNEL].messages:
                if summary := _SUMMARY.search(message["text"]):
                    counts[summary[2]] = int(summary[1])
            return sum(counts.values())

        began = time.perf_counter()
        asking = asyncio.create_task(_taken(agents, proposals))
        await slack.until(in_summaries, SIGHT)
        first = time.perf_counter() - began
        await slack.until(lambda: in_summaries() >= proposals - OWN_CARD, SIGHT)
        seen = time.perf_counter() - began
        beside = (f"{TAKEN}, by hand", at)
        section.note(f"{TAKEN}, Signoff", at, {"seconds": await asking}, beside)
        section.note(f"{FIRST}, Signoff", at, {"seconds": first}, beside)
        section.note(f"{SEEN}, Signoff", at, {"seconds": seen}, beside)


async def _taken(agents: Agents, proposals: int) -> float:
    began = time.perf_counter()
    await agents.propose_many("card", proposals, 1)
    return time.perf_counter() - began
