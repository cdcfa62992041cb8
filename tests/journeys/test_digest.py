"""The weekly digest on its way: on Monday morning, once whoever sends it, and only where the policy wants it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.outbound.digests import Digests
from tests.making import Clock
from tests.town import FINANCE, POLICY, SUPPORT, open_town

WANTED = POLICY.replace("notify: members}", "notify: members, digest: weekly}", 1)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
async def town(tmp_path):
    async with open_town(tmp_path, policy=WANTED, clock=Clock()) as made, made.serving():
        yield made


def digests(town, channel=SUPPORT):
    return [each["text"] for each in town.slack.messages(channel) if "The week of" in each["text"]]


def another(town, pictures=None):
    """What a restarted bot, or another one beside it, has for them; it notes for which it begins a picture."""
    noted = [] if pictures is None else pictures
    return Digests(
        store=town.bot.store,
        policy=lambda: town.bot.lifecycle.policy,
        clock=town.clock,
        picture=lambda *of: noted.append(of),
    )


async def approved(town, number):
    mail = await town.propose(action="email.send", summary=f"Mail {number}", payload={"to": f"{number}@example.com"})
    card = await town.card(SUPPORT, mail)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.get(mail["id"], wait=5)


async def test_it_comes_once_on_monday_of_the_week_before_to_the_role_that_wants_it(town):
    await approved(town, 1)
    await town.propose("refund.create", {"amount": 150}, summary="Refund 150")
    town.clock.at = MONDAY - timedelta(milliseconds=1)
    assert await another(town).sweep() == 0
    town.clock.at = MONDAY
    await another(town).sweep()
    await town.slack.until(lambda: digests(town))
    (said,) = digests(town)
    assert "*The week of support*, 16 Nov to 22 Nov" in said
    assert "*Asked:* 1: 1 approved untouched" in said
    assert "U0ALICE" not in said
    assert digests(town, FINANCE) == []
    for days in range(7):
        town.clock.at = MONDAY + timedelta(days=days, hours=15)
        assert await another(town, pictures := []).sweep() == 0
        assert pictures == []
    assert len(digests(town)) == 1


async def test_a_bot_that_was_away_on_monday_sends_it_later_and_after_a_quiet_week_none(town):
    await approved(town, 1)
    town.clock.at = MONDAY + timedelta(days=3)
    await another(town).sweep()
    await town.slack.until(lambda: digests(town))
    town.clock.at = MONDAY + timedelta(days=7)
    assert await another(town).sweep() == 0
    await approved(town, 2)
    town.clock.at = MONDAY + timedelta(days=14)
    await another(town).sweep()
    await town.slack.until(lambda: len(digests(town)) == 2)
    assert "30 Nov" not in digests(town)[0]
    assert "30 Nov to 06 Dec" in digests(town)[1]
