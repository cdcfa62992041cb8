"""Escalate: when nobody answers, another role may step in; whoever was asked stays asked, and the deadline stays."""

import pytest

from tests.journeys.deep import LEAD, called, later
from tests.town import SUPPORT, visible_text


async def escalated(town):
    proposal = await town.propose("slow.send", {"to": "mira@example.com"})
    card = await town.card(SUPPORT, proposal)
    await later(town, minutes=20)
    return proposal, card


async def test_the_escalation_stands_in_details_before_it_happens(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    await deep.click("U0ALICE", SUPPORT, await deep.card(SUPPORT, proposal), "more", selected="Details")
    await deep.modal_saying("U0ALICE", "*lead* may step in ")
    assert deep.slack.messages(LEAD) == []


async def test_the_other_role_gets_a_card_that_calls_it_and_its_click_counts(deep):
    proposal, card = await escalated(deep)
    theirs = await deep.card(LEAD, proposal)
    assert called(theirs) == {"U0ERIN", "U0DAVE"}
    updated = await deep.card_saying(SUPPORT, card["ts"], "*lead* may decide too")
    assert "may step in" not in visible_text(updated)
    await deep.thread_saying(SUPPORT, card["ts"], "Nobody has decided yet, so *lead* may decide too")
    await deep.slack.command("U0ERIN", LEAD, "/approvals", "")
    assert "slow.send" in str(deep.slack.ephemerals("U0ERIN")[-1])
    await deep.click("U0ERIN", LEAD, theirs, "approve")
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["decisions"][0]["reviewer"]) == ("approved", "U0ERIN")


@pytest.mark.parametrize(
    ("action", "typed", "tag"),
    [
        ("edit", {"subject": "Good day"}, "proposal:edited"),
        ("reject", {"Reason": "Not now"}, "proposal:rejected"),
    ],
)
async def test_the_other_role_gets_the_forms_to_decide_too_and_what_it_submits_counts(deep, action, typed, tag):
    proposal = await deep.propose("slow.send", {"subject": "Hello"})
    await deep.card(SUPPORT, proposal)
    await later(deep, minutes=20)
    theirs = await deep.card(LEAD, proposal)
    before = (await deep.tags(proposal["id"])).count(tag)
    await deep.click("U0ERIN", LEAD, theirs, action, selected=None)
    await deep.modal_saying("U0ERIN", next(iter(typed)))
    await deep.slack.submit("U0ERIN", typed)
    if action == "edit":
        await deep.modal_saying("U0ERIN", "Approve with changes")
        await deep.slack.submit("U0ERIN")
    assert (await deep.tags(proposal["id"])).count(tag) == before + 1


async def test_the_other_role_has_no_place_of_its_own_to_hand_over(deep):
    proposal, _ = await escalated(deep)
    await deep.click("U0ERIN", LEAD, await deep.card(LEAD, proposal), "more", selected="Hand over")
    assert "Only somebody who is in *support* themselves can hand" in await deep.told("U0ERIN")
    assert (await deep.tags(proposal["id"])).count("proposal:escalated") == 1


async def test_whoever_was_asked_first_still_may_decide(deep):
    proposal, card = await escalated(deep)
    updated = await deep.card_saying(SUPPORT, card["ts"], "*lead* may decide too")
    await deep.click("U0ALICE", SUPPORT, updated, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"
    theirs = await deep.card(LEAD, proposal)
    await deep.card_saying(LEAD, theirs["ts"], "by <@U0ALICE>")


async def test_before_its_time_the_other_role_may_not_decide(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    await later(deep, minutes=19, seconds=59)
    await deep.click("U0ERIN", SUPPORT, card, "approve")
    assert "people in *support*" in await deep.told("U0ERIN")
    assert (await deep.get(proposal["id"]))["status"] == "pending"


async def test_nobody_at_all_is_still_a_no_at_the_deadline(deep):
    proposal, card = await escalated(deep)
    await later(deep, minutes=40)
    assert (await deep.get(proposal["id"]))["cause"] == "expired"
    await deep.card_saying(SUPPORT, card["ts"], "Rejected: slow.send")
