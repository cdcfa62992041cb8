"""The theatre's bot, served, with all proposals before its people, and a phone on which their cards are read."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

from playwright.async_api import expect

from tests.making import Clock
from tests.pages.conftest import SLOW, looking
from tests.reading.measures import SCREEN, Measures, counted, on_page
from tests.reading.proposals import HERE, KNOWN_ACCOUNTS, POLICY, policy, readings
from tests.town import open_town

PEOPLE = {
    "U0NADIA": "Nadia",
    "U0TOMAS": "Tomas",
    "U0LENA": "Lena",
    "U0RUTH": "Ruth",
    "U0KOFI": "Kofi",
    "U0INES": "Ines",
    "U0PAVEL": "Pavel",
    "U0GRETA": "Greta",
}
LOOKS_ON = {"C0HOUSE": "U0NADIA", "C0MONEY": "U0RUTH", "C0STAGE": "U0PAVEL"}
"""Each channel, and who of it holds the phone."""
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TALL = 4000
"""The height at which the longest card fits."""


@asynccontextmanager
async def theatre(folder, policy=None):
    """The bot with the theatre's policy, or a stricter one; the accounts that it knows have been paid before."""
    text = POLICY.read_text(encoding="utf-8") if policy is None else policy
    async with open_town(folder, "socket", policy=text, clock=Clock(NOW)) as town:
        (folder / "schemas").mkdir()
        for schema in (HERE / "schemas").iterdir():
            (folder / "schemas" / schema.name).write_bytes(schema.read_bytes())
        for user, name in PEOPLE.items():
            town.slack.add_user(user, name)
        for channel, name in {"C0HOUSE": "front-of-house", "C0MONEY": "money", "C0STAGE": "stage"}.items():
            town.slack.add_channel(channel, name, members=list(PEOPLE), is_private=True)
        async with town.serving():
            for number, iban in enumerate(KNOWN_ACCOUNTS):
                await _paid(town, number, iban)
            yield town


async def _paid(town, number, iban):
    payload = {"payee": "Known", "iban": iban, "amount": 100.0, "currency": "EUR", "invoice": f"K-{number}"}
    proposal = await town.propose("payment.create", payload, session=town.other)
    card = await town.card("C0MONEY", proposal)
    await town.click("U0RUTH", "C0MONEY", card, "approve")
    await town.click("U0KOFI", "C0MONEY", card, "approve")
    await town.card_saying("C0MONEY", card["ts"], "Approved:")


async def read_all(folder, pictures):
    """Has every proposal asked, takes a picture of each card as it waits, `01.png` and so on, and measures it."""
    pictures.mkdir(parents=True, exist_ok=True)
    async with theatre(folder) as town:
        asked = []
        for reading in readings():
            proposal = await town.propose(session=session(town, reading), **reading.body)
            channel = policy().channel_of(proposal["gate"]["roles"][0])
            asked.append((reading, channel, await town.card(channel, proposal)))
        await town.bot.courier.drain()
        async with looking(town, "phone", pictures, size=SCREEN) as look:
            measured = []
            for channel, user in LOOKS_ON.items():
                await look.go(user, channel)
                measured += [await _read(look, reading, card, pictures) for reading, at, card in asked if at == channel]
        return sorted(measured, key=lambda each: each.number)


async def _read(look, reading, card, pictures):
    article = look.page.locator(f'main article[data-ts="{card["ts"]}"]')
    await expect(article).to_be_visible(timeout=SLOW)
    seen = await on_page(article)
    await look.page.set_viewport_size({"width": SCREEN[0], "height": TALL})
    await article.hover()  # unlike scrolling, this waits out a new rendering
    await article.screenshot(path=pictures / f"{reading.number:02}.png", animations="disabled")
    await look.page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})
    return Measures(**counted(reading, card["blocks"]), **seen)


def session(town, reading):
    """With which its agent proposes."""
    return town.agent if reading.agent == "house-agent" else town.other
