"""T21, by the thousand: one agent asks for a thousand things within a minute, and another one's card does not wait."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.faults.premises import premises
from tests.faults.test_f17_restart import AMPLE, wait_by
from tests.tally import injected
from tests.town import SUPPORT

BEFORE = 3
"""So many messages come at most before the other agent's card: one that was on its way, one of the agent that floods, and
its summary. At one a second, which is what Slack takes, that is less than five seconds."""
ROOM = 64 * 1024
"""KiB that the process may grow by from its first hundred proposals to its last."""


def resident(process):
    """KiB of memory that the process has."""
    status = Path(f"/proc/{process.child.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


async def besieged(folder, count):
    """Of the other agent's cards how many there were and the longest wait, in seconds and messages; what was sent a
    minute, and KiB that the bot grew by."""
    async with premises(folder, "http", policy=AMPLE) as place:
        bot = await place.start()
        before, begun = resident(bot), time.monotonic()
        flood = asyncio.create_task(wait_by(place, count))
        cards, seconds, messages = 0, 0.0, 0
        while not flood.done() or cards < 5:
            there = {each["ts"] for each in place.slack.messages(SUPPORT)}
            asked = time.monotonic()
            other = await place.propose("email.other", {"to": f"{cards}"}, session=place.other)
            card = await place.card(SUPPORT, other)
            cards, seconds = cards + 1, max(seconds, time.monotonic() - asked)
            came = sorted((each["ts"] for each in place.slack.messages(SUPPORT)), key=float)
            messages = max(messages, len([ts for ts in came[: came.index(card["ts"])] if ts not in there]))
        await flood
        rate = 60 * count / (time.monotonic() - begun)
        grown = resident(bot) - before
        assert messages <= BEFORE
        assert grown < ROOM
        assert place.rows("SELECT count(*) FROM proposals WHERE status = 'pending'") == [(count + cards,)]
    return (
        f"{rate:,.0f} a minute; of {cards} cards of another agent the slowest after {seconds:.1f} s and {messages} "
        f"messages; {grown / 1024:.0f} MiB more"
    )


async def test_t21_while_one_agent_asks_for_hundreds_another_ones_card_comes_and_memory_is_bounded(
    tmp_path, record_property
):
    found = await besieged(tmp_path, 200)
    injected(record_property, "T21 proposals of one agent", "sqlite", 200, found)


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
async def test_t21_while_one_agent_asks_for_a_thousand_the_same_holds(tmp_path, record_property):
    found = await besieged(tmp_path, 1000)
    injected(record_property, "T21 proposals of one agent", "sqlite", 1000, found)
