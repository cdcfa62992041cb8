"""What the past bears of changes, as who leads a role reads it."""

import pytest

from tests.browser import needs_chromium
from tests.journeys.test_suggestions import LED, past
from tests.pages.conftest import scene
from tests.town import OPS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]


async def test_the_button_below_the_figures_opens_figures_and_diff_and_nothing_to_press(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, LED) as (town, look):
        await past(town)
        await look.go("U0ERIN", OPS)
        await look.command("stats role support")
        await look.press(look.card("How it went"), "Suggestions")
        await look.says(look.dialog, "mails: block")
        await look.picture("suggestions")
        assert await look.dialog.locator(".modal-body button").count() == 0
