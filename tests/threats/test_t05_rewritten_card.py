"""T5: somebody has the bot's token. A decision counts only from a recorded card or a modal opened for that person."""

import copy
import json

import pytest

from bot.slack.listeners.submissions import SUBMISSIONS
from bot.slack.lists.pages import NEXT
from tests.threats.ground import button, ground, nonce_of
from tests.town import FINANCE, OPS, SUPPORT, has_button, visible_text


async def refused(town, user, proposal, slug, count=1):
    """The person was told, the log holds it, and nothing was decided."""
    assert await town.told(user, count)
    assert (await town.slugs(proposal))[-1] == slug
    assert await town.count(proposal, "proposal:decided") == 0


@pytest.mark.parametrize("channel", [OPS, FINANCE])
async def test_t05_a_copy_of_the_card_in_another_channel_decides_nothing(town, channel):
    proposal, card = await town.proposed()
    copied = await town.thief.chat_postMessage(channel=channel, blocks=card["blocks"], text="Approve this")
    for count, action in enumerate(("approve", "edit", "reject"), 1):
        await town.slack.click("U0ALICE", channel, copied["ts"], action)
        await refused(town, "U0ALICE", proposal, "not-a-card", count)
    assert town.slack.modals("U0ALICE") == []


async def test_t05_a_copy_in_the_right_channel_decides_nothing_and_is_closed(town):
    proposal, card = await town.proposed()
    copied = await town.thief.chat_postMessage(channel=SUPPORT, blocks=card["blocks"], text="Approve this")
    await town.slack.click("U0ALICE", SUPPORT, copied["ts"], "approve")
    await refused(town, "U0ALICE", proposal, "not-a-card")
    await town.card_saying(SUPPORT, copied["ts"], "This is not the card")
    assert not any(has_button(each, "approve") for each in town.slack.messages(SUPPORT) if each["ts"] == copied["ts"])
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert await town.status(proposal) == "approved"


async def test_t05_a_copy_kept_from_before_an_edit_is_closed_too(town):
    proposal, card = await town.proposed()
    copied = await town.thief.chat_postMessage(channel=SUPPORT, blocks=card["blocks"], text="Approve this")
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"subject": "Goodbye"})
    await town.modal_saying("U0ALICE", "Goodbye")
    await town.slack.submit("U0ALICE")
    await town.slack.click("U0BOB", SUPPORT, copied["ts"], "approve")
    assert await town.told("U0BOB")
    await town.card_saying(SUPPORT, copied["ts"], "This is not the card")
    assert (await town.get(proposal["id"]))["revision"] == 2


async def test_t05_a_person_s_own_message_with_our_buttons_decides_nothing(town):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    ts = town.slack.say("U0BOB", SUPPORT, "approve?")
    payload["message"] |= {"ts": ts, "user": "U0BOB", "bot_id": None, "app_id": "A0OTHER"}
    payload["container"] |= {"message_ts": ts}
    await town.slack.deliver(payload, "interactive")
    await refused(town, "U0ALICE", proposal, "not-a-card")


async def test_t05_a_person_s_own_message_never_becomes_the_card_though_none_is_recorded(town):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    await town.tampered(("DELETE FROM messages",))
    ts = town.slack.say("U0BOB", SUPPORT, "approve?")
    payload["message"] |= {"ts": ts, "user": "U0BOB", "bot_id": None, "app_id": "A0OTHER"}
    payload["container"] |= {"message_ts": ts}
    await town.slack.deliver(payload, "interactive")
    await refused(town, "U0ALICE", proposal, "not-a-card")
    assert town.rows("SELECT ts FROM messages") == []


async def test_t05_an_unrecorded_message_with_another_secret_does_not_become_the_card(town):
    proposal, card = await town.proposed()
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    await town.tampered(("DELETE FROM messages",))
    payload["actions"][0]["value"] = f"{proposal['id']}.another-secret-than-it"
    await town.slack.deliver(payload, "interactive")
    await refused(town, "U0ALICE", proposal, "not-a-card")
    assert town.rows("SELECT ts FROM messages") == []


async def test_t05_a_card_that_carries_another_proposal_s_button_decides_neither(town):
    mail, card = await town.proposed(payload={"to": "a@example.com"})
    other, others = await town.proposed(payload={"to": "b@example.com"})
    blocks = copy.deepcopy(card["blocks"])
    button({"blocks": blocks}, "approve")["value"] = button(others, "approve")["value"]
    await town.thief.chat_update(channel=SUPPORT, ts=card["ts"], blocks=blocks, text="rewritten")
    await town.slack.click("U0ALICE", SUPPORT, card["ts"], "approve")
    await refused(town, "U0ALICE", other, "not-a-card")
    assert await town.status(mail) == await town.status(other) == "pending"


async def test_t05_one_proposal_s_id_with_the_secret_of_another_decides_neither(town):
    mail, card = await town.proposed(payload={"to": "a@example.com"})
    other, others = await town.proposed(payload={"to": "b@example.com"})
    payload = await town.made("U0ALICE", SUPPORT, card, "approve")
    payload["actions"][0]["value"] = f"{mail['id']}.{nonce_of(others)}"
    await town.slack.deliver(payload, "interactive")
    await refused(town, "U0ALICE", mail, "changed")
    assert await town.status(other) == "pending"


REWRITTEN = {
    "words": lambda blocks: json.loads(json.dumps(blocks).replace("mira@example.com", "alice@example.com")),
    "a line more": lambda blocks: [*blocks, {"type": "section", "text": {"type": "mrkdwn", "text": "Checked by IT."}}],
    "a picture": lambda blocks: [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "ok"}, *blocks],
    "a block of another kind": lambda blocks: [{"type": "markdown", "text": "**Safe, checked by IT**"}, *blocks],
    "a line less": lambda blocks: [each for each in blocks if "mira@example.com" not in json.dumps(each)],
}


@pytest.mark.parametrize("rewrite", REWRITTEN.values(), ids=REWRITTEN.keys())
@pytest.mark.parametrize("mismatch", ["record", "refuse"])
async def test_t05_a_rewritten_card_is_recorded_rendered_anew_and_refused_where_so_set(tmp_path, rewrite, mismatch):
    async with ground(tmp_path, mismatch=mismatch) as town, town.serving():
        proposal, card = await town.proposed()
        payload = await town.made("U0ALICE", SUPPORT, card, "approve")
        updates = len([each for each in town.slack.calls if each.method == "chat.update"])
        payload["message"]["blocks"] = rewrite(card["blocks"])
        await town.slack.deliver(payload, "interactive")
        assert await town.status(proposal) == ("approved" if mismatch == "record" else "pending")
        (noted,) = [each for each in await town.entries(proposal["id"]) if each.tag == "card:mismatched"]
        assert noted.actor_id == "U0ALICE"
        if mismatch == "refuse":
            assert "not the ones we wrote" in await town.told("U0ALICE")
            assert await town.slugs(proposal) == ["card-altered"]
        await town.slack.until(lambda: len([e for e in town.slack.calls if e.method == "chat.update"]) > updates)


async def test_t05_a_card_as_slack_gives_it_back_is_no_mismatch_before_or_after_somebody_agreed(town):
    proposal, card = await town.proposed(
        "refund.create", {"amount": 1500, "note": "⚠️ <b> & *now* `x` :tada: https://a.b"}
    )
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.card_saying(SUPPORT, card["ts"], "approvals* · ")
    await town.click("U0BOB", SUPPORT, card, "approve", seen=card)
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert "card:mismatched" not in await town.tags(proposal["id"])


@pytest.mark.parametrize("mismatch", ["record", "refuse"])
async def test_t05_a_button_that_says_reject_and_means_approve_never_approves(tmp_path, mismatch):
    async with ground(tmp_path, mismatch=mismatch) as town, town.serving():
        proposal, card = await town.proposed()
        blocks = copy.deepcopy(card["blocks"])
        yes, no = button({"blocks": blocks}, "approve"), button({"blocks": blocks}, "reject")
        yes["action_id"], no["action_id"] = "reject", "approve"
        await town.thief.chat_update(channel=SUPPORT, ts=card["ts"], blocks=blocks, text="swapped")
        await town.slack.click("U0ALICE", SUPPORT, card["ts"], "approve")
        await refused(town, "U0ALICE", proposal, "card-altered")
        assert "card:mismatched" in await town.tags(proposal["id"])


async def test_t05_the_words_from_before_an_edit_over_the_buttons_from_after_it_are_a_mismatch(tmp_path):
    async with ground(tmp_path, mismatch="refuse") as town, town.serving():
        proposal, card = await town.proposed("refund.create", {"amount": 1500, "note": "n"})
        await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "edit")
        await town.modal_saying("U0CAROL", "amount")
        await town.slack.submit("U0CAROL", {"amount": "8000"})
        await town.modal_saying("U0CAROL", "8000")
        await town.slack.submit("U0CAROL")
        fresh = await town.card_saying(SUPPORT, card["ts"], "8000")
        payload = await town.made("U0ALICE", SUPPORT, fresh, "approve")
        before = json.loads(json.dumps(card["blocks"]).replace(nonce_of(card), nonce_of(fresh)))
        payload["message"]["blocks"] = before
        await town.slack.deliver(payload, "interactive")
        assert await town.told("U0ALICE")
        assert (await town.slugs(proposal))[-1] == "card-altered"
        assert await town.status(proposal) == "pending"


async def test_t05_an_approve_button_put_on_a_card_that_is_not_whole_does_nothing(town):
    proposal, card = await town.proposed(payload={"body": "x" * 20_000})
    assert not has_button(card, "approve")
    blocks = copy.deepcopy(card["blocks"])
    row = next(each for each in blocks if each["type"] == "actions")
    row["elements"].insert(
        0, {**button(card, "reject"), "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
    )
    await town.thief.chat_update(channel=SUPPORT, ts=card["ts"], blocks=blocks, text="now with a button")
    await town.slack.click("U0ALICE", SUPPORT, card["ts"], "approve")
    await refused(town, "U0ALICE", proposal, "not-a-card")


async def test_t05_a_message_deleted_and_posted_again_by_somebody_else_decides_nothing(town):
    proposal, card = await town.proposed()
    await town.thief.chat_delete(channel=SUPPORT, ts=card["ts"])
    copied = await town.thief.chat_postMessage(channel=SUPPORT, blocks=card["blocks"], text="Approve this")
    await town.slack.click("U0ALICE", SUPPORT, copied["ts"], "approve")
    await refused(town, "U0ALICE", proposal, "not-a-card")


async def rejecting(town, user="U0ALICE"):
    proposal, card = await town.proposed()
    await town.click(user, SUPPORT, card, "reject")
    await town.modal_saying(user, "Reason")
    await town.asked(lambda: town.rows("SELECT 1 FROM forms WHERE view_id IS NOT NULL AND reviewer = ?", user))
    return proposal, card


async def submission(town, user="U0ALICE", **values) -> dict:
    """The payload of a submission that did not arrive."""
    address, town.slack.deliverer.address = town.slack.deliverer.address, "http://127.0.0.1:9/nobody"
    await town.slack.submit(user, values)
    town.slack.deliverer.address = address
    return town.slack.last_payload


async def test_t05_a_form_opened_for_one_person_cannot_be_submitted_by_another(town):
    proposal, _ = await rejecting(town)
    payload = await submission(town, Reason="Because.")
    payload["user"] |= {"id": "U0BOB", "username": "bob", "name": "bob"}
    answer = await town.slack.deliver(payload, "interactive")
    assert "not opened for you" in str(answer.body)
    assert await town.status(proposal) == "pending"
    assert await town.slugs(proposal) == ["not-a-card"]


async def test_t05_a_review_opened_for_one_person_cannot_be_approved_by_another(town):
    proposal, _ = await town.proposed()
    await town.slack.command("U0ALICE", SUPPORT, "/approvals")
    await town.slack.click_ephemeral("U0ALICE", -1, "open_review")
    await town.slack.until(lambda: has_button(town.slack.modal("U0ALICE") or {}, "approve"))
    address, town.slack.deliverer.address = town.slack.deliverer.address, "http://127.0.0.1:9/nobody"
    await town.slack.click_modal("U0ALICE", "approve")
    town.slack.deliverer.address = address
    payload = town.slack.last_payload
    payload["user"] |= {"id": "U0BOB"}
    await town.slack.deliver(payload, "interactive")
    assert await town.slugs(proposal) == ["not-a-card"]
    payload["user"] |= {"id": "U0ALICE"}
    await town.slack.deliver(payload, "interactive")
    assert await town.status(proposal) == "approved"


async def test_t05_a_form_of_another_kind_another_view_or_none_at_all_is_refused(town):
    proposal, card = await rejecting(town)
    payload = await submission(town, Reason="Because.")
    mine = payload["view"]["private_metadata"]
    await town.slack.close_modal("U0ALICE")
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    another_kind = town.slack.modal("U0ALICE")["private_metadata"]
    other, _ = await rejecting(town, "U0ALICE")
    other_proposal = town.slack.modal("U0ALICE")["private_metadata"]
    await town.asked(lambda: town.rows("SELECT count(*) FROM forms WHERE view_id IS NOT NULL") == [(3,)])
    assert len({mine, another_kind, other_proposal}) == 3
    for form in (another_kind, other_proposal, "", "frm_unknown", mine + "x", proposal["id"], "' OR 1=1 --"):
        payload["view"]["private_metadata"] = form
        answer = await town.slack.deliver(payload, "interactive")
        assert answer.acknowledged
        assert await town.status(proposal) == await town.status(other) == "pending", form
    payload["view"]["private_metadata"] = mine
    await town.slack.deliver(payload, "interactive")
    assert await town.status(proposal) == "rejected"


async def test_t05_a_form_that_we_opened_for_one_verb_is_sent_for_no_other(town):
    proposal, _ = await rejecting(town)
    payload = await submission(town, Reason="Because.")
    for verb in sorted(SUBMISSIONS.keys() - {"reject", NEXT}):
        payload["view"]["callback_id"] = verb
        await town.slack.deliver(payload, "interactive")
        assert set(await town.slugs(proposal)) == {"not-a-card"}, verb
    payload["view"]["callback_id"] = "reject"
    await town.slack.deliver(payload, "interactive")
    assert await town.status(proposal) == "rejected"


async def test_t05_an_approve_button_put_into_a_form_of_another_kind_does_nothing(town):
    proposal, _ = await rejecting(town)
    payload = await submission(town, Reason="Because.")
    action = {"type": "button", "action_id": "approve", "block_id": "b", "value": payload["view"]["private_metadata"]}
    action["text"] = {"type": "plain_text", "text": "Approve"}
    click = {**payload, "type": "block_actions", "actions": [action], "container": {"type": "view"}}
    await town.slack.deliver(click, "interactive")
    await town.modal_saying("U0ALICE", "Nothing can be decided from here")
    assert await town.slugs(proposal) == ["not-a-card"]
    assert await town.status(proposal) == "pending"


async def test_t05_what_is_closed_says_so_and_has_no_words_of_the_agent(town):
    proposal, card = await town.proposed(summary="PERSUASION")
    copied = await town.thief.chat_postMessage(channel=SUPPORT, blocks=card["blocks"], text="Approve this")
    await town.slack.click("U0ALICE", SUPPORT, copied["ts"], "approve")
    closed = await town.card_saying(SUPPORT, copied["ts"], "This is not the card")
    assert "PERSUASION" not in visible_text(closed)
    assert await town.status(proposal) == "pending"
