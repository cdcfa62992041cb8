"""T14: nothing is cut silently, and nobody approves what they were not shown. The plain way: tests/journeys/test_details."""

import json
import re

import pytest

from tests.threats.ground import button, nonce_of
from tests.town import SUPPORT, has_button, visible_text

LONG = {"to": "list@example.com", "body": "\n".join(f"line {n} of a long letter" for n in range(4000)), "end": "LAST"}


async def opened(town, payload=LONG, **more):
    """Details of a proposal that fills several pages."""
    proposal, card = await town.proposed(payload=payload, **more)
    assert not has_button(card, "approve")
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    view = await town.modal_saying("U0ALICE", "Page 1 of")
    pages = int(visible_text(view).rpartition("Page 1 of ")[2].split()[0])
    assert pages > 2
    return proposal, pages


def turned(town):
    """How often a page was shown."""
    return len([call for call in town.slack.calls if call.method == "views.update"])


async def test_t14_pressing_next_again_before_the_page_turns_skips_no_page(town):
    proposal, pages = await opened(town)
    for page in range(2, pages + 1):
        before = turned(town)
        await town.slack.click_modal("U0ALICE", "details_next", deliveries=2)
        await town.slack.deliver(town.slack.last_payload, "interactive")
        await town.slack.until(lambda: turned(town) == before + 3)  # noqa: B023
        assert f"Page {page} of {pages}" in visible_text(town.slack.modal("U0ALICE"))
        assert has_button(town.slack.modal("U0ALICE"), "details_approve") is (page == pages)
    await town.slack.click_modal("U0ALICE", "details_approve")
    assert await town.status(proposal) == "approved"


async def test_t14_a_page_that_slack_did_not_show_does_not_count_as_read(town):
    proposal, pages = await opened(town)
    for page in range(2, pages + 1):
        if page == 3:
            town.slack.faults.add("views.update", "ok_false", error="internal_error")
            failed = len(town.slack.calls)
            await town.slack.click_modal("U0ALICE", "details_next")
            await town.slack.until(lambda: len(town.slack.calls) > failed)  # noqa: B023
        await town.slack.click_modal("U0ALICE", "details_next")
        await town.modal_saying("U0ALICE", f"Page {page} of {pages}")
    await town.slack.click_modal("U0ALICE", "details_approve")
    assert await town.status(proposal) == "approved"


async def test_t14_approving_from_an_earlier_page_does_nothing(town):
    proposal, _ = await opened(town)
    await town.slack.click_modal("U0ALICE", "details_next")
    await town.modal_saying("U0ALICE", "Page 2 of")
    payload = town.slack.last_payload
    payload["actions"][0] |= {"action_id": "details_approve", "text": {"type": "plain_text", "text": "Approve"}}
    await town.slack.deliver(payload, "interactive")
    await town.modal_saying("U0ALICE", "Nothing can be decided from here")
    assert await town.slugs(proposal) == ["not-a-card"]


async def test_t14_an_edit_made_while_the_last_page_is_open_voids_its_approve(town):
    proposal, pages = await opened(town)
    for page in range(2, pages + 1):
        await town.slack.click_modal("U0ALICE", "details_next")
        await town.modal_saying("U0ALICE", f"Page {page} of {pages}")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0BOB", SUPPORT, card, "edit")
    await town.modal_saying("U0BOB", "end")
    await town.slack.submit("U0BOB", {"end": "Something else"})
    held = town.slack.modal("U0BOB")
    assert "Something else" in json.dumps(held)
    while has_button(town.slack.modal("U0BOB"), "confirm_next"):
        before = town.slack.modal("U0BOB")["hash"]
        await town.slack.click_modal("U0BOB", "confirm_next")
        await town.slack.until(lambda: town.slack.modal("U0BOB")["hash"] != before)  # noqa: B023
    policy_of_two = await town.slack.submit("U0BOB")
    assert policy_of_two.acknowledged
    await town.slack.click_modal("U0ALICE", "details_approve")
    await town.modal_saying("U0ALICE", "Nothing was changed")
    answer = await town.get(proposal["id"])
    assert [each["reviewer"] for each in answer["decisions"]] == ["U0BOB"]


@pytest.mark.parametrize("more", [{"preview": {"kind": "text", "text": "p" * 15_000}}, {"payload": {"x": "&" * 4000}}])
async def test_t14_payload_and_preview_must_both_be_whole_for_approve_to_stand(town, more):
    _, card = await town.proposed(**more)
    assert not has_button(card, "approve")
    assert "Too long for a card" in visible_text(card)
    assert re.search("characters (are missing here|more in Details)", visible_text(card))


async def test_t14_the_review_has_no_approve_either_and_takes_none(town):
    proposal, _ = await town.proposed(payload=LONG)
    await town.slack.command("U0ALICE", SUPPORT, "/approvals")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal("U0ALICE") or {}, "more"))
    view = town.slack.modal("U0ALICE")
    assert not has_button(view, "approve")
    await town.slack.click_modal("U0ALICE", "reject")
    payload = town.slack.last_payload
    payload["actions"][0] |= {"action_id": "approve", "text": button(view, "reject")["text"] | {"text": "Approve"}}
    await town.slack.deliver(payload, "interactive")
    assert await town.slugs(proposal) == ["not-a-card"]
    assert await town.status(proposal) == "pending"


async def test_t14_what_is_shortened_on_a_card_says_by_how_much(town):
    _, card = await town.proposed(reasoning="because " * 900)
    assert has_button(card, "approve")
    assert "more in Details" in visible_text(card)


async def test_t14_a_click_on_approve_obeys_what_was_noted_of_the_card_when_it_was_sent(town):
    proposal, card = await town.proposed()
    await town.tampered(("UPDATE messages SET whole = ''",))
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert "this is a copy" in await town.told("U0ALICE")
    assert await town.slugs(proposal) == ["not-a-card"]
    assert await town.status(proposal) == "pending"


async def test_t14_what_a_hand_notes_of_a_card_that_leaves_something_out_makes_it_no_more_than_it_is(town):
    _, other = await town.proposed()
    proposal, card = await town.proposed(payload=LONG)
    payload = await town.made("U0ALICE", SUPPORT, other, "approve")
    payload["message"] = card
    payload["container"]["message_ts"] = card["ts"]
    payload["actions"][0]["value"] = f"{proposal['id']}.{nonce_of(card)}"
    for count, noted in enumerate(("(SELECT max(whole) FROM messages)", "'1'", "NULL"), 1):
        await town.tampered((f"UPDATE messages SET whole = {noted} WHERE ts = ?", card["ts"]))
        await town.slack.deliver(payload, "interactive")
        assert "this is a copy" in await town.told("U0ALICE", count)
        assert await town.slugs(proposal) == ["not-a-card"] * count
    assert await town.status(proposal) == "pending"


async def test_t14_a_card_that_is_brought_up_to_date_is_noted_anew(town):
    _, card = await town.proposed("refund.create", {"amount": 1500, "note": "n"})
    await town.tampered(("UPDATE messages SET whole = NULL",))
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.card_saying(SUPPORT, card["ts"], "approvals* · ")
    await town.asked(lambda: town.rows("SELECT 1 FROM messages WHERE version > 1 AND channel = ?", SUPPORT))
    assert town.rows("SELECT whole <> '', previous_whole FROM messages WHERE channel = ?", SUPPORT) == [(1, None)]


async def test_t14_who_went_back_from_the_last_page_approves_from_there_no_more(town):
    proposal, pages = await opened(town)
    for page in range(2, pages + 1):
        await town.slack.click_modal("U0ALICE", "details_next")
        await town.modal_saying("U0ALICE", f"Page {page} of {pages}")
    await town.slack.click_modal("U0ALICE", "details_back")
    await town.modal_saying("U0ALICE", f"Page {pages - 1} of {pages}")
    payload = town.slack.last_payload
    payload["actions"][0] |= {"action_id": "details_approve", "text": {"type": "plain_text", "text": "Approve"}}
    await town.slack.deliver(payload, "interactive")
    await town.modal_saying("U0ALICE", "Nothing can be decided from here")
    assert await town.slugs(proposal) == ["not-a-card"]
    assert await town.status(proposal) == "pending"
