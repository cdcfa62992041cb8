"""What people can do beside the verdict, clicked through in a browser at both widths."""

from datetime import UTC, datetime

import pytest

from tests.browser import needs_chromium
from tests.pages.conftest import scene
from tests.pages.test_decide import MAIL, WORDED, refund
from tests.town import FINANCE, OPS, POLICY, SUPPORT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]
TYPED = POLICY.replace(
    "    reason: Refund above 100\n", "    reason: Refund above 100\n    confirmation: {type: amount}\n"
)


async def test_a_slip_is_undone_before_the_agent_can_act(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        proposal = await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Approve")
        await look.says(card, "can undo that until")
        await look.picture("card-undo", card)
        await look.press(card, "Undo my approval")
        await look.says(card, "unchecked")
        assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_agent_is_asked_and_answers_on_the_card(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        proposal = await refund(town)
        await look.go("U0DAVE", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Ask")
        await look.dialog.get_by_label("Question").fill("Did the customer send pictures?")
        await look.picture("form-ask")
        await look.press(look.dialog, "Ask")
        await look.says(card, "Waiting for the agent's answer")
        asked = await town.get(proposal["id"])
        assert asked["question"]["text"] == "Did the customer send pictures?"
        await town.call("POST", f"/v1/proposals/{proposal['id']}/reply", {"text": "Two, both show the broken foot."})
        await look.says(card, "Two, both show the broken foot.")
        await look.picture("card-asked", card)


async def test_a_no_takes_a_reason_at_a_tap_and_holds_the_same(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Reject")
        await look.dialog.get_by_label("Amount too high").check()
        await look.dialog.get_by_label("Remember this rejection for 1 day").check()
        await look.picture("form-reasons")
        await look.press(look.dialog, "Reject")
        await look.says(card, "Amount too high")
        again = await refund(town)
        assert (again["status"], again["cause"]) == ("rejected", "blocked")


async def test_what_is_risky_wants_the_amount_typed(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, TYPED) as (town, look):
        proposal = await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Approve")
        word = look.dialog.get_by_label("Type the value of amount")
        await word.fill("24.99")
        await look.press(look.dialog, "Approve")
        await look.says(look.dialog, "Type the number 249.9")
        await look.picture("form-typed")
        assert (await town.get(proposal["id"]))["status"] == "pending"
        await word.fill("249.90")
        await look.press(look.dialog, "Approve")
        await look.says(card, "by @Carol")


async def test_an_agent_is_stopped_and_its_card_says_so(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        proposal = await town.propose("email.send", MAIL)
        await look.go("U0OWEN", SUPPORT)
        card = look.card("mira.jansen@example.com")
        await look.says(card, "unchecked")
        await look.command("stop agent shop it writes to everybody")
        await look.says(look.dialog, "Stop shop?")
        await look.picture("stop")
        await look.press(look.dialog, "Stop it")
        await look.says(look.card("mira.jansen@example.com"), "stopped")
        assert (await town.get(proposal["id"]))["cause"] == "stopped"


async def test_the_figures_say_how_it_went(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        for name in ("mira", "noor", "omar"):
            await town.propose("email.send", {**MAIL, "to": f"{name}@example.com"})
        await look.go("U0ALICE", SUPPORT)
        for name in ("mira", "noor"):
            card = look.card(f"{name}@example.com")
            await look.says(card, name)
            await town.bot.courier.drain()  # when it was posted is on record; what comes later was posted later
            town.clock.forward(seconds=40)
            await look.press(card, "Approve")
            await look.says(card, "by @Alice")
        await look.command("stats")
        answer = look.card("How it went")
        await look.says(answer, "email.send")
        await look.picture("stats", answer)


async def test_a_role_that_wants_it_reads_on_monday_how_its_week_went(tmp_path, device, pictures):
    weekly = POLICY.replace("notify: members}", "notify: members, digest: weekly}", 1)
    async with scene(tmp_path, device, pictures, weekly) as (town, look):
        for name in ("mira", "noor"):
            await town.propose("email.send", {**MAIL, "to": f"{name}@example.com"})
        await look.go("U0ALICE", SUPPORT)
        card = look.card("mira@example.com")
        await look.press(card, "Approve")
        await look.says(card, "by @Alice")
        town.clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)
        message = look.card("The week of support")
        await look.says(message, "approved untouched")
        await look.picture("digest", message)


async def test_who_asks_for_it_is_written_to(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        await look.go("U0ALICE", OPS)
        await look.command("notify dm")
        await look.says(look.page.locator("main"), "I write to you from now on")
        await town.propose("email.send", MAIL, summary="Tell Mira that her parcel is lost")
        await look.go("U0ALICE", town.slack.direct("U0ALICE"))
        message = look.card("waits for you")
        await look.says(message, "Tell Mira that her parcel is lost")
        await look.picture("direct", message)
        await look.press(message, "Review")
        await look.says(look.dialog, "unchecked")
