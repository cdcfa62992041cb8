"""Remembered rejections: what somebody rejected is not asked about again for a while, however often the agent tries."""

import asyncio
import json

import pytest

from tests.journeys.deep import later
from tests.making import Clock
from tests.town import FINANCE, POLICY, SUPPORT, open_town, visible_text

REMEMBERING = (
    POLICY.replace('"db.*"]', '"db.*", "gift.*"]')
    + """\
  - {id: gifts, action: "gift.*", tier: approve, role: support, remember_approval: {for: 24h, max: 5, may_differ: []}, remember_rejection: 2h}
  - id: mail
    action: email.send
    tier: approve
    role: support
    reject_reasons: [Wrong customer, Not now]
"""
)
MAIL = {"to": "mira@example.com", "subject": "Hello"}
REMEMBER = "If the agent tries again"


@pytest.fixture
async def shop(mode, tmp_path):
    """A served town with this policy, and a clock that stands until it is moved on."""
    async with open_town(tmp_path, mode, policy=REMEMBERING, clock=Clock()) as town, town.serving():
        yield town


async def own_card(town, channel, proposal):
    """The card with the proposal's own buttons: cards of others name it, too, while it is the same again."""

    def found():
        return [each for each in town.slack.messages(channel) if f'"{proposal["id"]}.' in json.dumps(each)]

    await town.slack.until(found)
    return found()[0]


async def refused(town, user="U0ALICE", *, reason="Wrong address", proposal=None, channel=SUPPORT):
    """A mail that somebody rejected and had that remembered, and its card as it is then."""
    proposal = proposal or await town.propose()
    card = await own_card(town, channel, proposal)
    await town.click(user, channel, card, "reject")
    await town.modal_saying(user, "Reason")
    await town.slack.submit(user, {"Reason": reason, REMEMBER: ["remember"]})
    assert town.slack.modal(user) is None
    return proposal, await town.card_saying(channel, card["ts"], "Rejection remembered")


async def listed(town, user, *sayings):
    """What `/approvals remembered` answers the person; the list is the answer to the command itself."""
    before = len(town.slack.ephemerals(user))
    await town.slack.command(user, SUPPORT, "/approvals", "remembered")
    said = await town.told(user, before + 1)
    for saying in sayings:
        assert saying in said
    return said


async def test_the_same_is_rejected_at_once_and_nobody_is_asked(shop):
    first, card = await refused(shop)
    again = await shop.propose()
    assert (again["status"], again["cause"], again["tier"]) == ("rejected", "blocked", "block")
    until = "2026-11-21T10:15:00.000Z"
    assert again["reason"] == f"U0ALICE rejected exactly this, remembered until {until}: Wrong address"
    assert again["rejected_until"] == until
    assert f'because U0ALICE rejected exactly this, remembered until {until} ("Wrong address")' in again["message"]
    assert "do not retry before then" in again["message"]
    await shop.bot.courier.drain()
    assert shop.cards(SUPPORT, again["id"]) == [], "nobody is asked, so no card stands for it"
    assert "If it is proposed again by then, it is rejected at once." in visible_text(card)
    await shop.thread_saying(SUPPORT, card["ts"], "<@U0ALICE> had this *rejection remembered* until")
    assert (await shop.tags(first["id"]))[-1] == "remembered_rejection:begun"
    assert await shop.tags(again["id"]) == ["proposal:submitted", "proposal:rejected"]


async def test_the_form_says_for_how_long_and_without_the_tick_nothing_is_remembered(shop):
    proposal = await shop.propose()
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0ALICE", SUPPORT, card, "reject")
    await shop.modal_saying("U0ALICE", "Remember this rejection for 1 day")
    await shop.slack.submit("U0ALICE", {"Reason": "Wrong address"})
    await shop.card_saying(SUPPORT, card["ts"], "Wrong address")
    assert (await shop.propose())["status"] == "pending"
    assert "remembered_rejection:begun" not in await shop.tags(proposal["id"])


async def test_a_retry_with_its_key_gets_the_answer_it_had_and_is_not_counted(shop):
    waiting = await shop.propose(key="before")
    await refused(shop, proposal=waiting)
    stored = await shop.propose(key="before", expect=200)
    assert (stored["id"], stored["cause"]) == (waiting["id"], "reviewer")
    once = await shop.propose(key="k", claim=True, claimant="me")
    again = await shop.propose(key="k", claim=True, claimant="me", expect=200)
    assert (once["id"], once["status"]) == (again["id"], "rejected")
    await listed(shop, "U0BOB", "It stopped *1*.")


async def test_another_payload_another_agent_and_another_action_are_asked_as_ever(shop):
    await refused(shop)
    assert (await shop.propose(payload={**MAIL, "subject": "Hallo"}))["status"] == "pending"
    assert (await shop.propose(session=shop.other))["status"] == "pending"
    assert (await shop.propose("email.draft"))["status"] == "pending"


async def test_when_its_time_is_over_people_are_asked_even_before_any_sweep_and_no_earlier(shop):
    _, card = await refused(shop)
    shop.clock.forward(hours=24, milliseconds=-1)
    assert (await shop.propose())["cause"] == "blocked"
    shop.clock.forward(milliseconds=1)
    assert (await shop.propose())["status"] == "pending"
    assert "No remembered decision that you may see is in force" in await listed(shop, "U0BOB")
    await later(shop, seconds=0)
    await shop.card_saying(SUPPORT, card["ts"], "its time is over. It stopped *1*.")
    await shop.thread_saying(SUPPORT, card["ts"], "may be proposed again: its time is over")
    shop.clock.forward(hours=-2)
    assert (await shop.propose())["status"] == "pending", "what ended stays ended"


async def test_the_list_says_who_why_until_when_and_how_many_and_a_click_ends_it(shop):
    first, card = await refused(shop)
    await shop.propose()
    await shop.propose()
    await listed(
        shop,
        "U0BOB",
        "Remembered decisions (1)",
        "email.send",
        "by shop",
        "Wrong address",
        "<@U0ALICE> until <!date^1795256100^",
        "It stopped *2*.",
        first["id"],
    )
    await shop.slack.click_ephemeral("U0BOB", -1, "end_remembered")
    await shop.modal_saying("U0BOB", "End this remembered rejection?")
    assert (await shop.propose())["cause"] == "blocked"
    await shop.slack.submit("U0BOB")
    await shop.slack.until(
        lambda: (
            "No remembered decision that you may see is in force" in visible_text(shop.slack.ephemerals("U0BOB")[-1])
        )
    )
    await shop.card_saying(SUPPORT, card["ts"], "<@U0BOB> ended it. It stopped *3*.")
    assert (await shop.propose())["status"] == "pending"
    (ended,) = [each for each in await shop.entries(first["id"]) if each.tag == "remembered_rejection:ended"]
    assert json.loads(ended.facts) == {"why": "person", "by": "U0BOB", "used": 3}


async def test_who_may_not_decide_neither_sees_nor_ends_it(shop):
    _, card = await refused(shop)
    assert "No remembered decision that you may see is in force" in await listed(shop, "U0CAROL")
    await shop.click("U0CAROL", SUPPORT, card, "end_remembered")
    await shop.modal_saying("U0CAROL", "people in *support*")
    assert (await shop.propose())["cause"] == "blocked"


async def test_the_owner_sees_those_of_others_but_ends_only_their_own(shop):
    _, card = await refused(shop)
    before = len(shop.slack.ephemerals("U0OWEN"))
    await listed(shop, "U0OWEN", "Wrong address")
    assert "end_remembered" not in json.dumps(shop.slack.ephemerals("U0OWEN")[before])
    await shop.click("U0OWEN", SUPPORT, card, "end_remembered")
    await shop.modal_saying("U0OWEN", "somebody else has to")
    assert (await shop.propose())["cause"] == "blocked"
    other = await shop.propose(payload={"to": "eve@example.com"})
    _, own = await refused(shop, "U0OWEN", proposal=other)
    await shop.click("U0OWEN", SUPPORT, own, "end_remembered")
    await shop.modal_saying("U0OWEN", "End this remembered rejection?")
    await shop.slack.submit("U0OWEN")
    await shop.card_saying(SUPPORT, own["ts"], "<@U0OWEN> ended it")
    assert (await shop.propose(payload={"to": "eve@example.com"}))["status"] == "pending"


@pytest.mark.both_modes
async def test_what_ended_is_ended_once(shop):
    _, card = await refused(shop)
    await shop.click("U0BOB", SUPPORT, card, "end_remembered")
    await shop.modal_saying("U0BOB", "End this remembered rejection?")
    await shop.slack.submit("U0BOB")
    ended = await shop.card_saying(SUPPORT, card["ts"], "<@U0BOB> ended it")
    await shop.click("U0ALICE", SUPPORT, ended, "end_remembered", seen=card)
    await shop.modal_saying("U0ALICE", "had ended already")


async def test_a_remembered_approval_lets_nothing_through_that_was_rejected(shop):
    first = await shop.propose("gift.send", {"to": "mira"})
    second = await shop.propose("gift.send", {"to": "mira"})
    card = await shop.card(SUPPORT, first)
    await shop.click("U0BOB", SUPPORT, card, "approve_next")
    await shop.card_saying(SUPPORT, card["ts"], "And the next like it:")
    await refused(shop, proposal=second)
    third = await shop.propose("gift.send", {"to": "mira"})
    assert (third["cause"], third["rejected_until"]) == ("blocked", "2026-11-20T12:15:00.000Z")
    assert "remembered_approval:used" not in await shop.tags(first["id"])


@pytest.mark.both_modes
async def test_revoking_what_was_approved_is_remembered_as_well(shop):
    proposal = await shop.propose()
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0BOB", SUPPORT, card, "approve")
    approved = await shop.card_saying(SUPPORT, card["ts"], "The agent has not taken it yet")
    await shop.click("U0ALICE", SUPPORT, approved, "more", selected="Revoke")
    await shop.modal_saying("U0ALICE", "Remember this rejection")
    await shop.slack.submit("U0ALICE", {"Reason": "On second thoughts", REMEMBER: ["remember"]})
    await shop.card_saying(SUPPORT, card["ts"], "Rejection remembered")
    assert (await shop.get(proposal["id"]))["status"] == "revoked"
    assert (await shop.propose())["cause"] == "blocked"


async def test_a_rejection_that_comes_after_the_approval_revokes_and_is_remembered(shop):
    proposal = await shop.propose()
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0ALICE", SUPPORT, card, "reject")
    await shop.modal_saying("U0ALICE", "Reason")
    await shop.click("U0BOB", SUPPORT, card, "approve")
    await shop.card_saying(SUPPORT, card["ts"], "The agent has not taken it yet")
    await shop.slack.submit("U0ALICE", {"Reason": "Stop", REMEMBER: ["remember"]})
    await shop.card_saying(SUPPORT, card["ts"], "Rejection remembered")
    assert (await shop.get(proposal["id"]))["status"] == "revoked"
    assert (await shop.propose())["cause"] == "blocked"


async def test_a_no_that_comes_too_late_is_not_remembered_and_shows_back_what_was_chosen_and_typed(shop):
    proposal = await shop.propose()
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0ALICE", SUPPORT, card, "reject")
    await shop.modal_saying("U0ALICE", "Wrong customer")
    await shop.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", {"reason": "Not needed"})
    given = {"What is wrong": "Not now", "Reason": "Ask me next week", REMEMBER: ["remember"]}
    await shop.slack.submit("U0ALICE", given)
    view = await shop.modal_saying("U0ALICE", "over already")
    assert "Not now" in visible_text(view)
    assert "Ask me next week" in visible_text(view)
    assert (await shop.propose())["status"] == "pending"


async def test_an_edit_into_what_was_rejected_is_refused_in_the_form(shop):
    await refused(shop)
    other = await shop.propose(payload={**MAIL, "to": "eve@example.com"})
    card = await shop.card(SUPPORT, other)
    await shop.click("U0BOB", SUPPORT, card, "edit")
    await shop.modal_saying("U0BOB", "eve@example.com")
    await shop.slack.submit("U0BOB", {"to": "mira@example.com"})
    (said,) = shop.slack.modal("U0BOB")["errors"].values()
    assert "A rejection of exactly this is remembered until 2026-11-21 10:15 UTC" in said
    assert (await shop.get(other["id"]))["revision"] == 1


async def test_after_an_edit_both_what_was_proposed_and_what_it_had_become_are_rejected(shop):
    payload = {"amount": 1500, "note": "broken"}
    proposal = await shop.propose("refund.create", payload)
    card = await shop.card(FINANCE, proposal)
    await shop.click("U0CAROL", FINANCE, card, "edit")
    await shop.modal_saying("U0CAROL", "amount")
    await shop.slack.submit("U0CAROL", {"amount": "1400"})
    await shop.modal_saying("U0CAROL", "Approve with changes")
    await shop.slack.submit("U0CAROL", {})
    edited = await shop.card_saying(FINANCE, card["ts"], "1400")
    await shop.click("U0DAVE", FINANCE, edited, "reject")
    await shop.modal_saying("U0DAVE", "Reason")
    await shop.slack.submit("U0DAVE", {"Reason": "Neither", REMEMBER: ["remember"]})
    await shop.card_saying(FINANCE, card["ts"], "Rejection remembered")
    for amount in (1500, 1400):
        assert (await shop.propose("refund.create", {**payload, "amount": amount}))["cause"] == "blocked"
    assert (await shop.propose("refund.create", {**payload, "amount": 1450}))["status"] == "pending"


async def test_what_was_stopped_is_in_the_history_of_those_who_were_asked(shop):
    await refused(shop)
    again = await shop.propose(summary="The same mail again")
    await shop.slack.command("U0BOB", SUPPORT, "/approvals", "history")
    assert "The same mail again" in await shop.told("U0BOB")
    await shop.slack.command("U0BOB", SUPPORT, "/approvals", f"show {again['id']}")
    assert "because <@U0ALICE> had rejected the same before; nobody was asked" in await shop.told("U0BOB", 2)


async def test_of_many_submissions_at_once_each_is_stopped_and_counted(shop):
    await refused(shop)
    answers = await asyncio.gather(*(shop.propose() for _ in range(5)))
    assert {each["cause"] for each in answers} == {"blocked"}
    await listed(shop, "U0BOB", "It stopped *5*.")


async def test_whether_the_rejection_or_the_submission_comes_first_is_decided_as_a_whole(shop):
    proposal = await shop.propose()
    card = await shop.card(SUPPORT, proposal)
    await shop.click("U0ALICE", SUPPORT, card, "reject")
    await shop.modal_saying("U0ALICE", "Reason")
    together = await asyncio.gather(
        shop.slack.submit("U0ALICE", {"Reason": "Stop", REMEMBER: ["remember"]}), *(shop.propose() for _ in range(3))
    )
    for answer in together[1:]:
        assert (answer["status"], answer["cause"]) in (("pending", None), ("rejected", "blocked"))
    stopped = sum(answer["cause"] == "blocked" for answer in together[1:])
    await shop.card_saying(SUPPORT, card["ts"], "Rejection remembered")
    await listed(shop, "U0BOB", f"It stopped *{stopped}*." if stopped else "It stopped nothing.")
    assert (await shop.propose())["cause"] == "blocked"
