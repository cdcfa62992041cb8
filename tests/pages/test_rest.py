"""The rest of what the buttons do, clicked through in a browser at both widths."""

import pytest

from tests.browser import needs_chromium
from tests.journeys.deep import DEEP
from tests.pages.conftest import scene
from tests.pages.test_decide import MAIL, refund
from tests.town import FINANCE, POLICY, SUPPORT

HEIGHT = "body => [...body.children].reduce((sum, block) => sum + block.getBoundingClientRect().height, 0)"
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]


async def test_what_two_must_agree_to_asks_once_more_with_what_will_run(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        proposal = await refund(town, amount=1500)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Approve")
        question = look.page.locator("#confirm")
        await look.says(question, "Run refund.create: amount 1500")
        await question.get_by_role("button", name="Cancel").click()
        assert not (await town.get(proposal["id"]))["decisions"]
        await look.press(card, "Approve")
        await question.get_by_role("button", name="Approve").click()
        await look.says(card, "approvals · @Carol")


async def test_another_role_is_handed_it_and_gets_its_card(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.menu(card, "Hand over")
        await look.dialog.get_by_label("Role").select_option("support")
        await look.press(look.dialog, "Hand over")
        await look.says(card, "support may decide too")
        await look.go("U0ALICE", SUPPORT)
        await look.press(look.card("Lamp arrived broken"), "Approve")
        await look.says(look.card("Lamp arrived broken"), "by @Alice")


async def test_what_runs_by_itself_is_objected_to(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, DEEP) as (town, look):
        proposal = await town.propose("note.add", {"text": "Mornings only"})
        await look.go("U0ALICE", SUPPORT)
        card = look.card("Mornings only")
        await look.press(card, "Object")
        await look.dialog.get_by_label("Reason").fill("She asked for evenings")
        await look.press(look.dialog, "Object")
        await look.says(card, "She asked for evenings")
        assert (await town.get(proposal["id"]))["status"] == "revoked"


MIGRATION = [f"UPDATE orders SET status = 'paid', amount = {250 + n % 7} WHERE id = {1000 + n};" for n in range(150)]
MIGRATION.insert(87, "INSERT INTO admin_users (name) VALUES ('eve');")
SCREENS = 3
"""Of a phone: a page of `Details` is no higher."""
NARROW = 390


async def test_a_long_payload_is_read_page_by_page_with_what_differs_first_and_a_no_on_each(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        migrations = [await town.propose("db.migrate", {"sql": "\n".join(MIGRATION)}) for _ in range(2)]
        await look.go("U0ALICE", SUPPORT)
        await look.menu(look.card("Too long for a card"), "Details")
        await look.says(look.dialog, "Page 1 of")
        await look.says(look.dialog, "Unlike the rest: Statement 88")
        await look.says(look.dialog, "149 more like this")
        await look.picture("details-first")
        if device == "phone":
            await look.page.set_viewport_size({"width": NARROW, "height": 844})
        while await look.dialog.locator("button").filter(has_text="Next").count():
            assert await look.dialog.locator(".modal-body").evaluate(HEIGHT) <= SCREENS * 844
            assert not await look.dialog.locator("button").filter(has_text="Approve").count()
            page = await look.dialog.get_by_text("Page ").first.text_content()
            await look.press(look.dialog, "Next")
            await look.turned(page)
        await look.press(look.dialog, "Approve")
        await look.says(look.dialog, "Thank you")
        await look.press(look.dialog, "Close")
        await look.menu(look.card("Too long for a card"), "Details")
        await look.says(look.dialog, "Page 1 of")
        await look.press(look.dialog, "Reject")
        await look.dialog.get_by_label("Reason").fill("Nobody asked for an administrator")
        await look.press(look.dialog, "Reject")
        await look.says(look.card("Nobody asked for an administrator"), "Nobody asked for an administrator")
        states = {(await town.get(each["id"]))["status"] for each in migrations}
        assert states == {"approved", "rejected"}


async def test_the_queue_is_worked_through_with_next(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        for name in ("mira", "noor"):
            await town.propose("email.send", {**MAIL, "to": f"{name}@example.com"}, summary=f"Answer {name.title()}")
        await look.go("U0ALICE", SUPPORT)
        await look.command("")
        answer = look.card("Waiting for you")
        await look.press(answer, "Review")
        for name in ("mira", "noor"):
            await look.says(look.dialog, f"{name}@example.com")
            await look.press(look.dialog, "Approve")
            await look.says(look.dialog, "Thank you")
            await look.press(look.dialog, "Next")
        await look.says(look.dialog, "Nothing more waits for you in this list")
