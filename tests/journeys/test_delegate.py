"""Delegate: somebody lends their place for a while; one approval, told for whom, and never twice."""

import json
import re
from contextlib import asynccontextmanager

import pytest

from tests.making import Clock
from tests.town import FINANCE, OPS, POLICY, SUPPORT, open_town, visible_text

TWO = (
    POLICY
    + """\
  - {id: two-eyes, action: "db.two", tier: approve, role: support, approvals: 2}
  - {id: both, action: "db.both", tier: approve, roles: [finance, support]}
  - {id: second, action: "db.pay", tier: approve, role: support, edited: second_person}
"""
)


@pytest.fixture
async def town(mode, tmp_path):
    async with begun(tmp_path, mode) as town:
        yield town


@asynccontextmanager
async def begun(folder, mode):
    """The town with a clock that stands at a quarter past eleven on a Friday in Berlin, where Alice is."""
    clock = Clock()
    known = {"clock": clock, "monotonic": lambda: clock.now().timestamp()}
    async with open_town(folder, mode, policy=TWO, **known) as town:
        town.slack.change_user("U0ALICE", tz="Europe/Berlin")
        async with town.serving():
            yield town


async def say(town, user, text, channel=OPS):
    """What `/approvals delegate …` comes to: an answer, or the form, sent where it can be."""
    before, top = len(town.slack.ephemerals(user)), (town.slack.modal(user) or {}).get("id")
    delivery = await town.slack.command(user, channel, "/approvals", f"delegate {text}".strip())
    assert delivery.acknowledged
    if len(town.slack.ephemerals(user)) > before:
        return visible_text(town.slack.ephemerals(user)[-1])
    form = await filled(town, user, top)
    if form["submit"] is not None:
        await town.slack.submit(user)
    return visible_text(town.slack.modal(user))


async def filled(town, user, before):
    """The modal that was opened since, once it says what it is about."""

    def shown():
        top = town.slack.modal(user)
        return top and top["id"] != before and "One moment" not in visible_text(top)

    await town.slack.until(shown)
    return town.slack.modal(user)


async def listed(town, user, text=""):
    delivery = await town.slack.command(user, OPS, "/approvals", text)
    assert delivery.acknowledged
    return json.dumps(town.slack.ephemerals(user)[-1], ensure_ascii=False)


async def delegation_tags(town):
    return [each.tag for each in await town.entries() if each.tag.startswith("delegation:")]


async def test_a_delegate_approves_and_card_thread_and_log_say_for_whom(town):
    assert "<@U0STRAY> may decide for you until" in await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0STRAY", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    assert "by <@U0STRAY> for <@U0ALICE>" in visible_text(
        await town.card_saying(SUPPORT, card["ts"], "<@U0STRAY> for <@U0ALICE>")
    )
    await town.thread_saying(SUPPORT, card["ts"], "<@U0STRAY> approves as support for <@U0ALICE>")
    entry = next(each for each in await town.entries(proposal["id"]) if each.tag == "proposal:decided")
    assert json.loads(entry.facts)["decision"]["stands_in_for"] == "U0ALICE"
    assert json.loads(entry.actor_proof) == ["support: member (lent by U0ALICE)"]
    claimed = await town.claim(proposal | {"digest": (await town.get(proposal["id"]))["digest"]})
    assert claimed["status"] == "claimed"


async def test_the_role_is_told_once_who_decides_for_whom(town):
    await say(town, "U0ALICE", "@stray for 4h")

    def told():
        return [each for each in town.slack.messages(SUPPORT) if "may decide for <@U0ALICE>" in visible_text(each)]

    await town.slack.until(told)
    assert "<@U0STRAY>" in visible_text(told()[0])
    await town.propose()
    assert len(told()) == 1


async def test_nothing_is_lent_before_the_form_is_sent_and_it_says_whom_for_what_and_until_when(town):
    await town.slack.command("U0ALICE", OPS, "/approvals", "delegate @stray until friday")
    form = await filled(town, "U0ALICE", None)
    for said in ("<@U0STRAY> may decide for you until", "Europe/Berlin", "*support*", "The two of you count as one"):
        assert said in visible_text(form)
    assert await delegation_tags(town) == []
    await town.slack.submit("U0ALICE")
    assert await delegation_tags(town) == ["delegation:begun"]


async def test_whoever_left_the_role_while_the_form_was_open_lends_nothing(town):
    await town.slack.command("U0ERIN", OPS, "/approvals", "delegate @stray until friday")
    await filled(town, "U0ERIN", None)
    town.slack.change_group("S0FINANCE", [])
    town.clock.forward(minutes=2)
    await town.slack.submit("U0ERIN")
    await town.modal_saying("U0ERIN", "you have no place to lend")
    assert await delegation_tags(town) == []


async def test_a_form_that_slack_does_not_open_is_told_of_and_nothing_begins(town):
    town.slack.faults.add("views.open", "500")
    assert "opened no form" in await say(town, "U0ALICE", "@stray until friday")
    assert await delegation_tags(town) == []


async def test_a_form_of_which_slacks_answer_is_lost_is_filled_all_the_same(town):
    town.slack.faults.add("views.open", "drop_after")
    await town.slack.command("U0ALICE", OPS, "/approvals", "delegate @stray until friday")
    await filled(town, "U0ALICE", None)
    await town.slack.submit("U0ALICE")
    await town.slack.until(lambda: town.rows("SELECT * FROM delegations"))


async def test_where_nothing_is_heard_of_the_form_at_all_the_person_is_told_to_close_it(town):
    town.slack.faults.add("views.open", "drop_after")
    town.slack.faults.add("views.update", "500")
    assert "If an empty one stands there, close it" in await say(town, "U0ALICE", "@stray until friday")
    assert "close it and click again" in str(town.slack.modal("U0ALICE"))
    assert await delegation_tags(town) == []


@pytest.mark.parametrize(
    ("span", "ends"),
    [
        ("until friday", "2026-11-20 22:59 UTC"),
        ("until tomorrow", "2026-11-21 22:59 UTC"),
        ("until 18:00", "2026-11-20 17:00 UTC"),
        ("until 2026-12-24", "2026-12-24 22:59 UTC"),
        ("for 3d", "2026-11-23 10:15 UTC"),
    ],
)
async def test_until_when_goes_by_the_zone_of_who_delegates(town, span, ends):
    assert ends in await say(town, "U0ALICE", f"@stray {span}")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("@stray until doomsday", "did not understand for how long"),
        ("@stray", "did not understand for how long"),
        ("until friday", "Say whom and for how long"),
        ("@nobody-here until friday", "pick the name from the list"),
        ("@stray until 9:00", "has passed already"),
        ("@stray until friday 9:00", "with its date if you mean next week's"),
        ("@stray until today 11:15", "has passed already"),
        ("@stray until 2026-11-19", "has passed already"),
        ("@stray for 0h", "has passed already"),
        ("@stray for 61d", "60 days at most"),
        ("@stray until 2027-06-01", "60 days at most"),
        ("@alice until friday", "cannot be your own delegate"),
        ("stop @bob", "no such delegation"),
        ("stop bob", "Say whom"),
        ("stop @bob now", "Name only the person"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_plain_sentence_and_nothing_begins(town, text, answer):
    assert answer in await say(town, "U0ALICE", text)
    assert await delegation_tags(town) == []


@pytest.mark.parametrize(
    ("flags", "answer"),
    [
        ({"is_bot": True}, "Bots cannot"),
        ({"deleted": True}, "deactivated"),
        ({"is_restricted": True}, "Guests"),
        ({"is_stranger": True}, "another organisation"),
        ({"team_id": "T0OTHER"}, "not of this workspace"),
    ],
)
async def test_nobody_stands_in_who_may_decide_nothing(town, flags, answer):
    town.slack.change_user("U0STRAY", **flags)
    assert answer in await say(town, "U0ALICE", "@stray until friday")
    assert await delegation_tags(town) == []


async def test_a_look_up_that_fails_begins_nothing_and_is_kept_as_evidence(town):
    town.slack.faults.add("users.info", "500", times=10)
    assert "could not be looked up" in await say(town, "U0ALICE", "@stray until friday")
    assert await delegation_tags(town) == []
    assert [each.tag for each in await town.entries() if each.actor_id == "U0ALICE"] == ["proposal:refused"]


async def test_whoever_is_in_no_role_has_nothing_to_lend_and_a_lent_place_cannot_be_passed_on(town):
    await say(town, "U0ALICE", "@stray until friday")
    assert "you have no place to lend" in await say(town, "U0STRAY", "@erin until friday")
    await say(town, "U0BOB", "@carol until friday")
    await say(town, "U0CAROL", "@dave until friday")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0DAVE", SUPPORT, card, "approve")
    assert "This is for people in *support*" in await town.told("U0DAVE", 1)
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_an_expired_delegation_decides_nothing_and_its_end_is_an_entry(town):
    await say(town, "U0ALICE", "@stray for 30 minutes")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    town.clock.forward(minutes=30)
    await town.click("U0STRAY", SUPPORT, card, "approve")
    assert "This is for people in *support*" in await town.told("U0STRAY")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    await town.bot.sweeper.sweep()
    assert await delegation_tags(town) == ["delegation:begun", "delegation:ended"]
    assert "Nobody decides for you" in await say(town, "U0ALICE", "")


async def test_an_ended_delegation_decides_nothing_from_that_moment(town):
    await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    assert "no longer decides for you" in await say(town, "U0ALICE", "stop @stray")
    await town.click("U0STRAY", SUPPORT, card, "approve")
    assert "This is for people in *support*" in await town.told("U0STRAY")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    assert await delegation_tags(town) == ["delegation:begun", "delegation:ended"]


async def test_the_delegate_may_give_it_back(town):
    await say(town, "U0ALICE", "@stray until friday")
    assert "You no longer decide for <@U0ALICE>" in await say(town, "U0STRAY", "stop @alice")


@pytest.mark.both_modes
async def test_the_list_shows_both_sides_and_its_button_ends_it(town):
    await say(town, "U0ALICE", "@stray until friday")
    await say(town, "U0BOB", "@alice until friday")
    shown = await say(town, "U0ALICE", "")
    assert "<@U0STRAY> decides for you until" in shown
    assert "You decide for <@U0BOB> until" in shown
    ended = town.slack.ephemerals("U0ALICE")[-1]
    values = re.findall(r'"value": "(dlg_[^"]+)"', json.dumps(ended))
    await town.slack.click_ephemeral("U0ALICE", ended["id"], "delegation_stop", value=values[0])
    await town.modal_saying("U0ALICE", "End this?")
    assert await delegation_tags(town) == ["delegation:begun", "delegation:begun"]
    await town.slack.submit("U0ALICE")
    await town.modal_saying("U0ALICE", "no longer decides for you")
    await town.slack.until(lambda: "<@U0STRAY>" not in json.dumps(town.slack.ephemerals("U0ALICE")[-1]))
    assert "You decide for <@U0BOB>" in visible_text(town.slack.ephemerals("U0ALICE")[-1])
    assert await delegation_tags(town) == ["delegation:begun", "delegation:begun", "delegation:ended"]


async def test_somebody_elses_button_ends_nothing(town):
    await say(town, "U0ALICE", "@stray until friday")
    await say(town, "U0ALICE", "")
    await say(town, "U0BOB", "@stray until friday")
    await say(town, "U0BOB", "")
    mine = re.findall(r'"value": "(dlg_[^"]+)"', json.dumps(town.slack.ephemerals("U0ALICE")[-1]))[0]
    await town.slack.click_ephemeral("U0BOB", -1, "delegation_stop")
    payload = town.slack.last_payload
    payload["user"]["id"] = "U0BOB"
    payload["actions"][0]["value"] = mine
    payload["trigger_id"] = town.slack.workspace.new_trigger("U0BOB")
    await town.slack.deliver(payload)
    await town.modal_saying("U0BOB", "no such delegation")
    assert "<@U0STRAY> decides for you" in await say(town, "U0ALICE", "")


async def test_an_excluded_delegator_lends_nothing_and_an_excluded_delegate_borrows_nothing(town):
    await say(town, "U0OWEN", "@stray until friday")
    await say(town, "U0ALICE", "@owen until friday")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0STRAY", SUPPORT, card, "approve")
    assert "<@U0OWEN>, for whom you stand in, may not approve this" in await town.told("U0STRAY")
    await town.click("U0OWEN", SUPPORT, card, "approve")
    assert "somebody else has to approve" in await town.told("U0OWEN")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    other = await town.propose(session=town.other)
    card = await town.card(SUPPORT, other)
    await town.click("U0STRAY", SUPPORT, card, "approve")
    await town.card_saying(SUPPORT, card["ts"], "by <@U0STRAY> for <@U0OWEN>")


async def test_delegate_and_delegator_count_once_together(town):
    await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose("db.two", {})
    card = await town.card(SUPPORT, proposal)
    await town.click("U0STRAY", SUPPORT, card, "approve")
    updated = await town.card_saying(SUPPORT, card["ts"], "approvals* · <@U0STRAY> for <@U0ALICE>")
    await town.click("U0ALICE", SUPPORT, updated, "approve")
    assert "This place is taken already" in await town.told("U0ALICE")
    await town.click("U0STRAY", SUPPORT, updated, "approve")
    assert "You approved this already" in await town.told("U0STRAY")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    await town.click("U0BOB", SUPPORT, updated, "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"


async def test_a_member_who_stands_in_for_another_role_fills_that_place(town):
    await say(town, "U0CAROL", "@bob until friday")
    proposal = await town.propose("db.both", {})
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    updated = await town.card_saying(SUPPORT, card["ts"], "Still needed: 1 of *finance*")
    await town.click("U0BOB", SUPPORT, updated, "approve")
    await town.card_saying(SUPPORT, card["ts"], "<@U0BOB> for <@U0CAROL>")


async def test_an_edit_in_a_lent_place_waits_for_a_second_person_who_is_not_the_delegator(town):
    await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose("db.pay", {"amount": 40})
    card = await town.card(SUPPORT, proposal)
    await town.click("U0STRAY", SUPPORT, card, "edit")
    await town.modal_saying("U0STRAY", "amount")
    await town.slack.submit("U0STRAY", {"amount": "45"})
    await town.modal_saying("U0STRAY", "in the place that was lent to you")
    await town.slack.submit("U0STRAY")
    updated = await town.card_saying(SUPPORT, card["ts"], "somebody who did not change it")
    await town.click("U0ALICE", SUPPORT, updated, "approve")
    assert "This place is taken already" in await town.told("U0ALICE")
    await town.click("U0BOB", SUPPORT, updated, "approve")
    answer = await town.get(proposal["id"], wait=5)
    assert (answer["status"], answer["payload"]["amount"]) == ("approved", 45)


async def test_a_delegate_rejects_and_the_card_says_for_whom(town):
    await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0STRAY", SUPPORT, card, "reject")
    await town.modal_saying("U0STRAY", "Reason")
    await town.slack.submit("U0STRAY", {"Reason": "Not to her."})
    await town.card_saying(SUPPORT, card["ts"], "by <@U0STRAY> for <@U0ALICE>")
    await town.thread_saying(SUPPORT, card["ts"], "<@U0STRAY> says no for <@U0ALICE>")


async def test_a_delegator_who_left_the_role_or_cannot_be_looked_up_lends_nothing(town):
    await say(town, "U0ERIN", "@stray until friday")
    proposal = await town.propose("refund.create", {"amount": 150})
    card = await town.card(FINANCE, proposal)
    town.slack.change_user("U0ERIN", deleted=True)
    town.clock.forward(minutes=1)
    await town.click("U0STRAY", FINANCE, card, "approve")
    assert "This is for people in *finance*" in await town.told("U0STRAY")
    town.slack.change_user("U0ERIN", deleted=False)
    town.clock.forward(minutes=1)
    town.slack.faults.add("usergroups.users.list", "500", times=20)
    await town.click("U0STRAY", FINANCE, card, "approve")
    assert "could not be looked up" in await town.told("U0STRAY", 2)
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_queue_and_the_home_tab_show_what_waits_and_decide_it(town):
    await say(town, "U0ALICE", "@stray until friday")
    proposal = await town.propose(summary="Write to Mira")
    waiting = await listed(town, "U0STRAY")
    assert "Write to Mira" in waiting
    assert "You decide for <@U0ALICE>" in waiting
    assert "Write to Mira" in await listed(town, "U0STRAY", "all")
    assert "Write to Mira" in await listed(town, "U0STRAY", f"show {proposal['id']}")
    await town.slack.open_home("U0STRAY")
    await town.slack.until(lambda: town.slack.home("U0STRAY"))
    assert "Write to Mira" in json.dumps(town.slack.home("U0STRAY"))
    assert "You decide for <@U0ALICE>" in json.dumps(town.slack.home("U0STRAY"))
    await town.slack.click_home("U0STRAY", "open_review")
    await town.modal_saying("U0STRAY", "Write to Mira")
    await town.slack.click_modal("U0STRAY", "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    await town.modal_saying("U0STRAY", "It is approved now for <@U0ALICE>")
    await say(town, "U0ALICE", "stop @stray")
    await town.propose(summary="Write to Nora")
    for text in ("", "all"):
        assert "Write to" not in await listed(town, "U0STRAY", text)
