"""What is done for the gravest, in a browser at both widths: everything stopped, and a code beside the click."""

import re

import pyotp
import pytest

from tests.browser import needs_chromium
from tests.pages.conftest import scene
from tests.pages.test_decide import MAIL, refund
from tests.town import FINANCE, POLICY, SUPPORT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]
CODES = POLICY.replace(
    "    reason: Refund above 100\n", "    reason: Refund above 100\n    confirmation: {code: totp}\n"
)


async def test_everything_is_stopped_and_its_cards_say_so(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, POLICY) as (town, look):
        await town.propose("email.send", MAIL)
        await look.go("U0OWEN", SUPPORT)
        card = look.card("mira.jansen@example.com")
        await look.says(card, "unchecked")
        await look.command("stop everything")
        await look.says(look.dialog, "Stop everything?")
        await look.dialog.get_by_label("Why").fill("The mail server sends to everybody")
        await look.dialog.get_by_label("Type stop").fill("stop")
        await look.picture("stop-everything")
        await look.press(look.dialog, "Stop everything")
        await look.says(look.dialog, "Everything is stopped")
        await look.page.keyboard.press("Escape")
        await look.says(card, "Everything is stopped")
        await look.picture("card-suspended", card)
        assert not await card.get_by_role("button", name="Approve").count()


async def test_a_second_factor_is_enrolled_and_its_code_typed_with_the_approval(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, CODES) as (town, look):
        await refund(town)
        await look.go("U0CAROL", FINANCE)
        card = look.card("Lamp arrived broken")
        await look.press(card, "Approve")
        await look.says(look.page.locator("main"), "you have none yet")
        await look.command("enrol")
        await look.says(look.dialog, "authenticator app")
        (key,) = re.findall(r"secret=([A-Z2-7]{32})", await look.dialog.text_content())
        await look.picture("form-enrol")
        app = pyotp.TOTP(key)
        await look.dialog.get_by_label("The code that it shows now").fill(app.at(town.clock.now()))
        await look.press(look.dialog, "Enrol")
        await look.says(look.dialog, "You have a second factor")
        await look.page.keyboard.press("Escape")
        town.clock.forward(seconds=31)
        await look.press(card, "Approve")
        code = look.dialog.get_by_label("Code from your authenticator app")
        await code.fill("000000")
        await look.press(look.dialog, "Approve")
        await look.says(look.dialog, "4 more tries")
        await look.picture("form-code")
        await code.fill(app.at(town.clock.now()))
        await look.press(look.dialog, "Approve")
        await look.says(card, "by @Carol")
