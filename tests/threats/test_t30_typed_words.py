"""T30: what has to be typed is typed on every way to an approval, whatever click is forged. The plain way:
tests/journeys/test_confirmation.
"""

from copy import deepcopy

import pytest

from tests.threats.ground import button, ground, nonce_of
from tests.town import POLICY, SUPPORT, has_button, visible_text

TYPED = (
    POLICY.replace('"db.*"]', '"db.*", "wipe.*", "mail.*"]')
    + """\
  - {id: wiping, action: "wipe.*", tier: approve, role: support, confirmation: {type: host}}
  - {id: mails, action: "mail.*", tier: approve, role: support, batch: {window: 5m, max: 4}}
"""
)
HOST = {"host": "db1", "why": "old"}
SOFTER = TYPED.replace("confirmation: {type: host}", "remember_approval: {for: 1h, max: 3}")


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=TYPED) as town, town.serving():
        yield town


async def wiped(town, payload=None):
    return await town.proposed("wipe.disk", HOST if payload is None else payload)


def pressed(payload, action_id, label, **more):
    """The click with another button in place of the one that was pressed."""
    forged = deepcopy(payload)
    forged["actions"][0] |= {"action_id": action_id, "text": {"type": "plain_text", "text": label}, **more}
    return forged


async def stands(town, proposal):
    """Nothing was decided."""
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["decisions"]) == ("pending", [])


async def test_t30_a_click_on_approve_alone_decides_nothing_however_often(town):
    proposal, card = await wiped(town)
    await town.click("U0ALICE", SUPPORT, card, "approve", deliveries=2)
    await town.modal_saying("U0ALICE", "Type the value of host")
    await town.slack.deliver(town.slack.last_payload, "interactive")
    await stands(town, proposal)


async def test_t30_the_button_for_the_next_like_it_does_not_get_around_it(town):
    proposal, card = await wiped(town)
    held = await town.made("U0ALICE", SUPPORT, card, "approve")
    await town.slack.deliver(pressed(held, "approve_next", "Approve and the next like it"), "interactive")
    assert "you type what it asks for" in await town.told("U0ALICE")
    await stands(town, proposal)
    assert await town.slugs(proposal) == ["not-typed"]


async def test_t30_the_approve_of_details_and_of_a_review_open_the_form_as_well(town):
    proposal, card = await wiped(town)
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    await town.modal_saying("U0ALICE", "Page 1 of 1")
    payload = town.slack.last_payload
    await town.slack.command("U0BOB", SUPPORT, "/approvals")
    await town.slack.click_ephemeral("U0BOB", -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal("U0BOB") or {}, "approve"))
    await town.slack.click_modal("U0BOB", "approve")
    await town.modal_saying("U0BOB", "Type the value of host")
    assert payload["actions"][0]["action_id"] == "more"
    await stands(town, proposal)


async def test_t30_the_forms_submission_without_its_input_or_with_anothers_word_decides_nothing(town):
    proposal, card = await wiped(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.modal_saying("U0ALICE", "Type the value of host")
    await town.slack.submit("U0ALICE", {"Type the value of host": "db2"})
    assert town.slack.modal("U0ALICE")["errors"] == {"word.0": "Type exactly db1"}
    forged = town.slack.last_payload
    for values in (
        {},
        {"word.0": {}},
        {"word.0": {"input_word": {"value": None}}},
        {"word.1": {"input_word": {"value": "db1"}}},
    ):
        forged["view"]["state"]["values"] = values
        assert (await town.slack.deliver(forged, "interactive")).acknowledged
    await stands(town, proposal)


async def test_t30_the_form_of_one_person_is_of_no_use_to_another(town):
    proposal, card = await wiped(town)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.modal_saying("U0ALICE", "Type the value of host")
    await town.slack.submit("U0ALICE", {"Type the value of host": "db2"})
    forged = town.slack.last_payload
    forged["user"]["id"] = "U0BOB"
    forged["view"]["state"]["values"]["word.0"]["input_word"]["value"] = "db1"
    await town.slack.deliver(forged, "interactive")
    await stands(town, proposal)
    assert "not-a-card" in await town.slugs(proposal)


async def test_t30_another_form_of_ours_submitted_as_this_one_decides_nothing(town):
    proposal, card = await wiped(town)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    held = await held_submission(town, "U0ALICE", {"Reason": "No"})
    held["view"]["callback_id"] = "type"
    held["view"]["state"]["values"] = {"word.0": {"input_word": {"value": "db1"}}}
    await town.slack.deliver(held, "interactive")
    await stands(town, proposal)


async def held_submission(town, user, values):
    """The payload of a submission that did not arrive."""
    address, town.slack.deliverer.address = town.slack.deliverer.address, "http://127.0.0.1:9/nobody"
    try:
        await town.slack.submit(user, values)
    finally:
        town.slack.deliverer.address = address
    return town.slack.last_payload


async def test_t30_an_edit_is_not_approved_without_the_word_whatever_the_form_holds(town):
    proposal, card = await wiped(town)
    for changes in ({"why": "new"}, {}):
        await town.click("U0ALICE", SUPPORT, card, "edit")
        await town.modal_saying("U0ALICE", "why")
        await town.slack.submit("U0ALICE", changes)
        await town.modal_saying("U0ALICE", "Type the value of host")
        held = await held_submission(town, "U0ALICE", {"Type the value of host": "db1"})
        for values in ({}, {"word.0": {"input_word": {"value": "db"}}}):
            held["view"]["state"]["values"] = values
            assert (await town.slack.deliver(held, "interactive")).acknowledged
        assert (await town.get(proposal["id"]))["revision"] == 1
        await stands(town, proposal)
        await town.slack.close_modal("U0ALICE")
        await town.slack.close_modal("U0ALICE")


async def test_t30_a_page_of_details_before_the_last_opens_no_form(town):
    body = "\n".join(f"line {number} of a long letter" for number in range(4000))
    proposal, card = await wiped(town, {"host": "db1", "body": body})
    assert not has_button(card, "approve")
    await town.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    await town.modal_saying("U0ALICE", "Page 1 of")
    await town.slack.click_modal("U0ALICE", "details_next")
    await town.modal_saying("U0ALICE", "Page 2 of")
    await town.slack.deliver(pressed(town.slack.last_payload, "details_approve", "Approve"), "interactive")
    view = await town.modal_saying("U0ALICE", "Nothing can be decided from here")
    assert "Type the value" not in visible_text(view)
    held = await town.made("U0BOB", SUPPORT, card, "reject")
    value = button(card, "reject")["value"]
    await town.slack.deliver(pressed(held, "approve", "Approve", value=value), "interactive")
    assert "Nothing can be decided from here" in await town.told("U0BOB")
    await stands(town, proposal)


async def test_t30_a_policy_that_asks_for_the_word_later_asks_those_who_looked_before(tmp_path):
    async with ground(tmp_path, policy=SOFTER) as town:
        async with town.serving():
            proposal, card = await wiped(town)
            plain = await town.made("U0ALICE", SUPPORT, card, "approve")
            following = await town.made("U0ALICE", SUPPORT, card, "approve_next")
        town.policy = TYPED
        async with town.serving():
            assert nonce_of(await town.card(SUPPORT, proposal)) == nonce_of(card), "nobody else is asked"
            await town.slack.deliver(following, "interactive")
            assert "you type what it asks for" in await town.told("U0ALICE")
            await town.slack.deliver(plain, "interactive")
            await stands(town, proposal)


async def test_t30_what_joined_a_list_before_the_policy_asked_for_a_word_is_left_out_of_it(tmp_path):
    async with ground(tmp_path, policy=TYPED) as town:
        async with town.serving():
            first = await town.propose("mail.out", {"to": "mira@example.com"})
            await town.card(SUPPORT, first)
            second = await town.propose("mail.out", {"to": "noor@example.com"})
            await town.slack.until(lambda: "2 \u00d7 mail.out" in visible_text(town.slack.messages(SUPPORT)[0]))
            await town.click("U0ALICE", SUPPORT, town.slack.messages(SUPPORT)[0], "batch_review")
            await town.modal_saying("U0ALICE", "Approve ticked")
        town.policy = TYPED.replace("batch: {window: 5m, max: 4}", "confirmation: type")
        async with town.serving():
            await town.slack.submit("U0ALICE")
            await town.modal_saying("U0ALICE", "Approved: 0 of 2")
            for each in (first, second):
                await stands(town, each)
                assert await town.slugs(each) == ["not-typed"]
