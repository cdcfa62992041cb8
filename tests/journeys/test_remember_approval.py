"""Remembered approvals: a reviewer approves one and the next like it, and people are not asked again what they decided."""

import json

import pytest

from tests.journeys.deep import later
from tests.making import Clock
from tests.town import FINANCE, POLICY, SUPPORT, has_button, open_town, visible_text

STANDING = (
    POLICY.replace('"db.*"]', '"db.*", "gift.*"]')
    + """\
  - id: gifts
    action: "gift.*"
    tier: approve
    role: support
    reason: Gifts cost money
    remember_approval: {may_differ: [payload.note], for: 24h, max: 2}
  - {id: gifts-large, action: gift.send, when: ["payload.amount > 50.0"], tier: approve, role: support}
  - {id: gifts-for-two, action: gift.pair, tier: approve, role: support, approvals: 2}
"""
)
GIFT = {"to": "mira@example.com", "amount": 10, "note": "Thank you"}


@pytest.fixture
async def shop(mode, tmp_path):
    """A served town with this policy, and a clock that stands until it is moved on."""
    async with open_town(tmp_path, mode, policy=STANDING, clock=Clock()) as town, town.serving():
        yield town


async def gift(town, **changes):
    return await town.propose("gift.send", GIFT | changes)


async def allowed(town, user="U0ALICE"):
    """One gift that was approved with the next like it, and its card as it is then."""
    proposal = await gift(town)
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, "approve_next")
    return proposal, await town.card_saying(SUPPORT, card["ts"], "And the next like it:")


async def listed(town, user):
    """What `/approvals remembered` answers the person."""
    await town.slack.command(user, SUPPORT, "/approvals", "remembered")
    return visible_text(town.slack.ephemerals(user)[-1])


async def asked(town, **changes):
    """That people are asked about such a gift."""
    proposal = await gift(town, **changes)
    assert (proposal["status"], proposal["cause"]) == ("pending", None)
    return proposal


async def test_the_button_asks_with_how_many_how_long_and_what_may_differ(shop):
    card = await shop.card(SUPPORT, await gift(shop))
    (button,) = [
        element
        for block in card["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == "approve_next"
    ]
    assert button["text"]["text"] == "Approve and the next like it"
    said = button["confirm"]["text"]["text"]
    assert "up to 2 more like it within 1 day" in said
    assert "May differ: payload.note." in said


async def test_one_is_approved_with_the_next_which_run_at_once_and_say_who_allowed_it(shop):
    first, card = await allowed(shop)
    assert (await shop.get(first["id"]))["cause"] == "reviewer"
    following = await gift(shop, note="Happy birthday")
    assert (following["status"], following["cause"], following["allowed_by"]) == (
        "approved",
        "remembered_approval",
        "U0ALICE",
    )
    assert "beforehand by U0ALICE, who allowed this and the next like it" in following["message"]
    assert first["id"] in str(following["gate"]["facts"])
    assert "until <!date^1795256100^{date_short_pretty} {time}|2026-11-21 10:15 UTC>. *2 left.*" in visible_text(card)
    line = await shop.thread_saying(SUPPORT, card["ts"], "one more like this was approved")
    assert f"{following['id']}: one more like this was approved as <@U0ALICE> had allowed, 1 left" in visible_text(line)
    await shop.card_saying(SUPPORT, card["ts"], "*1 left.*")
    assert shop.cards(SUPPORT, following["id"]) == [], "nobody is asked, so no card stands for it"
    claimed = await shop.claim(following)
    assert claimed["payload"]["note"] == "Happy birthday"
    assert "remembered_approval:used" in await shop.tags(first["id"])
    (approval,) = [each for each in await shop.entries(following["id"]) if each.tag == "proposal:approved"]
    assert json.loads(approval.facts)["by"] == "U0ALICE"


async def test_it_can_be_claimed_in_the_same_call_and_a_retry_uses_no_more(shop):
    first, _ = await allowed(shop)
    once = await shop.propose("gift.send", GIFT, key="k", claim=True, claimant="me")
    again = await shop.propose("gift.send", GIFT, key="k", claim=True, claimant="me", expect=200)
    assert (once["status"], once["id"]) == ("claimed", again["id"])
    assert (await shop.tags(first["id"])).count("remembered_approval:used") == 1


async def test_a_field_that_may_differ_may_be_left_out_and_any_other_asks(shop):
    await allowed(shop)
    without = await shop.propose("gift.send", {"to": "mira@example.com", "amount": 10})
    assert without["cause"] == "remembered_approval"
    for changes in ({"amount": 11}, {"to": "eve@example.com"}, {"extra": None}):
        await asked(shop, **changes)


async def test_another_agent_and_another_person_it_acts_for_ask(shop):
    await allowed(shop)
    served = await shop.propose("gift.send", GIFT, on_behalf_of="U0BOB")
    assert served["status"] == "pending"
    assert (await shop.propose("gift.other", GIFT))["status"] == "pending"


async def test_when_all_are_used_people_are_asked_again(shop):
    first, card = await allowed(shop)
    assert [(await gift(shop))["cause"] for _ in range(2)] == ["remembered_approval", "remembered_approval"]
    await asked(shop)
    await shop.thread_saying(SUPPORT, card["ts"], "That was the last one")
    await shop.card_saying(SUPPORT, card["ts"], "all are used. 2 were used.")
    assert (await shop.tags(first["id"]))[-1] == "remembered_approval:exhausted"


async def test_when_its_time_is_over_people_are_asked_even_before_any_sweep_and_setting_the_clock_back_revives_nothing(
    shop,
):
    first, card = await allowed(shop)
    shop.clock.forward(hours=24)
    await asked(shop)
    await later(shop, seconds=0)
    await shop.card_saying(SUPPORT, card["ts"], "its time is over")
    shop.clock.forward(hours=-2)
    await asked(shop)
    assert (await shop.tags(first["id"])).count("remembered_approval:ended") == 1


async def test_a_moment_before_its_end_it_still_counts(shop):
    await allowed(shop)
    shop.clock.forward(hours=24, milliseconds=-1)
    assert (await gift(shop))["cause"] == "remembered_approval"


@pytest.mark.both_modes
async def test_the_list_says_who_what_how_many_and_until_when_and_ends_it_with_one_click(shop):
    first, card = await allowed(shop)
    await gift(shop)
    said = await listed(shop, "U0BOB")
    assert "Remembered decisions (1)" in said
    assert "Approved by <@U0ALICE>: *1 of 2 left* until <!date^" in said
    assert all(word in said for word in ("gift.send", "by shop", "May differ: payload.note", first["id"]))
    await shop.slack.click_ephemeral("U0BOB", -1, "end_remembered")
    await shop.modal_saying("U0BOB", "*1 of 2 left*")
    await shop.slack.submit("U0BOB")
    await shop.slack.until(lambda: "No remembered decision" in visible_text(shop.slack.ephemerals("U0BOB")[-1]))
    await asked(shop)
    await shop.card_saying(SUPPORT, card["ts"], "<@U0BOB> ended it. 1 was used.")
    await shop.thread_saying(SUPPORT, card["ts"], "asked again about the next like this: <@U0BOB> ended it")


async def test_who_may_not_decide_neither_sees_nor_ends_it_and_the_owner_and_who_allowed_it_may(shop):
    first, card = await allowed(shop)
    assert "No remembered decision" in await listed(shop, "U0CAROL")
    await shop.click("U0CAROL", SUPPORT, card, "end_remembered")
    await shop.modal_saying("U0CAROL", "people in *support*")
    assert (await gift(shop))["cause"] == "remembered_approval"
    refused = [each for each in await shop.entries(first["id"]) if each.tag == "proposal:refused"]
    assert "end_remembered" in refused[-1].facts
    assert "gift.send" in await listed(shop, "U0OWEN")
    card = await shop.card_saying(SUPPORT, card["ts"], "*1 left.*")
    await shop.click("U0OWEN", SUPPORT, card, "end_remembered")
    await shop.modal_saying("U0OWEN", "End this remembered approval?")
    await shop.slack.submit("U0OWEN")
    ended = await shop.card_saying(SUPPORT, card["ts"], "<@U0OWEN> ended it")
    assert not has_button(ended, "end_remembered")
    await asked(shop)
    await shop.click("U0ALICE", SUPPORT, ended, "end_remembered", seen=card)
    await shop.modal_saying("U0ALICE", "had ended already")


async def test_taking_back_the_approval_it_came_with_ends_it(shop):
    _, card = await allowed(shop)
    await shop.click("U0BOB", SUPPORT, card, "more", selected="Revoke")
    await shop.modal_saying("U0BOB", "Reason")
    await shop.slack.submit("U0BOB", {"Reason": "Not to her"})
    await shop.card_saying(SUPPORT, card["ts"], "it ended when <@U0BOB> took an approval back")
    assert (await gift(shop, note="Another"))["status"] == "pending"


async def test_taking_back_one_that_followed_ends_it_too(shop):
    _, card = await allowed(shop)
    following = await gift(shop, note="To the wrong one")
    await shop.slack.command("U0BOB", SUPPORT, "/approvals", f"show {following['id']}")
    await shop.slack.click_ephemeral("U0BOB", -1, "open_review")
    view = await shop.modal_saying("U0BOB", following["digest"][:19])
    assert "who approved one like it and the next" in visible_text(view)
    await shop.slack.click_modal("U0BOB", "more", selected="Revoke")
    await shop.modal_saying("U0BOB", "Reason")
    await shop.slack.submit("U0BOB", {"Reason": "Wrong person"})
    assert (await shop.get(following["id"]))["status"] == "revoked"
    await shop.card_saying(SUPPORT, card["ts"], "took an approval back")
    await asked(shop)


async def test_what_a_person_rejected_is_asked_however_it_was_allowed_before(shop):
    pending = await gift(shop, note="Rejected")
    card = await shop.card(SUPPORT, pending)
    await allowed(shop)
    await shop.click("U0BOB", SUPPORT, card, "reject")
    await shop.modal_saying("U0BOB", "Reason")
    await shop.slack.submit("U0BOB", {"Reason": "No such note"})
    assert (await gift(shop, note="Rejected"))["status"] == "pending"
    assert (await gift(shop, note="Fine"))["cause"] == "remembered_approval"


async def test_a_stricter_rule_that_matches_as_well_asks(shop):
    large = await gift(shop, amount=60)
    assert not has_button(await shop.card(SUPPORT, large), "approve_next")


async def test_where_two_have_to_agree_there_is_no_button(shop):
    two = await shop.propose("gift.pair", GIFT)
    card = await shop.card(SUPPORT, two)
    assert has_button(card, "approve")
    assert not has_button(card, "approve_next")


async def test_where_the_rule_says_nothing_there_is_no_button(shop):
    card = await shop.card(FINANCE, await shop.propose("refund.create", {"amount": 150}))
    assert not has_button(card, "approve_next")


async def test_who_may_not_approve_may_not_approve_the_next_either(shop):
    proposal = await gift(shop)
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0OWEN", SUPPORT, card, "approve_next")
    assert "somebody else has to" in await shop.told("U0OWEN")
    await shop.click("U0CAROL", SUPPORT, card, "approve_next")
    assert "people in *support*" in await shop.told("U0CAROL")
    assert (await shop.get(proposal["id"]))["status"] == "pending"
    assert "No remembered decision" in await listed(shop, "U0BOB")


async def test_from_a_list_the_next_are_approved_as_well(shop):
    await gift(shop)
    await shop.slack.command("U0BOB", SUPPORT, "/approvals", "")
    await shop.slack.click_ephemeral("U0BOB", -1, "open_review")
    await shop.modal_saying("U0BOB", "unchecked")
    await shop.slack.click_modal("U0BOB", "approve_next")
    await shop.modal_saying("U0BOB", "approved now")
    assert (await gift(shop))["allowed_by"] == "U0BOB"


async def test_a_click_on_a_card_from_before_an_edit_approves_nothing(shop):
    proposal = await gift(shop)
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0ALICE", SUPPORT, card, "approve")
    await shop.click("U0BOB", SUPPORT, card, "approve_next", seen=card)
    assert "approved already" in await shop.told("U0BOB")
    assert "No remembered decision" in await listed(shop, "U0BOB")


async def test_a_changed_policy_that_asks_more_ends_it_and_one_that_does_not_leaves_it(shop):
    first, card = await allowed(shop)
    path = shop.folder / "policy.yml"
    path.write_text(STANDING + "  - {id: other, action: 'email.*', tier: approve, role: support}\n", encoding="utf-8")
    await reread(shop)
    assert (await gift(shop))["cause"] == "remembered_approval"
    path.write_text(STANDING.replace("max: 2}", "max: 2, may_differ: []}").replace("may_differ: [payload.note], ", ""))
    await reread(shop)
    await shop.card_saying(SUPPORT, card["ts"], "it ended when the policy changed")
    await asked(shop)
    ended = [
        json.loads(each.facts) for each in await shop.entries(first["id"]) if each.tag == "remembered_approval:ended"
    ]
    assert [(each["why"], each["used"]) for each in ended] == [("policy_changed", 1)]


async def reread(town):
    """The changed policy file, in force."""
    town.bot.reloader.asked.set()
    version = town.bot.lifecycle.policy.version
    while town.bot.lifecycle.policy.version == version:
        await town.bot.reloader.look()


@pytest.mark.parametrize("note", [{"sudo": ["rm", "-rf", "/"]}, ["Thank you"], 7, None])
async def test_what_may_differ_never_becomes_something_that_nobody_saw(shop, note):
    await allowed(shop)
    proposal = await asked(shop, note=note)
    assert shop.cards(SUPPORT, proposal["id"]) or await shop.card(SUPPORT, proposal)
    assert (await gift(shop, note="Thanks again"))["cause"] == "remembered_approval"


async def test_an_agent_cannot_widen_what_may_differ_with_a_schema_of_its_own(shop):
    schema = {"properties": {"note": {"type": "string", "maxLength": 20}}}
    proposal = await shop.propose("gift.send", GIFT, payload_schema=schema)
    await shop.click("U0ALICE", SUPPORT, await shop.card(SUPPORT, proposal), "approve_next")
    long = GIFT | {"note": "Thank you, and please send the rest to me"}
    assert (await shop.propose("gift.send", long, payload_schema=schema, expect=422))["status"] == 422
    for other in ({}, {"payload_schema": {}}):
        assert (await shop.propose("gift.send", long, **other))["status"] == "pending"
    assert (await shop.propose("gift.send", GIFT, payload_schema=schema))["cause"] == "remembered_approval"
