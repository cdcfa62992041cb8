"""Pictures of a run, one card at a time: each is proposed once the one before was read and decided."""

from playwright.async_api import expect

from approvals.moves.confirmation import takes_words
from tests.pages.conftest import SLOW, looking
from tests.reading.measures import SCREEN
from tests.reading.phone import LOOKS_ON, NOW, TALL, session, theatre
from tests.reading.proposals import policy


async def take(of, folder, pictures):
    """Has each proposed and takes its picture as it waits before its person, `01.png` and so on; then it is approved.

    The names say nothing of what is right.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    async with theatre(folder) as town, looking(town, "phone", pictures, size=SCREEN) as look:
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
            gate = reading.proposal().gate
            if not takes_words(gate):
                await town.click(LOOKS_ON[channel], channel, card, "approve")
            if not takes_words(gate) and gate.approvals == 1:
                await town.card_saying(channel, card["ts"], "Approved:")
