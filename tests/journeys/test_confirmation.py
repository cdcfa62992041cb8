"""Confirmation: what is risky asks once more, or wants a word typed, before an approval counts."""

import json

import pytest

from tests.town import FINANCE, POLICY, SUPPORT, has_button, open_town, visible_text

CAREFUL = (
    POLICY.replace('"db.*"]', '"db.*", "pay.*", "wipe.*", "mail.*", "late.*"]')
    + """\
  - {id: payments, action: "pay.*", tier: approve, role: finance, confirmation: {type: amount}}
  - {id: payments-listed, action: "pay.many", tier: approve, role: finance, confirmation: {type: to.iban}}
  - {id: wiping, action: "wipe.*", tier: approve, role: support, confirmation: type}
  - {id: mails, action: "mail.*", tier: approve, role: support, confirmation: ask, batch: {window: 5m, max: 4}}
  - {id: late-large, action: "late.*", when: [payload.amount > 100], tier: approve, role: same, confirmation: {type: amount}}
  - {id: late, action: "late.*", tier: approve, role: finance}
"""
)
PAYMENT = {"amount": 250, "to": {"iban": "DE893704"}, "note": "as agreed"}


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=CAREFUL) as town, town.serving():
        yield town


def question(card, action_id="approve"):
    """What the dialog of a button or a tick asks, or None."""
    found = [
        each.get("confirm")
        for block in card["blocks"]
        for each in [*block.get("elements", ()), block.get("accessory") or {}]
        if each.get("action_id") == action_id
    ]
    return found[0]


async def paid(town, payload=PAYMENT, action="pay.out", **more):
    proposal = await town.propose(action, payload, **more)
    return proposal, await town.card(FINANCE, proposal)


async def status(town, proposal):
    return (await town.get(proposal["id"]))["status"]


async def test_what_several_have_to_agree_to_asks_again_and_says_what_would_run(town):
    proposal = await town.propose("refund.create", {"amount": 1500, "customer": "cus_1"})
    card = await town.card(SUPPORT, proposal)
    asked = question(card)
    assert asked["title"]["text"] == "Approve refund.create?"
    assert asked["text"]["text"] == (
        "Run refund.create: amount 1500, customer “cus_1”? It cannot be taken back once the agent has taken it."
    )
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=False)
    assert (await town.get(proposal["id"]))["decisions"] == []
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "approve", confirm=True)
    assert await status(town, proposal) == "approved"


async def test_what_one_person_may_approve_asks_nothing_again_unless_a_rule_says_so(town):
    proposal = await town.propose()
    assert question(await town.card(SUPPORT, proposal)) is None
    confirmed = await town.propose("mail.out", {"to": "mira@example.com"})
    card = await town.card(SUPPORT, confirmed)
    assert question(card)["text"]["text"].startswith("Run mail.out: to “mira@example.com”?")
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    assert await status(town, confirmed) == "approved"


async def test_the_review_asks_again_too(town):
    proposal = await town.propose("mail.out", {"to": "mira@example.com"})
    await town.card(SUPPORT, proposal)
    await town.slack.command("U0ALICE", SUPPORT, "/approvals")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.modal_saying("U0ALICE", "mira@example.com")
    await town.slack.click_modal("U0ALICE", "approve", confirm=False)
    assert await status(town, proposal) == "pending"
    await town.slack.click_modal("U0ALICE", "approve", confirm=True)
    assert await status(town, proposal) == "approved"


async def test_in_a_list_nothing_is_ticked_beforehand_and_each_tick_asks_again(town):
    first = await town.propose("mail.out", {"to": "mira@example.com"})
    await town.card(SUPPORT, first)
    second = await town.propose("mail.out", {"to": "noor@example.com"})
    await town.slack.until(lambda: "2 \u00d7 mail.out" in visible_text(town.slack.messages(SUPPORT)[0]))
    await town.click("U0ALICE", SUPPORT, town.slack.messages(SUPPORT)[0], "batch_review")
    view = await town.modal_saying("U0ALICE", "Approve ticked")
    boxes = [each for block in view["blocks"] for each in block.get("elements", ()) if each["type"] == "checkboxes"]
    assert ["initial_options" in each for each in boxes] == [False, False]
    assert ["Run mail.out: to" in each["confirm"]["text"]["text"] for each in boxes] == [True, True]
    block = next(block["block_id"] for block in view["blocks"] if block["block_id"].startswith(f"tick.{second['id']}"))
    await town.slack.fill("U0ALICE", {block: [second["id"]]})
    await town.slack.submit("U0ALICE")
    assert (await status(town, first), await status(town, second)) == ("pending", "approved")


async def test_approve_opens_a_form_that_shows_what_runs_and_takes_the_right_number_alone(town):
    proposal, card = await paid(town)
    assert question(card) is None
    await town.click("U0CAROL", FINANCE, card, "approve")
    view = await town.modal_saying("U0CAROL", "Type the value of amount")
    assert "as agreed" in visible_text(view)
    assert await status(town, proposal) == "pending"
    for wrong in ("25", "two hundred", "250,00"):
        await town.slack.submit("U0CAROL", {"Type the value of amount": wrong})
        assert town.slack.modal("U0CAROL")["errors"] == {"word.0": "Type the number 250"}
    assert await status(town, proposal) == "pending"
    await town.slack.submit("U0CAROL", {"Type the value of amount": " 250.00 "})
    assert town.slack.modal("U0CAROL") is None
    assert await status(town, proposal) == "approved"
    assert (await town.tags(proposal["id"])).count("proposal:refused") == 3


@pytest.mark.both_modes
async def test_all_that_any_rule_wants_typed_is_typed(town):
    proposal, card = await paid(town, action="pay.many")
    await town.click("U0CAROL", FINANCE, card, "approve")
    await town.modal_saying("U0CAROL", "Type the value of to.iban")
    await town.slack.submit("U0CAROL", {"Type the value of amount": "250", "Type the value of to.iban": "de893704"})
    assert town.slack.modal("U0CAROL")["errors"] == {"word.1": "Type exactly DE893704"}
    await town.slack.submit("U0CAROL", {"Type the value of to.iban": "DE893704"})
    assert await status(town, proposal) == "approved"


async def test_without_a_field_or_where_it_is_missing_the_actions_name_is_typed(town):
    wiping = await town.propose("wipe.disk", {"host": "db1"})
    await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, wiping), "approve")
    await town.modal_saying("U0ALICE", "Type the action's name")
    await town.slack.submit("U0ALICE", {"Type the action's name": "wipe"})
    assert town.slack.modal("U0ALICE")["errors"] == {"word.0": "Type exactly wipe.disk"}
    await town.slack.submit("U0ALICE", {"Type the action's name": "wipe.disk"})
    assert await status(town, wiping) == "approved"
    unnamed, card = await paid(town, {"note": "no amount"})
    await town.click("U0CAROL", FINANCE, card, "approve")
    await town.modal_saying("U0CAROL", "Type the action's name")
    await town.slack.submit("U0CAROL", {"Type the action's name": "pay.out"})
    assert await status(town, unnamed) == "approved"


async def test_whoever_may_not_approve_gets_no_form_and_typing_for_them_does_nothing(town):
    wiping = await town.propose("wipe.disk", {"host": "db1"})
    await town.click("U0CAROL", SUPPORT, await town.card(SUPPORT, wiping), "approve")
    assert "support" in await town.told("U0CAROL")
    assert town.slack.modal("U0CAROL") is None
    proposal, card = await paid(town)
    await town.click("U0ALICE", FINANCE, card, "approve")  # the role has a user group, so who she is has to be asked
    view = await town.modal_saying("U0ALICE", "you are not among them")
    assert "Type the value" not in json.dumps(view)
    assert await status(town, proposal) == "pending"


@pytest.mark.both_modes
async def test_in_the_review_the_form_takes_its_place(town):
    proposal, _ = await paid(town)
    await town.slack.command("U0CAROL", FINANCE, "/approvals")
    await town.slack.click_ephemeral("U0CAROL", -1, "open_review")
    await town.modal_saying("U0CAROL", "as agreed")
    await town.slack.until(lambda: has_button(town.slack.modal("U0CAROL"), "approve"))
    await town.slack.click_modal("U0CAROL", "approve")
    await town.modal_saying("U0CAROL", "Type the value of amount")
    assert len(town.slack.modals("U0CAROL")) == 1
    await town.slack.submit("U0CAROL", {"Type the value of amount": "250"})
    assert await status(town, proposal) == "approved"


@pytest.mark.both_modes
async def test_what_does_not_fit_a_card_is_read_to_its_last_page_and_then_typed(town):
    body = "\n".join(f"line {number} of a long letter" for number in range(4000))
    proposal, card = await paid(town, {"amount": 250, "body": body})
    assert not has_button(card, "approve")
    await town.click("U0CAROL", FINANCE, card, "more", selected="Details")
    view = await town.modal_saying("U0CAROL", "Page 1 of")
    pages = int(visible_text(view).rpartition("Page 1 of ")[2].split()[0])
    assert pages > 1
    for page in range(2, pages + 1):
        await town.slack.click_modal("U0CAROL", "details_next")
        await town.modal_saying("U0CAROL", f"Page {page} of {pages}")
    await town.slack.click_modal("U0CAROL", "details_approve")
    view = await town.modal_saying("U0CAROL", "You have read it whole in Details.")
    assert "It is 250" in json.dumps(view)
    await town.slack.submit("U0CAROL", {"Type the value of amount": "250"})
    assert await status(town, proposal) == "approved"


@pytest.mark.both_modes
async def test_an_edit_is_approved_by_typing_what_it_makes(town):
    proposal, card = await paid(town)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "120"})
    await town.modal_saying("U0CAROL", "Type the value of amount")
    await town.slack.submit("U0CAROL", {"Type the value of amount": "250"})
    assert town.slack.modal("U0CAROL")["errors"] == {"word.0": "Type the number 120"}
    assert (await town.get(proposal["id"]))["revision"] == 1
    await town.slack.submit("U0CAROL", {"Type the value of amount": "120"})
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("approved", 2)


async def test_an_edit_into_what_takes_a_word_takes_it(town):
    proposal = await town.propose("late.pay", {"amount": 50})
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "500"})
    await town.modal_saying("U0CAROL", "Type the value of amount")
    await town.slack.submit("U0CAROL", {"Type the value of amount": "500"})
    assert await status(town, proposal) == "approved"


async def test_a_no_is_never_harder_than_before(town):
    proposal, card = await paid(town)
    assert question(card, "reject") is None
    await town.click("U0CAROL", FINANCE, card, "reject")
    await town.modal_saying("U0CAROL", "Reason")
    await town.slack.submit("U0CAROL", {"Reason": "Not this month"})
    assert await status(town, proposal) == "rejected"


async def test_typed_too_late_it_approves_nothing_and_says_so(town):
    proposal, card = await paid(town)
    await town.click("U0CAROL", FINANCE, card, "approve")
    await town.modal_saying("U0CAROL", "Type the value of amount")
    await town.click("U0DAVE", FINANCE, card, "reject")
    await town.modal_saying("U0DAVE", "Reason")
    await town.slack.submit("U0DAVE", {"Reason": "No"})
    await town.slack.submit("U0CAROL", {"Type the value of amount": "250"})
    await town.modal_saying("U0CAROL", "This is over already")
    assert await status(town, proposal) == "rejected"
