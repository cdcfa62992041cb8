"""Rushed: a verdict that came sooner than there was time to read is marked for the team; nothing is refused for it."""

import json

import pytest

from bot.slack.blockkit.text import word_count, words_of
from tests.journeys.batched import mails, of
from tests.making import Clock
from tests.town import FINANCE, SUPPORT, has_button, open_town, visible_text

SOONER = "sooner than it can be read"


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode, clock=Clock()) as town, town.serving():
        yield town


async def posted(town, *args, channel=SUPPORT, **more):
    """A proposal and its card, once we know that it stands."""
    proposal = await town.propose(*args, **more)
    card = await town.card(channel, proposal)
    await town.bot.courier.drain()
    return proposal, card


async def decision(town, proposal):
    """The newest decision, as the store keeps it."""
    found = await town.bot.store.find(proposal["id"])
    return found.decisions[-1]


def reading(card):
    """The seconds it takes to read a card, rounded down, and one more."""
    return word_count(words_of(card["blocks"])) // 15 + 1


async def test_an_approval_right_after_the_post_is_rushed_and_the_thread_and_the_trail_say_so(town):
    proposal, card = await posted(town)
    town.clock.forward(2)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    made = await decision(town, proposal)
    assert (made.rushed, made.verdict) == (True, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
    await town.thread_saying(SUPPORT, card["ts"], f"(after 2 s): {SOONER}")
    await town.slack.command("U0ALICE", SUPPORT, "/approvals", f"show {proposal['id']}")
    await town.slack.until(lambda: "(after 2 s)" in json.dumps(town.slack.ephemerals("U0ALICE")))


async def test_after_as_long_as_its_words_take_it_is_not(town):
    proposal, card = await posted(town)
    town.clock.forward(reading(card))
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert not (await decision(town, proposal)).rushed
    thread = await town.thread_saying(SUPPORT, card["ts"], "approves")
    assert SOONER not in visible_text(thread)


async def test_a_rushed_no_is_told_too_and_its_reason_stands_once(town):
    proposal, card = await posted(town)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    town.clock.forward(1)
    await town.slack.submit("U0ALICE", {"Reason": "Not like this"})
    assert (await decision(town, proposal)).rushed
    thread = await town.thread_saying(SUPPORT, card["ts"], f"says no (after 1 s): {SOONER}")
    assert visible_text(thread).count("Not like this") == 1


async def test_time_spent_on_the_reason_counts(town):
    proposal, card = await posted(town)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    town.clock.forward(reading(card))
    await town.slack.submit("U0ALICE", {"Reason": "Not like this"})
    assert not (await decision(town, proposal)).rushed


async def test_the_agent_never_learns_of_it(town):
    proposal, card = await posted(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await decision(town, proposal)).rushed
    said = json.dumps(await town.get(proposal["id"]))
    assert "rushed" not in said
    assert "seen" not in said


async def test_the_audit_log_says_it(town):
    proposal, card = await posted(town)
    town.clock.forward(1)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    (entry,) = [each for each in await town.entries(proposal["id"]) if each.tag == "proposal:decided"]
    kept = json.loads(entry.facts)["decision"]
    assert (kept["rushed"], kept["first_seen_at"] < kept["at"]) == (True, True)


async def test_whoever_opens_it_late_and_decides_at_once_is_rushed_and_a_second_look_is_not_a_first(town):
    proposal, _ = await posted(town)
    town.clock.forward(minutes=20)
    await review(town, "U0ALICE")
    await town.slack.click_modal("U0ALICE", "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.close_modal("U0ALICE")
    await town.slack.close_modal("U0ALICE")
    town.clock.forward(minutes=5)
    await review(town, "U0ALICE", 2)
    await town.slack.click_modal("U0ALICE", "approve")
    assert not (await decision(town, proposal)).rushed
    other, _ = await posted(town, payload={"to": "noor@example.com"})
    town.clock.forward(minutes=20)
    await review(town, "U0BOB")
    await town.slack.click_modal("U0BOB", "approve")
    assert (await decision(town, other)).rushed


async def review(town, user, times=1):
    """Opens the only thing that waits, from the list."""
    await town.slack.command(user, SUPPORT, "/approvals")
    await town.slack.until(lambda: len(town.slack.ephemerals(user)) >= times)
    await town.slack.click_ephemeral(user, -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal(user) or {}, "approve"))


async def test_pages_of_details_take_as_long_as_all_their_words(town):
    body = "\n".join(f"line {number} of a long letter" for number in range(4000))
    for wait, rushed in ((60, True), (3000, False)):
        proposal, card = await posted(town, payload={"to": f"{wait}@example.com", "body": body})
        await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
        view = await town.modal_saying("U0ALICE", "Page 1 of")
        pages = int(visible_text(view).rpartition("Page 1 of ")[2].split()[0])
        for page in range(2, pages + 1):
            await town.slack.click_modal("U0ALICE", "details_next")
            await town.modal_saying("U0ALICE", f"Page {page} of {pages}")
        town.clock.forward(wait)
        await town.slack.click_modal("U0ALICE", "details_approve")
        assert (await decision(town, proposal)).rushed is rushed
        await town.modal_saying("U0ALICE", "It is approved now")
        await town.slack.close_modal("U0ALICE")


async def test_an_edit_by_another_begins_the_reading_anew(town):
    proposal, card = await posted(town, "refund.create", {"amount": 1500, "note": "both"}, channel=FINANCE)
    support = await town.card(SUPPORT, proposal)
    town.clock.forward(minutes=10)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "1400"})
    await town.modal_saying("U0CAROL", "1400")
    await town.slack.submit("U0CAROL")
    assert not (await decision(town, proposal)).rushed, "ten minutes are enough for whoever changed it"
    fresh = await town.card_saying(SUPPORT, support["ts"], "1400")
    await town.bot.courier.drain()
    await town.click("U0ALICE", SUPPORT, fresh, "approve")
    assert (await decision(town, proposal)).rushed


async def test_what_we_only_found_standing_is_not_called_rushed(town):
    town.slack.faults.add("chat.postMessage", "drop_after")
    proposal, card = await posted(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    made = await decision(town, proposal)
    assert (made.rushed, made.first_seen_at) == (False, None)


async def test_what_is_ticked_in_a_list_is_rushed_by_the_words_of_the_list(batched):
    first, second, third = await mails(batched, "mira", "noor", "omar")
    await batched.card(SUPPORT, first)
    await batched.slack.until(lambda: of(3) in visible_text(batched.slack.messages(SUPPORT)[0]))
    batched.clock.forward(minutes=1)
    card = batched.slack.messages(SUPPORT)[0]
    for ticked, wait, rushed in ((second, 0, True), (third, 60, False)):
        await batched.click("U0ALICE", SUPPORT, card, "batch_review")
        view = await batched.modal_saying("U0ALICE", "Approve ticked")
        blocks = {block["block_id"] for block in view["blocks"] if block["block_id"].startswith("tick.")}
        chosen = {block: [ticked["id"]] if ticked["id"] in block else [] for block in blocks}
        await batched.slack.fill("U0ALICE", chosen)
        batched.clock.forward(wait)
        await batched.slack.submit("U0ALICE")
        await batched.modal_saying("U0ALICE", "Approved: 1 of 1")
        assert (await decision(batched, ticked)).rushed is rushed
        await batched.slack.close_modal("U0ALICE")
