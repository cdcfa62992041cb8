"""A served town and a browser that looks at it as a person does, at a desk or on a phone."""

import os
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.browser import CHROMIUM, SWITCHES
from tests.house.tree import ROOT
from tests.making import Clock
from tests.town import open_town

PICTURES = os.environ.get("SIGNOFF_PICTURES")
"""Where `make pictures` wants them; tests alone keep theirs to themselves."""
WIDTHS = {"desk": (1180, 900), "phone": (412, 915)}
SHOWN = ROOT / "docs" / "pictures"
WHOLE = "dialog[open] .modal-body, .home"
READ = """part => {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("time").forEach(time => { time.textContent = "(then)"; });
  return [...copy.children].map(block => block.textContent.replace(/\\s+/g, " ").trim()).join("\\n");
}"""
TALL = 1900
"""The height at which a whole card fits."""
SLOW = 20_000
"""Milliseconds a busy machine may take to show something."""


class Look:
    """The page of one person, at one width."""

    def __init__(self, page, town, device, folder):
        self.page, self.town, self.device, self.folder = page, town, device, folder

    @property
    def dialog(self):
        """The modal on top."""
        return self.page.get_by_role("dialog").last

    def card(self, words):
        """The message that says the words, the newest if there are several."""
        return self.page.locator("main article").filter(has_text=words).last

    async def go(self, user, at):
        """Looks as that person at that channel, or at the home tab."""
        await self.page.goto(f"{self.town.slack.url}/#as={user}&at={at}")
        await self.page.reload()

    async def press(self, where, name):
        """The first button there that says exactly this; what it is called for screen readers says more."""
        await (
            where.locator("button").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first.click(timeout=SLOW)
        )

    async def menu(self, card, choice):
        """One of the things in the menu of a card."""
        await card.locator("select, [aria-haspopup]").last.click()
        await self.page.get_by_role("menuitem", name=choice, exact=True).click(timeout=SLOW)

    async def command(self, text):
        """A slash command, typed below the messages."""
        box = self.page.get_by_role("textbox").last
        await box.fill(f"/approvals {text}".strip())
        await box.press("Enter")

    async def turned(self, page):
        """Waits until the modal shows another page than the one that said this."""
        await expect(self.dialog.get_by_text("Page ").first).not_to_have_text(page, timeout=SLOW)

    async def says(self, where, words):
        """Waits until the words are there."""
        await expect(where).to_contain_text(words, timeout=SLOW)

    async def _words(self, of):
        """What is to be read, block by block, without what differs from day to day."""
        within = of.locator(".card, .words").first if of is not None else self.page.locator(WHOLE).last
        same = re.sub(r"prp_[0-9a-f]+", "prp_…", await within.evaluate(READ))
        return re.sub(r"\b(?:[A-Z2-7]{4} ?){8}", "KEY…", same) + "\n"  # of a second factor

    async def picture(self, name, of=None):
        """Takes a picture of the page, or of one thing on it; fails if the one in docs/ shows other words."""
        await self.town.bot.courier.drain()  # what is on its way would be drawn while the picture is taken
        words = await self._words(of)
        beside = (self.folder if PICTURES else SHOWN) / f"{name}.txt"
        if PICTURES:
            beside.write_text(words, encoding="utf-8")
        else:
            assert beside.read_text(encoding="utf-8") == words, f"{beside.name}: `make pictures` takes it anew"
        path = self.folder / f"{name}-{self.device}.png"
        width, height = WIDTHS[self.device]
        await self.page.set_viewport_size({"width": width, "height": height if of is None else TALL})
        if of is not None:
            await of.hover()  # unlike scrolling, this waits out a new rendering
        await (of or self.page).screenshot(path=path, animations="disabled")
        await self.page.set_viewport_size({"width": width, "height": height})


@asynccontextmanager
async def chromium():
    """A browser: to start one takes as long as most of what is looked at in it."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def window(browser, town, device, folder, size=None):
    """A window of its own at the width of the device, or of this size; what its console calls an error fails the test."""
    faults = []
    width, height = size or WIDTHS[device]
    context = await browser.new_context(viewport={"width": width, "height": height}, timezone_id="Europe/Berlin")
    try:
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield Look(page, town, device, folder)
    finally:
        await context.close()
    assert faults == []


@asynccontextmanager
async def looking(town, device, folder, size=None):
    """The same in a browser of its own."""
    async with chromium() as browser, window(browser, town, device, folder, size) as look:
        yield look


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    """One for all tests of a file, which share its loop by `pytest.mark.asyncio(loop_scope="module")`."""
    async with chromium() as started:
        yield started


@dataclass(frozen=True)
class Device:
    """At what width somebody looks, and with which browser."""

    name: str
    browser: Any


@pytest.fixture(params=list(WIDTHS))
def device(request, browser):
    return Device(request.param, browser)


@pytest.fixture
def pictures(tmp_path):
    folder = Path(PICTURES) if PICTURES else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def scene(tmp_path, device, pictures, policy):
    """A town with this policy and a clock that stands, and somebody who looks at it."""
    async with (
        open_town(tmp_path, "socket", policy=policy, clock=Clock()) as town,
        town.serving(),
        window(device.browser, town, device.name, pictures) as look,
    ):
        yield town, look
