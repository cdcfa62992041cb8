"""The week of a role as a picture, below its digest, as people see it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser import needs_chromium
from tests.journeys.test_digest import WANTED
from tests.journeys.test_suggestions import ALICE
from tests.pages.conftest import scene
from tests.town import SUPPORT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), needs_chromium]

DAYS = ((4, 1, 0), (3, 0, 1), (6, 0, 0), (2, 2, 0), (5, 1, 0), (0, 0, 2), (0, 0, 1))
"""Of each day of a week: approved, rejected, and left alone until they expired."""


async def test_the_picture_stands_below_the_digest(tmp_path, device, pictures):
    async with scene(tmp_path, device, pictures, WANTED) as (town, look):
        monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
        for number, counts in enumerate(DAYS):
            town.clock.at = monday + timedelta(days=number)
            await lived(town, *counts)
        town.clock.at = monday + timedelta(days=7)
        await look.go("U0ALICE", SUPPORT)
        message = look.card("The week day by day")
        await look.says(message, "The week day by day")
        await message.locator("img").evaluate("image => image.decode()")
        await look.picture("week", message)


async def lived(town, approved, rejected, expired):
    verbs = town.bot.lifecycle
    for number in range(approved + rejected + expired):
        made = await town.propose("email.send", {"to": f"{number}@example.com"})
        nonce = (await town.bot.store.find(made["id"])).nonce
        if number < approved:
            await verbs.approve(made["id"], ALICE, nonce)
        elif number < approved + rejected:
            await verbs.reject(made["id"], ALICE, "No.", nonce)
    town.clock.forward(hours=2)
    while town.rows("SELECT id FROM proposals WHERE status = 'pending'"):
        await town.call("GET", "/healthz")
