"""T19: between an edit and an approval one is first, and the other is told; nobody approves what they did not see."""

import asyncio

from tests.town import FINANCE, SUPPORT


async def editing(town, user, subject):
    """Up to the confirmation, with nothing decided yet."""
    proposal, card = await town.proposed()
    await town.click(user, SUPPORT, card, "edit")
    await town.modal_saying(user, "subject")
    await town.slack.submit(user, {"subject": subject})
    await town.modal_saying(user, "Approve with changes")
    return proposal, card


async def test_t19_approved_while_the_form_was_open_the_edit_changes_nothing_and_gives_back_what_was_typed(either):
    proposal, card = await editing(either, "U0ALICE", "Goodbye")
    await either.click("U0BOB", SUPPORT, card, "approve")
    await either.slack.submit("U0ALICE")
    view = await either.modal_saying("U0ALICE", "approved already")
    assert "Goodbye" in str(view)
    answer = await either.get(proposal["id"])
    assert (answer["status"], answer["revision"], answer["digest"]) == ("approved", 1, proposal["digest"])


async def test_t19_edited_first_the_old_card_approves_nothing(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500, "note": "n"}, channel=FINANCE)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "1400"})
    await town.modal_saying("U0CAROL", "Approve with changes")
    await town.slack.submit("U0CAROL")
    await town.click("U0DAVE", FINANCE, card, "approve", seen=card)
    assert "changed since you looked" in await town.told("U0DAVE")
    await town.click("U0DAVE", FINANCE, card, "reject", seen=card)
    assert "changed since you looked" in await town.told("U0DAVE", 2)
    assert await town.status(proposal) == "pending"


async def test_t19_at_the_same_moment_one_wins_and_the_payload_is_the_one_that_was_approved(either):
    proposal, card = await editing(either, "U0ALICE", "Goodbye")
    await asyncio.gather(either.slack.submit("U0ALICE"), either.click("U0BOB", SUPPORT, card, "approve", seen=card))
    answer = await either.get(proposal["id"])
    (decision,) = answer["decisions"]
    assert answer["status"] == "approved"
    expected = {"U0ALICE": (2, "Goodbye"), "U0BOB": (1, "Hello")}[decision["reviewer"]]
    assert (answer["revision"], answer["payload"]["subject"]) == expected
    assert await either.count(proposal, "proposal:approved") == 1


async def test_t19_of_two_edits_the_second_is_made_upon_nothing(town):
    proposal, card = await editing(town, "U0ALICE", "Alice's")
    await town.click("U0BOB", SUPPORT, card, "edit")
    await town.modal_saying("U0BOB", "subject")
    await town.slack.submit("U0BOB", {"subject": "Bob's"})
    await town.modal_saying("U0BOB", "Approve with changes")
    await asyncio.gather(town.slack.submit("U0ALICE"), town.slack.submit("U0BOB"))
    answer = await town.get(proposal["id"])
    assert (answer["revision"], len(answer["decisions"])) == (2, 1)
    assert answer["payload"]["subject"] in ("Alice's", "Bob's")
