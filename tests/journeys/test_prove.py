"""Prove: the permit lets exactly the approved payload run, and the receipt tells how it came to that, without the bot."""

import json

import pytest

from bot.cli.record.verify_receipt import check_receipt
from bot.signing import PublicKeys
from signoff_client import Tampered, verify_permit, verify_receipt
from tests.town import FINANCE, SUPPORT

PAYLOAD = {"customer": "01234", "amount": 150, "note": "as agreed"}


async def published(town):
    return await town.call("GET", "/.well-known/jwks.json")


async def receipt_of(town, proposal):
    return await town.call("GET", f"/v1/proposals/{proposal['id']}/receipt")


def holds(receipt, keys):
    """What both sides say of it."""
    assert check_receipt(json.dumps(receipt), PublicKeys.read(keys)).faults == ()
    return verify_receipt(receipt, keys)


async def test_approved_claimed_and_run_with_a_permit_and_a_receipt_that_hold(town):
    keys = await published(town)
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    assert holds(await receipt_of(town, proposal), keys).status == "pending"
    await town.click("U0ALICE", SUPPORT, card, "approve")
    claimed = await town.claim(proposal)
    checked = {"jwks": keys, "issuer": town.bot.url, "action": "email.send", "agent": "shop"}
    permit = verify_permit(claimed["permit"], payload=claimed["payload"], **checked)
    assert (permit.id, permit.digest) == (proposal["id"], proposal["digest"])
    await town.report(proposal, detail="Sent as message 17.")
    receipt = holds(await receipt_of(town, proposal), keys)
    assert (receipt.status, receipt.final, receipt.payload) == ("succeeded", True, proposal["payload"])
    assert [each["reviewer"] for each in receipt.raw["decisions"]] == ["U0ALICE"]
    assert receipt.raw["outcome"]["detail"] == "Sent as message 17."


async def test_after_an_edit_the_permit_is_for_what_the_reviewer_made_of_it(town):
    keys = await published(town)
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "120"})
    await town.modal_saying("U0CAROL", "120")
    await town.slack.submit("U0CAROL")
    claimed = await town.claim(await town.get(proposal["id"]))
    checked = {"jwks": keys, "issuer": town.bot.url, "action": "refund.create"}
    verify_permit(claimed["permit"], payload={**PAYLOAD, "amount": 120}, **checked)
    with pytest.raises(Tampered, match="this payload has"):
        verify_permit(claimed["permit"], payload=PAYLOAD, **checked)
    receipt = holds(await receipt_of(town, proposal), keys)
    assert [each["editor"] for each in receipt.raw["revisions"]] == [None, "U0CAROL"]
    assert receipt.raw["permit"]["digest"] == receipt.digest == claimed["digest"]


async def test_a_no_has_a_receipt_too_and_no_permit(town):
    keys = await published(town)
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "Not to this address."})
    receipt = holds(await receipt_of(town, proposal), keys)
    assert (receipt.status, receipt.final, receipt.raw["permit"]) == ("rejected", True, None)
    assert receipt.raw["proposal"]["reason"] == "Not to this address."
