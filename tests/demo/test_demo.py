"""`make demo`, as somebody meets it: the address it prints, opened in a browser and decided in."""

import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser import CHROMIUM, SWITCHES, needs_chromium
from tests.demo.playing import running_demo

pytestmark = [pytest.mark.browser, needs_chromium]
PICTURES = os.environ.get("SIGNOFF_PICTURES")
"""Where `make pictures` wants them; tests alone keep theirs to themselves."""


@asynccontextmanager
async def browser_page(width, height):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield await browser.new_page(viewport={"width": width, "height": height})
        finally:
            await browser.close()


async def become(page, name):
    await page.get_by_label("Act as").select_option(label=name)


async def enter(page, channel):
    await page.get_by_role("navigation").get_by_text(channel, exact=True).first.click()


def card_about(page, words):
    return page.locator("main [role=article], main article").filter(has_text=words).first


async def test_a_newcomer_decides_in_the_browser_and_sees_the_agent_act_and_report(tmp_path):
    pictures = Path(PICTURES) if PICTURES else tmp_path
    async with running_demo() as demo, browser_page(1120, 1400) as page:
        address = (await demo.saying(r"Open\s+(http://\S+)"))[1]
        await demo.saying("asked: Make t.okafor admin")
        await page.goto(address)

        refund = card_about(page, "Refund 249.90 EUR")
        await expect(refund.get_by_role("button", name="Approve")).to_be_visible()
        await refund.get_by_role("button", name="Approve").hover()  # unlike scrolling, this waits out a new rendering
        await refund.screenshot(path=pictures / "demo.png")
        await refund.get_by_role("button", name="Approve").click()
        await demo.saying(r"DOING: Refund 249.90 EUR .*249\.9")
        await expect(refund).to_contain_text("Succeeded")
        await expect(refund).to_contain_text("Carol")

        await become(page, "Eve · Security")
        await enter(page, "security")
        access = card_about(page, "t.okafor")
        await access.get_by_role("button", name="Reject").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Reason").fill("Admin is too much, viewer will do")
        await dialog.get_by_role("button", name="Reject").click()
        await expect(access).to_contain_text("Admin is too much, viewer will do")
        await demo.saying("not done: Make t.okafor admin .*Admin is too much, viewer will do")

        await become(page, "Alice · Support")
        await enter(page, "support")
        mail = card_about(page, "Dear Ms Jansen")
        await mail.get_by_role("button", name="Edit").click()
        await dialog.get_by_label("subject").fill("Your parcel, order 48213")
        await dialog.get_by_role("button", name="Review changes").click()
        await expect(dialog.last).to_contain_text("Your parcel, order 48213")
        await dialog.last.get_by_role("button", name="Approve with changes").click()
        await demo.saying(r"DOING: Answer Mira Jansen .* \(as edited\) with .*Your parcel, order 48213")
        await expect(mail).to_contain_text("Succeeded")
