"""Pictures of a run, one card at a time: each is proposed once the one before was read and decided."""

from playwright.async_api import expect

from approvals.moves.confirmation import takes_words
from tests.pages.conftest import SLOW, looking
from tests.reading.measures import SCREEN
from tests.reading.phone import LOOKS_ON, NOW, TALL, session, theatre
from tests.reading.proposals import policy
from tests.reading.run import GRAVE, weary_policy

FORM = 1000
"""The height at which the longest form fits."""
WARM_UP = {
    "C0HOUSE": ("post.publish", {"network": "Mastodon", "text": "Good evening"}),
    "C0STAGE": ("flag.set", {"flag": "seat-map-old", "percent": 0, "environment": "staging"}),
    "C0MONEY": ("payroll.hours", {"employee": "Milo Brandt", "hours": 1}),
}
"""What each channel's person has decided before a run of the tired."""


async def take(of, folder, pictures, *, tired=False):
    """Has each proposed and takes its picture as it waits before its person, `01.png` and so on; then it is approved.

    The names say nothing of what is right. Of the tired the form in which a value is typed is `01-form.png`.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    policed = weary_policy() if tired else None
    async with theatre(folder, policed) as town, looking(town, "phone", pictures, size=SCREEN) as look:
        if tired:
            await _tire(town)
        await look.page.clock.set_fixed_time(NOW)
        for reading in of:
            proposal = await town.propose(session=session(town, reading), **reading.body)
            channel = policy().channel_of(proposal["gate"]["roles"][0])
            card = await town.card(channel, proposal)
            await town.bot.courier.drain()
            await look.go(LOOKS_ON[channel], channel)
            article = look.page.locator(f'main article[data-ts="{card["ts"]}"]')
            await expect(article).to_be_visible(timeout=SLOW)
            await look.page.set_viewport_size({"width": SCREEN[0], "height": TALL})
            await article.hover()  # unlike scrolling, this waits out a new rendering
            await article.screenshot(path=pictures / f"{reading.number:02}.png", animations="disabled")
            await look.page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})
            if tired and reading.action in GRAVE:
                await _form(town, look, LOOKS_ON[channel], channel, card, pictures / f"{reading.number:02}-form.png")
                continue
            gate = reading.proposal().gate
            if not takes_words(gate):
                await town.click(LOOKS_ON[channel], channel, card, "approve")
            if not takes_words(gate) and gate.approvals == 1:
                await town.card_saying(channel, card["ts"], "Approved:")


async def _tire(town):
    for channel, (action, payload) in WARM_UP.items():
        asks = town.other if channel != "C0HOUSE" else town.agent
        card = await town.card(channel, await town.propose(action, payload, session=asks))
        await town.click(LOOKS_ON[channel], channel, card, "approve")
        await town.card_saying(channel, card["ts"], "Approved:")


async def _form(town, look, user, channel, card, picture):
    """What stands there once Approve was pressed; it is closed again, for nobody but the reader types into it."""
    await town.click(user, channel, card, "approve")
    await town.form_saying(user, "Type the value of")
    await expect(look.dialog).to_contain_text("Type the value of", timeout=SLOW)
    await look.page.set_viewport_size({"width": SCREEN[0], "height": FORM})
    await look.dialog.hover()
    await look.dialog.screenshot(path=picture, animations="disabled")
    await look.page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})
    await town.slack.close_modal(user)
