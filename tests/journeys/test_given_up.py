"""Given up: what Slack would not take is tried again by an invite into the channel and by a reload, without a restart."""

import pytest

from tests.journeys.test_reload import degraded, until
from tests.town import FINANCE, OPS, SUPPORT, visible_text


async def given_up(town, channel, action="email.send", payload=None):
    """A proposal whose card the channel does not get, once the operators are told."""
    proposal = await town.propose(action, payload)
    alert = await town.card(OPS, proposal)
    assert not town.cards(channel, proposal["id"])
    return proposal, visible_text(alert)


def refusals(town, channel):
    """How often Slack refused to post there."""
    calls = [each for each in town.slack.calls if each.method == "chat.postMessage"]
    return sum(each.args.get("channel") == channel and (each.answer or {}).get("ok") is False for each in calls)


async def test_an_invite_into_the_channel_brings_what_it_did_not_get(town):
    town.slack.change_channel(SUPPORT, bot_is_member=False)
    proposal, told = await given_up(town, SUPPORT)
    assert "`/invite @Signoff`" in told
    assert "`systemctl reload signoff`" in told
    (said,) = await degraded(town)
    assert "an invite into the channel, a reload (SIGHUP) or a restart tries them again" in said
    await town.slack.invite("U0ALICE", SUPPORT)
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
    assert await degraded(town) == []
    await town.slack.deliver(town.slack.last_payload, "events_api")


@pytest.mark.parametrize("mode", ["http"])
async def test_who_else_joins_and_an_invite_elsewhere_try_nothing_again(town):
    for channel in (SUPPORT, FINANCE):
        town.slack.change_channel(channel, bot_is_member=False)
    there, _ = await given_up(town, SUPPORT)
    here, _ = await given_up(town, FINANCE, "refund.create", {"amount": 150})
    town.slack.change_channel(SUPPORT, bot_is_member=True)
    town.slack.change_channel(SUPPORT, members=["U0ALICE"])
    await town.slack.invite("U0ALICE", SUPPORT, "U0BOB")
    await town.slack.invite("U0ALICE", FINANCE)
    await town.card(FINANCE, here)
    (waits,) = await town.bot.store.reads.dead_letters()
    assert (waits.proposal_id, waits.channel) == (there["id"], SUPPORT)


async def test_an_invite_that_slack_tells_of_several_times_posts_once(town):
    town.slack.change_channel(SUPPORT, bot_is_member=False)
    proposal, _ = await given_up(town, SUPPORT)
    await town.slack.invite("U0ALICE", SUPPORT)
    told = town.slack.last_payload
    for _ in range(3):
        await town.slack.deliver(told, "events_api")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.card_saying(SUPPORT, card["ts"], "Approved")
    assert len(town.cards(SUPPORT, proposal["id"])) == 1


async def test_a_reload_tries_each_once_and_does_not_tell_the_operators_the_same_again(town):
    async def all_given_up():
        return len(await town.bot.store.reads.dead_letters()) == len(made)

    town.slack.change_channel(SUPPORT, is_archived=True)
    made = [(await given_up(town, SUPPORT))[0] for _ in range(3)]
    await until(town, all_given_up)
    assert refusals(town, SUPPORT) == 3
    for times in (2, 3):
        town.bot.reloader.asked.set()
        await town.bot.reloader.look()
        await town.slack.until(lambda times=times: refusals(town, SUPPORT) == 3 * times)
        await until(town, all_given_up)
    town.slack.change_channel(SUPPORT, is_archived=False)
    town.bot.reloader.asked.set()
    await town.bot.reloader.look()
    for each in made:
        await town.card(SUPPORT, each)
    assert [len(town.cards(OPS, each["id"])) for each in made] == [1, 1, 1]


async def test_a_channel_that_is_found_without_the_bot_is_well_again_once_it_is_invited(town):
    town.slack.change_channel(SUPPORT, bot_is_member=False, is_private=False)
    await town.bot.channels.look()
    (said,) = await degraded(town)
    assert "does not have the bot in it" in said
    await town.slack.invite("U0ALICE", SUPPORT)

    async def well():
        return await degraded(town) == []

    await until(town, well)
