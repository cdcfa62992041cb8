"""F5: 429. Decisions unaffected; waits as told; other channels go on."""

from tests.town import FINANCE, SUPPORT


async def test_f05_decisions_stand_while_slack_limits_the_updates_and_the_card_follows_when_it_may(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    either.slack.faults.add("chat.update", "429", retry_after=2)
    await either.click("U0ALICE", SUPPORT, card, "approve")
    assert await either.status(proposal) == "approved"
    assert (await either.claim(proposal))["status"] == "claimed"
    await either.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    limited, following = (await either.calling("chat.update", 2))[:2]
    assert (limited.status, following.status) == (429, 200)
    assert following.at - limited.at >= 2


async def test_f05_a_limited_channel_is_left_alone_for_as_long_as_told_while_others_get_their_cards(either):
    either.slack.faults.add("chat.postMessage", "429", channel=SUPPORT, retry_after=2)
    both = await either.propose("refund.create", {"amount": 1500})
    more = await either.propose()
    await either.card(FINANCE, both)
    assert either.slack.messages(SUPPORT) == []
    await either.card(SUPPORT, both)
    await either.card(SUPPORT, more)
    posts = await either.calling("chat.postMessage", 3, channel=SUPPORT)
    assert posts[1].at - posts[0].at >= 2
    assert len(either.cards(SUPPORT, both["id"])) == len(either.cards(SUPPORT, more["id"])) == 1
