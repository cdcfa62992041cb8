"""Evidence: a card in the policy's words, with redacted fields, from the policy to the claim."""

import json

import pytest

from tests.town import FINANCE, POLICY, has_button, open_town, visible_text

SECRET = "078-05-1120"
WORDED = POLICY.replace(
    "    reason: Refund above 100\n",
    '    title: "Refund {payload.amount} {payload.currency} to {payload.customer}"\n'
    "    show: [order]\n"
    "    redact: [ssn]\n"
    "    reason: Refund above 100\n",
    1,
).replace("edit: [amount, note]", "edit: [amount, note, ssn]")
REFUND = {"amount": 250, "currency": "EUR", "customer": "Mira", "order": "A-1001", "ssn": SECRET}
SAID = {"summary": f"For {SECRET}", "preview": {"kind": "diff", "before": f"{SECRET} open", "after": f"{SECRET} paid"}}


@pytest.fixture
async def worded(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=WORDED) as town, town.serving():
        yield town


def everything_in_slack(town):
    """All that anybody has seen: messages, threads, private answers."""
    return json.dumps([town.slack.messages(FINANCE), town.slack.ephemerals("U0CAROL"), town.slack.modal("U0CAROL")])


async def test_the_card_says_what_matters_in_the_policys_words_and_the_claim_gets_every_byte(worded):
    proposal = await worded.propose("refund.create", REFUND, **SAID)
    card = await worded.card(FINANCE, proposal)
    assert card["blocks"][0]["text"]["text"] == "Refund 250.00 EUR to Mira"
    words = visible_text(card).split()
    assert [words.index(each) for each in ("order", '"A-1001"', "amount")] == sorted(
        words.index(each) for each in ("order", '"A-1001"', "amount")
    )
    assert card["text"].startswith("shop asks: Refund 250.00 EUR to Mira (order “A-1001”). Why: Refund above 100.")
    assert "1 field redacted" in visible_text(card)
    assert "▮▮▮ redacted (11 characters)" in visible_text(card)
    assert has_button(card, "approve")
    await worded.click("U0CAROL", FINANCE, card, "approve")
    decided = await worded.card_saying(FINANCE, card["ts"], "Approved: Refund 250")
    assert SECRET not in json.dumps(decided)
    claimed = await worded.claim(proposal)
    assert claimed["payload"] == REFUND
    assert claimed["digest"] == proposal["digest"]
    assert any(SECRET in (each.content or "") for each in await worded.entries(proposal["id"]))


async def test_details_and_the_edit_form_show_the_mark_and_an_edit_keeps_the_value(worded):
    proposal = await worded.propose("refund.create", REFUND, **SAID)
    card = await worded.card(FINANCE, proposal)
    await worded.click("U0CAROL", FINANCE, card, "more", selected="Details")
    details = await worded.modal_saying("U0CAROL", "redacted (11 characters)")
    assert SECRET not in json.dumps(details)
    assert "Refund 250" in visible_text(details)
    await worded.click("U0DAVE", FINANCE, card, "edit")
    form = await worded.modal_saying("U0DAVE", "the policy redacts it")
    assert SECRET not in json.dumps(form)
    await worded.slack.submit("U0DAVE", {"amount": "99"})
    difference = await worded.modal_saying("U0DAVE", "Approve with changes")
    assert SECRET not in json.dumps(difference)
    await worded.slack.submit("U0DAVE", {})
    changed = await worded.card_saying(FINANCE, card["ts"], "Approved: Refund 99")
    assert SECRET not in json.dumps(changed)
    claimed = await worded.claim(await worded.get(proposal["id"]))
    assert claimed["payload"] == {**REFUND, "amount": 99}


async def test_nothing_that_is_said_of_it_later_tells_the_value(worded):
    proposal = await worded.propose("refund.create", REFUND, **SAID)
    card = await worded.card(FINANCE, proposal)
    await worded.click("U0CAROL", FINANCE, card, "approve")
    await worded.card_saying(FINANCE, card["ts"], "Approved: Refund 250")
    claimed = await worded.claim(proposal)
    await worded.report(claimed, "failed", detail=f"The bank does not know {SECRET}")
    line = await worded.thread_saying(FINANCE, card["ts"], "The bank does not know")
    assert "▮▮▮ redacted (11 characters)" in visible_text(line)
    await worded.card_saying(FINANCE, card["ts"], "Failed: Refund 250")
    await worded.slack.command("U0CAROL", FINANCE, "/approvals", f"show {proposal['id']}")
    assert "Failed: Refund 250" in await worded.told("U0CAROL")
    assert SECRET not in everything_in_slack(worded)
