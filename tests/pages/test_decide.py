"""A card from the question to the outcome, clicked through in a browser at both widths; pictures of each step."""

import pytest

from tests.browser import needs_chromium
from tests.pages.conftest import scene
from tests.town import FINANCE, POLICY, SUPPORT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]

WORDED = POLICY.replace(
    "    reason: Refund above 100\n    edit:",
    '    title: "Refund {payload.amount} {payload.currency} to {payload.customer}"\n'
    "    show: [customer, note]\n"
    "    reject_reasons: [Wrong customer, Amount too high, Not covered by our terms]\n"
    "    undo_window: 10s\n"
    "    max_expires_in: 2h\n"
    "    reason: Refund above 100\n    edit:",
)
assert WORDED != POLICY
MAIL = {
    "to": "mira.jansen@example.com",
    "subject": "Your parcel",
    "body": "Dear Mira,\n\nyour parcel is lost. We send a new one today.\n\nYour support",
}
REFUND = {"amount": 249.9, "currency": "EUR", "customer": "cus_77", "note": "Lamp arrived broken"}


async def refund(town, **payload):
    return await town.propose(
        "refund.create",
        {**REFUND, **payload},
        summary="Refund for order 48213",
        reasoning="The lamp arrived broken; the pictures show it, and the policy of returns covers it.",
        rollback_plan="Charge the card again with the customer's consent.",
        run_id="run-2026-11-20-7",
    )


async def test_a_card_is_approved_claimed_and_seen_to_fail(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        proposal = await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.says(card, "Refund above 100")
        await look.picture("card-pending", card)
        await look.press(card, "Approve")
        await look.says(card, "by @Carol")
        await look.picture("card-approved", card)
        town.clock.forward(seconds=10)  # it settles
        approved = await town.get(proposal["id"])
        await town.claim(approved)
        await town.report(approved, "failed", detail="The card was closed by its bank.")
        await look.says(card, "The card was closed by its bank.")
        await look.picture("card-failed", card)


async def test_an_edit_shows_the_form_the_difference_and_the_card_tells_it(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        await refund(town)
        await look.go("U0DAVE", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Edit")
        await look.dialog.get_by_label("amount").fill("200")
        await look.picture("form-edit")
        await look.press(look.dialog, "Review changes")
        await look.says(look.dialog, "Your approval counts for")
        await look.picture("form-difference")
        await look.press(look.dialog, "Approve with changes")
        await look.says(card, "with changes")
        await look.picture("card-edited", card)


async def test_a_reject_wants_a_reason_and_the_card_has_it(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        proposal = await town.propose("email.send", MAIL, summary="Tell Mira that her parcel is lost")
        await look.go("U0ALICE", SUPPORT)
        card = look.card("mira.jansen@example.com")
        await look.press(card, "Reject")
        await look.dialog.get_by_label("Reason").fill("Ask the carrier first; it was scanned today.")
        await look.picture("form-reject")
        await look.press(look.dialog, "Reject")
        await look.says(card, "Ask the carrier first")
        assert (await town.get(proposal["id"]))["reason"] == "Ask the carrier first; it was scanned today."
        await look.picture("card-rejected", card)


async def test_the_queue_and_the_home_tab_open_the_form_that_decides(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        for name in ("mira", "noor", "omar"):
            await town.propose("email.send", {**MAIL, "to": f"{name}@example.com"}, summary=f"Answer {name.title()}")
        await look.go("U0ALICE", SUPPORT)
        await look.command("")
        answer = look.card("Waiting for you")
        await look.says(answer, "Answer Omar")
        await look.picture("queue", answer)
        await look.go("U0ALICE", "home")
        home = look.page.locator("main")
        await look.says(home, "Answer Mira")
        await look.picture("home")
        await look.press(home, "Review")
        await look.says(look.dialog, "unchecked")
        await look.picture("review")
        await look.press(look.dialog, "Approve")
        await look.says(look.dialog, "Thank you")
        approved = (await town.call("GET", "/v1/proposals?status=approved"))["proposals"]
        assert len(approved) == 1
