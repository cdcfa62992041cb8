"""Reject: a reason is asked for, and the agent reads it."""

import pytest

from tests.town import POLICY, SUPPORT, has_button, open_town

OFFERING = (
    POLICY
    + """\
  - {id: mail, action: email.send, tier: approve, role: support, reject_reasons: [Wrong customer, Not now]}
  - {id: any-mail, action: "email.*", tier: approve, role: support, reject_reasons: [Unkind, Not now]}
"""
)


@pytest.fixture
async def offering(mode, tmp_path):
    """A served town whose policy has reasons to choose from."""
    async with open_town(tmp_path, mode, policy=OFFERING) as town, town.serving():
        yield town


async def asked(town):
    """A mail whose form to reject it stands open, and the labels of its inputs with what can be chosen."""
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    view = await town.modal_saying("U0ALICE", "Reason")
    return proposal, view


async def test_a_rejection_takes_a_reason_that_the_agent_reads(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "The address is wrong"})
    assert town.slack.modal("U0ALICE") is None
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["cause"], answer["reason"]) == ("rejected", "reviewer", "The address is wrong")
    assert "The address is wrong" in answer["message"]
    updated = await town.card_saying(SUPPORT, card["ts"], "The address is wrong")
    assert not has_button(updated, "approve")


@pytest.mark.both_modes
async def test_a_blank_reason_is_asked_for_again_and_rejects_nothing(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "   "})
    assert town.slack.modal("U0ALICE")["errors"]
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_owner_may_always_reject(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0OWEN", SUPPORT, card, "reject")
    await town.modal_saying("U0OWEN", "Reason")
    await town.slack.submit("U0OWEN", {"Reason": "I take it back"})
    assert (await town.get(proposal["id"]))["status"] == "rejected"


async def test_somebody_without_the_role_gets_no_form(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0CAROL", SUPPORT, card, "reject")
    assert "support" in await town.told("U0CAROL")
    assert town.slack.modal("U0CAROL") is None


async def test_the_reasons_of_all_rules_that_match_are_offered_once_by_their_ids(offering):
    _, view = await asked(offering)
    (choice,) = [each for each in view["blocks"] if each.get("label", {}).get("text") == "What is wrong"]
    offered = [option["text"]["text"] for option in choice["element"]["options"]]
    assert offered == ["Unkind", "Not now", "Wrong customer"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"What is wrong": "Wrong customer", "Reason": "It is Mira's order"}, "Wrong customer: It is Mira's order"),
        ({"What is wrong": "Not now"}, "Not now"),
        ({"Reason": "It is Mira's order"}, "It is Mira's order"),
    ],
    ids=["both", "chosen", "typed"],
)
async def test_a_reason_is_chosen_or_typed_or_both_and_the_agent_reads_it(offering, given, kept):
    proposal, _ = await asked(offering)
    await offering.slack.submit("U0ALICE", given)
    assert offering.slack.modal("U0ALICE") is None
    answer = await offering.get(proposal["id"])
    assert (answer["status"], answer["reason"]) == ("rejected", kept)
    assert answer["decisions"][-1]["reason"] == kept


async def test_neither_is_a_fault_at_the_field_and_rejects_nothing(offering):
    proposal, _ = await asked(offering)
    await offering.slack.submit("U0ALICE", {"Reason": "  "})
    assert offering.slack.modal("U0ALICE")["errors"] == {"reason": "Please give a reason: the agent learns from it."}
    assert (await offering.get(proposal["id"]))["status"] == "pending"
    await offering.slack.submit("U0ALICE", {"What is wrong": "Unkind"})
    assert (await offering.get(proposal["id"]))["reason"] == "Unkind"


async def test_a_form_that_was_not_sent_well_is_filled_in_again_when_it_is_opened_anew(offering):
    proposal, _ = await asked(offering)
    await offering.slack.submit("U0ALICE", {"Reason": " ", "If the agent tries again": ["remember"]})
    await offering.slack.close_modal("U0ALICE")
    card = await offering.card(SUPPORT, proposal)
    await offering.click("U0ALICE", SUPPORT, card, "reject")
    view = await offering.modal_saying("U0ALICE", "Reason")
    assert '"initial_options"' in str(view).replace("'", '"')


async def test_where_the_policy_has_no_reasons_there_is_nothing_to_choose(town):
    _, view = await asked(town)
    assert "What is wrong" not in str(view)
