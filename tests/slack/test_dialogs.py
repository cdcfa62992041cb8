"""Forms for a reason, reviews, sentences, and what came too late."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.states import after_all
from bot.slack.blockkit.modals import MODAL_BYTES, home_sentence, paged, sentence_modal, view_weight
from bot.slack.cards.buttons import unbound
from bot.slack.cards.card import card
from bot.slack.forms import dialogs
from bot.slack.forms.dialogs import (
    REASON_BLOCK,
    hand_over_form,
    lost_nothing,
    lost_pages,
    object_form,
    reason_of,
    reject_form,
    review_modal,
    revoke_form,
    role_of,
)
from sandbox.blockkit.inputs import initial
from tests.making import START, make_gate, make_proposal, make_reviewer
from tests.slack.modals import TEXTS, VALUES, button_values, confirmed, foreseen
from tests.slack.view_limits import inputs, judged, seen

# Reasons


@pytest.mark.parametrize(("make", "verb"), [(reject_form, "Reject"), (revoke_form, "Revoke")])
def test_a_no_wants_a_reason(make, verb):
    view = judged(make(make_proposal(), "frm_3", {}))
    block = inputs(view)["Reason"]
    assert block["optional"] is False
    assert block["block_id"] == REASON_BLOCK
    assert (block["element"]["multiline"], block["element"]["max_length"]) == (True, 3000)
    assert (view["callback_id"], view["private_metadata"], view["submit"]["text"]) == (verb.lower(), "frm_3", verb)
    assert "refund.create" in seen(view)


def test_a_reason_is_read_back():
    view = reject_form(make_proposal(), "frm_3", {})
    state = initial(view["blocks"])
    assert reason_of(state) == ""
    state[REASON_BLOCK][inputs(view)["Reason"]["element"]["action_id"]]["value"] = "too much"
    assert reason_of(state) == "too much"
    assert reason_of({}) == ""


def test_a_reason_typed_before_is_filled_in_again():
    before = inputs(judged(reject_form(make_proposal(), "frm_3", {"reason": "too much"})))["Reason"]
    assert before["element"]["initial_value"] == "too much"
    for lost in ("", "&" * 3000, None):
        assert (
            "initial_value"
            not in inputs(judged(reject_form(make_proposal(), "f", {"reason": lost})))["Reason"]["element"]
        )


def test_an_agents_summary_cannot_speak_for_us():
    view = judged(reject_form(make_proposal(summary="\u202e<!channel> *Approved*"), "frm_3", {}))
    quoted = [
        block
        for block in view["blocks"]
        if block["type"] == "rich_text" and block["elements"][0]["type"] == "rich_text_quote"
    ]
    assert "⟨U+202E⟩<!channel> *Approved*" in json.dumps(quoted, ensure_ascii=False)
    assert "<!channel>" not in json.dumps([block for block in view["blocks"] if block not in quoted])


# The card, and sentences


def test_an_objection_wants_a_reason_and_shows_how_the_agent_would_undo_it():
    view = judged(object_form(make_proposal(rollback_plan="Delete <!it>"), "frm_1", {"reason": "Wrong"}))
    assert (view["callback_id"], view["submit"]["text"]) == ("object", "Object")
    assert inputs(view)["Reason"]["element"]["initial_value"] == "Wrong"
    assert "Delete <!it>" in seen(view)
    assert "How the agent says" not in seen(judged(object_form(make_proposal(), "frm_1", {})))


@pytest.mark.parametrize("rollback_plan", ["x" * 2000, "\u202e" * 2000, "&" * 2000])
def test_the_form_of_an_objection_keeps_the_limits_whatever_the_agent_says(rollback_plan):
    judged(
        object_form(
            make_proposal(rollback_plan=rollback_plan, summary="\u202e" * 150), "frm_1", {"reason": "🎉" * 1500}
        )
    )


@pytest.mark.parametrize("count", [1, 100, 101, 350])
def test_handing_over_offers_every_role_however_many_there_are(count):
    roles = [f"role-{number:03}" for number in range(count)]
    view = judged(hand_over_form(make_proposal(), "frm_1", roles))
    element = inputs(view)["Role"]["element"]
    parts = [element] if count <= 100 else element["option_groups"]
    assert [option["value"] for part in parts for option in part["options"]] == roles
    assert (view["callback_id"], view["private_metadata"]) == ("hand_over", "frm_1")


def test_the_role_that_was_chosen_is_read_and_none_is_none():
    chosen = {"role": {"input_role": {"type": "static_select", "selected_option": {"value": "lead"}}}}
    assert role_of(chosen) == "lead"
    assert role_of({"role": {"input_role": {"selected_option": None}}}) == role_of({}) == ""


def test_the_difference_says_that_somebody_else_is_still_needed():
    proposal = make_proposal(gate=make_gate(second_person=True))
    view = confirmed(proposal, foreseen(proposal, {"amount": 1, "order": "1001", "note": "late parcel"}))
    assert "Then it waits for somebody else who did not change it." in seen(view)
    two = make_proposal(gate=make_gate(second_person=True, roles=("finance", "support")))
    view = confirmed(two, foreseen(two, {"amount": 1, "order": "1001", "note": "late parcel"}))
    assert "Then it waits for 1 of finance, with somebody else who did not change it." in seen(view)
    free = make_proposal()
    view = confirmed(free, foreseen(free, {"amount": 1}, gate=make_gate(second_person=True)))
    assert "After this edit it needs 1 of support, at least one by somebody who did not change it." in seen(view)


def test_a_review_is_the_card_with_buttons_bound_to_the_form():
    proposal = make_proposal()
    view = judged(review_modal(proposal, "frm_4", card(proposal)))
    shown = [unbound(block) for block in card(proposal).blocks if block["type"] != "actions"]
    assert shown[1] != card(proposal).blocks[1], "the card's own menu is bound to the card"
    assert view["blocks"][:-1] == shown
    assert button_values(view) == {
        "approve": "frm_4",
        "edit": "frm_4",
        "reject": "frm_4",
        "ask": "frm_4",
        "more": ["details:frm_4", "hand_over:frm_4"],
    }
    assert proposal.nonce not in json.dumps(view)


def test_a_review_of_what_the_card_cannot_show_has_no_approve():
    proposal = make_proposal(payload={"body": "x" * 20_000})
    assert "approve" not in button_values(judged(review_modal(proposal, "frm_4", card(proposal))))


def test_a_review_of_what_is_decided_offers_no_decision():
    proposal = make_proposal()
    rejected = after_all(proposal, moves.reject(proposal, make_reviewer(), "no", proposal.nonce, START))
    view = judged(review_modal(rejected, "frm_4", card(rejected)))
    assert not {"approve", "edit", "reject"} & button_values(view).keys()
    assert rejected.nonce not in json.dumps(view)


def test_a_sentence_is_a_modal_and_a_home_of_one_sentence():
    assert judged(sentence_modal("Too *late*."))["blocks"][0]["text"]["text"] == "Too *late*."
    assert judged(home_sentence("Try again."))["type"] == "home"


# What came too late


def test_what_was_typed_is_shown_whole_when_it_came_too_late():
    long = "é" * 3000
    view = judged(
        lost_nothing(make_proposal(), {"note": "typed\u202e", "body": long, "to": ""}, "Somebody *else* was first.")
    )
    words = seen(view)
    assert words.splitlines()[0] == "Somebody *else* was first."
    assert "typed⟨U+202E⟩" in words
    assert words.count("é") == 3000
    assert "to\nempty text" in words
    assert "submit" not in view


def test_of_a_payload_only_what_nobody_else_has_is_shown():
    proposal = make_proposal(payload={"amount": 250, "note": "late"})
    words = seen(judged(lost_nothing(proposal, {"amount": 99.5, "note": "late", "tags": ["a"]}, "Too late.")))
    assert "amount\n99.5" in words
    assert '"a"' in words
    assert "late\n" not in words.split("Too late.")[1]


def test_with_nothing_typed_only_the_sentence_is_said():
    assert seen(judged(lost_nothing(make_proposal(), {}, "Too late."))) == "Too late."


def test_what_was_typed_is_paged_where_one_view_cannot_hold_it():
    proposal = make_proposal()
    typed = {f"f{number}": f"{number}" + "é" * 2900 for number in range(60)}
    pages = lost_pages(proposal, typed)
    views = [judged(lost_nothing(proposal, typed, "Too late.", "frm_5", page)) for page in range(pages)]
    assert pages > 1
    assert "\n".join(seen(view) for view in views).count("é") == 60 * 2900
    assert all(value.partition(":")[0] == "frm_5" for view in views for value in button_values(view).values())
    assert lost_nothing(proposal, typed, "Too late.", "frm_5", 99) == views[-1]


@given(typed=st.dictionaries(TEXTS, VALUES, max_size=5))
@settings(deadline=None)
def test_what_came_too_late_keeps_slacks_limits(typed):
    proposal = make_proposal()
    for page in range(lost_pages(proposal, typed)):
        judged(lost_nothing(proposal, typed, "Too late.", "frm_5", page))


@given(sizes=st.lists(st.integers(1, 120_000), max_size=12))
def test_pages_hold_every_block_once_and_in_order(sizes):
    blocks = [{"type": "divider", "padding": "x" * size} for size in sizes]
    pages = paged(blocks)
    assert [block for page in pages for block in page] == blocks
    assert all(view_weight(page) < MODAL_BYTES for page in pages)


def test_what_the_listeners_use_is_offered():
    assert all(callable(getattr(dialogs, name)) for name in dialogs.__all__ if not name.endswith("_BLOCK"))
