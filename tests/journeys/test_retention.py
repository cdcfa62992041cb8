"""What is over for longer than the policy keeps it is erased by the bot itself, and what decides nothing any more goes."""

import asyncio
import time
from datetime import timedelta

import pytest

from tests.making import Clock
from tests.patience import PATIENCE
from tests.town import OPS, POLICY, SUPPORT, open_town


@pytest.fixture
async def town(tmp_path):
    """A town in which the clock and what the machine counts are moved on together."""
    clock, gone = Clock(), [0.0]
    kept = POLICY + 'retention: {actions: {"email.*": 30d}}\n'
    async with (
        open_town(tmp_path, policy=kept, clock=clock, monotonic=lambda: time.monotonic() + gone[0]) as town,
        town.serving(),
    ):

        def forward(**duration):
            clock.forward(**duration)
            gone[0] += timedelta(**duration).total_seconds()

        yield town, forward


async def until(town, condition):
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await town.call("GET", "/healthz")  # a round trip, so that the bot goes on meanwhile


async def test_the_bot_tells_of_the_times_and_erases_a_day_later_what_is_over_for_longer(town, capsys):
    town, forward = town
    mail, refund = await town.propose(), await town.propose("refund.create", {"amount": 5})
    for each in (mail, refund):
        await town.call("POST", f"/v1/proposals/{each['id']}/withdraw", {"reason": "Not needed."})
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", "enrol")
    await town.modal_saying("U0ALICE", "authenticator app")
    assert town.rows("SELECT id FROM modals") != []
    await town.slack.until(lambda: [each for each in town.slack.messages(OPS) if "`30d for email.*`" in str(each)])
    assert "times='30d for email.*'" in capsys.readouterr().out, "the log says at the start what is in force"

    async def erased():
        forward(seconds=60)
        return (await town.get(mail["id"]))["payload"] is None

    for _ in range(5):
        assert not await erased()
    forward(days=31)
    await until(town, erased)
    assert (await town.get(refund["id"]))["payload"] == refund["payload"]
    *_, tag = await town.tags(mail["id"])
    assert tag == "proposal:erased"

    async def purged():
        return town.rows("SELECT id FROM modals") == []

    await until(town, purged)
