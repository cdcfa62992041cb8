"""How a drill ends, as people see it: on its card, and alone for who let it pass."""

import pytest

from tests.pages.conftest import window
from tests.threats.drilled import asked_before, planted, town_of_drills
from tests.town import SUPPORT

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_drill_that_was_missed_says_what_was_wrong_and_nobodys_name(tmp_path, device, pictures):
    async with (
        town_of_drills(tmp_path, "socket") as town,
        town.serving(),
        window(device.browser, town, device.name, pictures) as look,
    ):
        await asked_before(town)
        await planted(town)
        await look.go("U0ALICE", SUPPORT)
        card = look.card("Your voucher")
        await look.press(card, "Approve")
        told = look.card("That happens to everybody")
        await look.says(told, "Where it shows")
        await look.picture("drill-missed", told)
        over = look.card("Drill: email.send")
        await look.says(over, "What was wrong")
        await look.picture("card-drill", over)
