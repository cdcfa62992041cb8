"""Acknowledgement: Slack hears of a click or a form once what it decides stands in the store, however long that takes."""

import asyncio
import itertools
from types import SimpleNamespace

import pytest
from slack_bolt.listener import asyncio_runner

from storage.engine import turns
from tests.holding import under_way
from tests.patience import PATIENCE
from tests.town import SUPPORT

pytestmark = pytest.mark.both_modes

GLANCES = 20
"""Round trips to the bot: by then an acknowledgement that does not wait would be there."""


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """The store waits for its turn as long as a test may last, and each time that Bolt looks an hour has passed."""
    hours = itertools.count(step=3600)
    monkeypatch.setattr(turns, "PATIENCE", PATIENCE)
    monkeypatch.setattr(asyncio_runner, "time", SimpleNamespace(time=lambda: next(hours)))


async def nothing(_tx):
    pass


async def approval(town, card):
    return await town.click("U0ALICE", SUPPORT, card, "approve")


async def rejection(town, card):
    return await town.slack.submit("U0ALICE", {"Reason": "Not today"})


@pytest.mark.parametrize(("verdict", "decide"), [("approve", approval), ("reject", rejection)])
async def test_as_long_as_the_store_is_busy_nothing_is_acknowledged_and_then_it_is_with_its_decision(
    town, verdict, decide
):
    card = await town.card(SUPPORT, await town.propose())
    if verdict == "reject":
        await town.click("U0ALICE", SUPPORT, card, "reject")
        await town.modal_saying("U0ALICE", "Reason")
    async with asyncio.timeout(PATIENCE):
        async with under_way(town.bot.store, nothing):
            deciding = asyncio.create_task(decide(town, card))
            for _ in range(GLANCES):
                await town.call("GET", "/healthz")
            assert not deciding.done()
            assert town.rows("SELECT verdict FROM decisions") == []
        delivery = await deciding
    assert delivery.acknowledged
    assert town.rows("SELECT verdict FROM decisions") == [(verdict,)]
