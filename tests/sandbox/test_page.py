"""The page in the browser, whole: a small bolt app behind it, the system's Chromium before it."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.browser import CHROMIUM, SWITCHES, needs_chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all, bound to one loop
    needs_chromium,
]


def plain(text, **more):
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def button(action_id, text, **more):
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def option(text, **more):
    return {"text": plain(text), "value": text.lower(), **more}


def question(block_id, label, element, **more):
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {**element, "action_id": "value"},
        **more,
    }


def literal(*parts):
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


DIFFICULT = ':tada: <@U0BOB> <b>x</b> *not bold* &amp; <img src=x onerror="document.title=1">'

CARD = [
    {"type": "header", "text": plain("Refund & more :moneybag:")},
    {
        "type": "section",
        "text": mrkdwn(
            "*Refund* for <@U0BOB>, see <https://example.com/?a=1&b=2|the order> until "
            "<!date^1760000000^{date_num}|then>\n> a _quoted_ line\n~old~ `co*d*e` 1 &lt; 2 &amp;lt; 3\n```{\n  fenced\n}```"
        ),
        "fields": [mrkdwn("*Agent*\nsupport-bot"), plain(":tada: stays", emoji=False)],
    },
    literal({"type": "text", "text": DIFFICULT}, {"type": "text", "text": "strong", "style": {"bold": True}}),
    {"type": "context", "elements": [mrkdwn(":lock: sealed")]},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("approve", "Approve", style="primary", value="1"),
            button("edit", "Edit"),
            button(
                "reject",
                "Reject",
                style="danger",
                confirm={
                    "title": plain("Sure?"),
                    "text": mrkdwn("It *ends* here."),
                    "confirm": plain("End it"),
                    "deny": plain("Keep it"),
                },
            ),
            button("mute", "Stay silent"),
            {"type": "overflow", "action_id": "more", "options": [option("Details"), option("Hand over")]},
            {
                "type": "static_select",
                "action_id": "assign",
                "placeholder": plain("Assign to"),
                "options": [option("Alice"), option("Bob")],
            },
        ],
    },
]

MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Edit refund"),
    "submit": plain("Save"),
    "blocks": [
        question("reason", "Reason", {"type": "plain_text_input", "multiline": True}, hint=plain("One sentence.")),
        question("amount", "Amount", {"type": "number_input", "is_decimal_allowed": True, "initial_value": "250"}),
        question(
            "currency",
            "Currency",
            {"type": "static_select", "options": [option("EUR"), option("USD")], "initial_option": option("EUR")},
        ),
        question("pace", "Pace", {"type": "radio_buttons", "options": [option("Slow"), option("Fast")]}),
        question("tell", "Tell", {"type": "checkboxes", "options": [option("Owner"), option("Customer")]}),
        question("tags", "Tags", {"type": "multi_static_select", "options": [option("One"), option("Two")]}),
        question("day", "Day", {"type": "datepicker"}),
        question("time", "Time", {"type": "timepicker"}),
        question("who", "Who", {"type": "users_select"}),
        question("mail", "Mail", {"type": "email_text_input"}, optional=True),
    ],
}
HOME = {
    "type": "home",
    "blocks": [
        {"type": "section", "text": mrkdwn("*Waiting for you*"), "accessory": button("open", "Review")},
    ],
}


class Bot:
    """A bolt app over HTTP that answers the card, the form, the command and the home tab."""

    def __init__(self, slack: Sandbox) -> None:
        self.pressed: asyncio.Queue[dict] = asyncio.Queue()
        self.submitted: asyncio.Queue[dict] = asyncio.Queue()
        self.released = asyncio.Event()
        self.view_id = ""
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=self.client, signing_secret=slack.signing_secret)
        app.action("approve")(self.approve)
        app.action("edit")(self.edit)
        app.action("open")(self.edit)
        app.action("mute")(self.mute)
        for each in ("reject", "more", "assign"):
            app.action(each)(self.note)
        app.view("form")(self.submit)
        app.command("/approvals")(self.command)
        app.event("app_home_opened")(self.home)
        self.web = app.web_app("/slack/events")

    async def approve(self, ack, body):
        await ack()
        decided = {"type": "section", "text": mrkdwn(f":white_check_mark: Approved by <@{body['user']['id']}>")}
        card = [*CARD[:4], decided]
        await self.client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="done", blocks=card)
        await self.client.chat_postMessage(
            channel=body["channel"]["id"], thread_ts=body["message"]["ts"], text="Approved, *not* yet run"
        )

    async def edit(self, ack, body):
        await ack()
        opened = await self.client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        self.view_id = opened["view"]["id"]

    async def mute(self):
        await self.released.wait()

    async def note(self, ack, body):
        await ack()
        await self.pressed.put(body)

    async def submit(self, ack, view):
        values = view["state"]["values"]
        if values["reason"]["value"]["value"] == "no":
            await ack(response_action="errors", errors={"reason": "Say more than that."})
            return
        await ack()
        await self.submitted.put(values)

    async def command(self, ack, body, respond):
        await ack()
        await respond(text=f"You asked for `{body['text']}`")

    async def home(self, event):
        await self.client.views_publish(user_id=event["user"], view=HOME)


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox() as workspace:
        workspace.add_user("U0ALICE", "Alice Ahn", title="Support lead")
        workspace.add_user("U0BOB", "Bob Baker", title="Finance")
        workspace.add_channel("C0SUPPORT", "support", members=["U0ALICE", "U0BOB"])
        workspace.add_channel("C0FINANCE", "finance", members=["U0ALICE", "U0BOB"], is_private=True)
        yield workspace


@pytest_asyncio.fixture(loop_scope="module")
async def bot(slack) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    runner = web.AppRunner(bot.web, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield bot
    bot.released.set()
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def tab(slack, browser):
    """Opens the page as somebody; every fault in its console fails the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_tab(as_="U0ALICE", at="C0SUPPORT", width=1280, height=860) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(f"{slack.url}/#as={as_}&at={at}")
        return page

    yield open_tab
    for context in contexts:
        await context.close()
    assert faults == []


@pytest_asyncio.fixture(loop_scope="module")
async def card(bot):
    posted = await bot.client.chat_postMessage(channel="C0SUPPORT", text="A refund", blocks=CARD)
    return SimpleNamespace(ts=posted["ts"])


async def test_a_card_reads_as_in_slack_and_text_of_agents_stays_text(tab, card):
    page = await tab()
    message = page.get_by_role("article").filter(has_text="Refund")
    await expect(message.get_by_role("heading", name="Refund & more 💰")).to_be_visible()
    await expect(message.locator("strong", has_text="Refund")).to_be_visible()
    await expect(message.get_by_text("@Bob Baker", exact=True)).to_be_visible()
    await expect(message.get_by_role("link", name="the order")).to_have_attribute(
        "href", "https://example.com/?a=1&b=2"
    )
    await expect(message.locator("time", has_text="2025-10-09")).to_be_visible()
    await expect(message.locator("blockquote em")).to_have_text("quoted")
    await expect(message.locator("s")).to_have_text("old")
    await expect(message.locator(":not(pre) > code")).to_have_text("co*d*e")
    await expect(message.locator("pre")).to_have_text("{\n  fenced\n}")
    await expect(message).to_contain_text("1 < 2 &lt; 3")
    await expect(message).to_contain_text(":tada: stays")
    await expect(message).to_contain_text("🔒 sealed")
    await expect(message).to_contain_text(DIFFICULT)
    await expect(message.locator(".rich strong")).to_have_text("strong")
    await expect(message.locator("img, b")).to_have_count(0)


async def test_a_click_reaches_the_app_and_the_card_changes_before_ones_eyes(tab, card):
    page, other = await tab(), await tab(as_="U0BOB")
    await page.get_by_role("button", name="Approve").click()
    for each in (page, other):
        await expect(each.get_by_text("Approved by @Alice Ahn")).to_be_visible()
        await expect(each.get_by_role("button", name="Approve")).to_have_count(0)
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Approved, not yet run")).to_be_visible()
    await thread.get_by_role("textbox", name="Reply in thread").fill("Thank you")
    await page.keyboard.press("Enter")
    await expect(other.get_by_role("button", name="2 replies")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_a_form_gives_the_app_what_was_filled_in_and_shows_its_fault_on_the_field(tab, bot, card):
    page = await tab()
    await page.get_by_role("button", name="Edit").click()
    form = page.get_by_role("dialog", name="Edit refund")
    reason = form.get_by_label("Reason")
    await expect(reason).to_be_focused()
    await form.get_by_role("button", name="Save").click()
    await expect(reason).to_have_accessible_description("Please complete this required field. One sentence.")
    await reason.fill("no")
    await expect(reason).to_have_accessible_description("One sentence.")
    await form.get_by_label("Amount").fill("99.5")
    await form.get_by_label("Currency").select_option("USD")
    await form.get_by_role("radiogroup", name="Pace").get_by_label("Fast").check()
    await form.get_by_role("group", name="Tell").get_by_label("Customer").check()
    for tag in ("Two", "One"):
        await form.get_by_label("Tags").select_option(tag)
    await form.get_by_role("button", name="Remove One").click()
    await form.get_by_label("Day").fill("2026-11-20")
    await form.get_by_label("Time").fill("14:30")
    await form.get_by_label("Who").select_option("Bob Baker")
    await form.get_by_role("button", name="Save").click()
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(reason).to_have_accessible_description("Say more than that. One sentence.")
    await reason.fill("Charged twice\n🎉")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    values = await asyncio.wait_for(bot.submitted.get(), 5)
    assert {block: next(iter(held.values())) for block, held in values.items()} == {
        "reason": {"type": "plain_text_input", "value": "Charged twice\n🎉"},
        "amount": {"type": "number_input", "value": "99.5"},
        "currency": {"type": "static_select", "selected_option": chosen("USD")},
        "pace": {"type": "radio_buttons", "selected_option": chosen("Fast")},
        "tell": {"type": "checkboxes", "selected_options": [chosen("Customer")]},
        "tags": {"type": "multi_static_select", "selected_options": [chosen("Two")]},
        "day": {"type": "datepicker", "selected_date": "2026-11-20"},
        "time": {"type": "timepicker", "selected_time": "14:30"},
        "who": {"type": "users_select", "selected_user": "U0BOB"},
        "mail": {"type": "email_text_input", "value": None},
    }


def chosen(text):
    return {"text": plain(text, emoji=True), "value": text.lower()}


async def test_what_is_half_typed_outlives_an_update_of_the_view(tab, bot, card):
    page = await tab()
    await page.get_by_role("button", name="Edit").click()
    reason = page.get_by_role("dialog").get_by_label("Reason")
    await reason.press_sequentially("half a se")
    warned = {**MODAL, "blocks": [{"type": "alert", "level": "warning", "text": plain("Changed")}, *MODAL["blocks"]]}
    await bot.client.views_update(view_id=bot.view_id, view=warned)
    await expect(page.get_by_role("note")).to_have_text("Changed")
    await expect(reason).to_be_focused()
    await page.keyboard.type("ntence")
    await expect(reason).to_have_value("half a sentence")


async def test_a_pushed_view_lies_on_top_and_closing_it_gives_back_the_form_as_it_was(tab, bot, card, slack):
    page = await tab()
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Reason").fill("kept")
    form = {**MODAL, "title": plain("On top"), "blocks": [{"type": "divider"}], "callback_id": "top"}
    await bot.client.views_push(trigger_id=slack.workspace.new_trigger("U0ALICE", bot.view_id), view=form)
    await expect(page.get_by_role("dialog", name="On top")).to_be_visible()
    await page.get_by_role("button", name="Previous view").click()
    await expect(page.get_by_role("dialog", name="Edit refund").get_by_label("Reason")).to_have_value("kept")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert slack.modals("U0ALICE") == []


async def test_a_confirmation_is_asked_first_and_no_means_no_click(tab, bot, card, slack):
    page = await tab()
    await page.get_by_role("button", name="Reject").click()
    asked = page.get_by_role("dialog", name="Sure?")
    await expect(asked).to_contain_text("It ends here.")
    await asked.get_by_role("button", name="Keep it").click()
    assert slack.last_payload is None
    await page.get_by_role("button", name="Reject").click()
    await asked.get_by_role("button", name="End it").click()
    body = await asyncio.wait_for(bot.pressed.get(), 5)
    assert body["actions"][0]["action_id"] == "reject"


async def test_menus_send_the_chosen_option(tab, bot, card):
    page = await tab()
    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Details")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    assert (await asyncio.wait_for(bot.pressed.get(), 5))["actions"][0]["selected_option"]["value"] == "hand over"
    await page.get_by_label("Assign to").select_option("Bob")
    assert (await asyncio.wait_for(bot.pressed.get(), 5))["actions"][0]["selected_option"]["value"] == "bob"


async def test_a_click_the_app_leaves_unanswered_is_told_to_the_person(tab, card, slack):
    slack.ack_seconds = 0.2
    page = await tab()
    await page.get_by_role("button", name="Stay silent").click()
    await expect(page.get_by_role("status")).to_contain_text("did not respond")


async def test_a_command_is_answered_to_one_person_alone_and_can_be_dismissed(tab, bot, card):
    page, other = await tab(), await tab(as_="U0BOB")
    box = page.get_by_role("textbox", name="Message support")
    await box.fill("/app")
    await box.press("Tab")
    await page.keyboard.type("mine")
    await page.keyboard.press("Enter")
    whisper = page.get_by_role("article", name="only visible to you")
    await expect(whisper).to_contain_text("You asked for mine")
    await box.fill("now in words")
    await box.press("Enter")
    await expect(other.get_by_text("now in words")).to_be_visible()
    await expect(other.get_by_text("You asked for")).to_have_count(0)
    await whisper.get_by_role("button", name="Dismiss message").click()
    await expect(whisper).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("now in words")).to_be_visible()
    await expect(whisper).to_have_count(0)


async def test_each_tab_acts_as_its_own_person_and_marks_what_is_unread(tab, card, bot):
    page = await tab()
    await bot.client.chat_postMessage(channel="C0FINANCE", text="Look here")
    await page.get_by_role("button", name="finance, 1 unread").click()
    await expect(page.get_by_text("Look here")).to_be_visible()
    await page.get_by_role("button", name="support", exact=True).click()
    await expect(page.get_by_role("button", name="finance", exact=True)).to_be_visible()
    await page.get_by_role("radio", name="Bob Baker Finance").check()
    await expect(page.get_by_role("button", name="finance, 1 unread")).to_be_visible()
    assert "as=U0BOB" in page.url
    await page.evaluate("history.replaceState(null, '', location.pathname)")
    await page.reload()
    await expect(page.get_by_role("radio", name="Bob Baker Finance")).to_be_checked()


async def test_an_address_that_names_nobody_acts_as_the_first_person(browser, slack):
    page = await browser.new_page()
    await page.goto(slack.url)
    await expect(page.get_by_role("radio", name="Alice Ahn")).to_be_checked()
    await expect(page.get_by_role("heading", name="support")).to_be_visible()
    assert page.url.endswith("#as=U0ALICE&at=C0SUPPORT")
    await page.close()


async def test_more_tabs_than_a_browser_has_connections_all_stay_live(tab, bot, slack):
    first = await tab()
    tabs = [first, *[await first.context.new_page() for _ in range(7)]]
    for each in tabs[1:]:
        await each.goto(f"{slack.url}/#as=U0BOB&at=C0SUPPORT")
        await expect(each.get_by_role("heading", name="support")).to_be_visible()
    await bot.client.chat_postMessage(channel="C0SUPPORT", text="To all")
    for each in tabs:
        await expect(each.get_by_text("To all")).to_be_visible()
    await first.close()
    await bot.client.chat_postMessage(channel="C0SUPPORT", text="To the rest")
    for each in tabs[1:]:
        await expect(each.get_by_text("To the rest")).to_be_visible()


async def test_the_home_tab_shows_what_the_app_published_for_this_person(tab, bot):
    page = await tab()
    await page.get_by_role("button", name="Signoff Home").click()
    await expect(page.get_by_text("Waiting for you")).to_be_visible()
    await page.get_by_role("button", name="Review").click()
    await expect(page.get_by_role("dialog", name="Edit refund")).to_be_visible()


@pytest.mark.parametrize("width", [360, 390])
async def test_on_a_phone_nothing_sticks_out_and_panes_come_one_at_a_time(tab, card, bot, width):
    page = await tab(width=width, height=740)
    await bot.client.chat_postMessage(channel="C0SUPPORT", thread_ts=card.ts, text="w" * 300)
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_in_viewport()
    await expect(page.get_by_role("main")).to_be_hidden()
    assert await fits(page)
    await page.get_by_role("button", name="Back to the channel").click()
    assert await fits(page)
    await page.get_by_role("button", name="Edit").click()
    await expect(page.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
    assert await fits(page)
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Channels and apps").click()
    await page.get_by_role("navigation").get_by_role("button", name="finance").click()
    await expect(page.get_by_role("heading", name="finance")).to_be_in_viewport()
    await expect(page.get_by_role("navigation")).to_be_hidden()


async def fits(page: Page) -> bool:
    wide = "[...document.querySelectorAll('html, .stream, .modal-body')].filter(e => e.scrollWidth > e.clientWidth)"
    return await page.evaluate(f"{wide}.length") == 0
