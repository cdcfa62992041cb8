"""What goes wrong in people's hands and between them and Slack, seen in a browser at both widths."""

import pytest

from tests.browser import needs_chromium
from tests.pages.conftest import scene
from tests.pages.test_decide import WORDED, refund
from tests.town import FINANCE, OPS, POLICY

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]
NOTE_TYPED = POLICY.replace(
    "    reason: Refund above 100\n", "    reason: Refund above 100\n    confirmation: {type: note}\n"
)
assert NOTE_TYPED != POLICY


async def test_what_a_phone_makes_of_quotes_and_dots_counts_as_typed(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, NOTE_TYPED) as (town, look):
        proposal = await refund(town, note="Mrs O'Brien waits ...")
        await look.go("U0CAROL", FINANCE)
        card = look.card("waits ...")
        await look.press(card, "Approve")
        await look.dialog.get_by_label("Type the value of note").fill("Mrs O\u2019Brien waits \u2026")
        await look.press(look.dialog, "Approve")
        await look.says(card, "by @Carol")
        assert (await town.get(proposal["id"]))["status"] == "approved"


async def test_where_slack_opens_no_window_the_person_reads_it_and_the_next_click_opens_one(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WORDED) as (town, look):
        await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        town.slack.faults.add("views.open", "ok_false", error="expired_trigger_id")
        await look.press(card, "Reject")
        answer = look.card("Please click again")
        await look.says(answer, "Please click again")
        await look.picture("not-opened", answer)
        town.slack.faults.take("views.open")
        await look.press(card, "Reject")
        await look.says(look.dialog, "Reason")


async def test_a_name_almost_right_is_asked_back_and_one_in_other_letters_is_meant(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (_, look):
        await look.go("U0OWEN", OPS)
        await look.command("stop agent shopp")
        await look.says(look.page.get_by_role("dialog").or_(look.page.locator("main")).last, "Did you mean")
        await look.go("U0OWEN", OPS)
        await look.command("stop agent Shop")
        await look.says(look.dialog, "Stop shop?")


async def test_the_first_of_two_is_counted_at_the_top_and_undone_and_a_full_role_is_told_why(
    tmp_path, device, pictures
):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        proposal = await town.propose("refund.create", {"amount": 1500})
        question = look.page.locator("#confirm").get_by_role("button", name="Approve")
        await look.go("U0CAROL", FINANCE)
        card = look.card("refund.create")
        await look.press(card, "Approve")
        await question.click()
        await look.says(card, "1 of 2 approvals · @Carol")
        await look.go("U0DAVE", FINANCE)
        await look.press(card, "Approve")
        await question.click()
        answer = look.card("so your approval would not count")
        await look.says(answer, "Still needed: 1 of support")
        await look.go("U0CAROL", FINANCE)
        await look.press(card, "Undo my approval")
        await look.says(card, "2 approvals: one each of finance and support")
        assert (await town.get(proposal["id"]))["status"] == "pending"
