import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.gate import Reason
from approvals.proposal import Action
from approvals.states import after_all
from bot.slack.blockkit.modals import MODAL_BYTES, home_sentence, paged, sentence_modal, view_weight
from bot.slack.cards.card import card
from bot.slack.forms import dialogs
from bot.slack.forms.dialogs import (
    REASON_BLOCK,
    confirm_form,
    confirm_pages,
    edit_form,
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
from bot.slack.forms.fields import MOST_INPUTS, fields
from sandbox.blockkit.inputs import initial
from tests.making import START, make_gate, make_proposal, make_reviewer
from tests.slack.view_limits import inputs, judged, seen

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "<!channel>",
        ":tada:",
        "*bold*",
        "&lt;",
        "\u202eevil",
        "a\r\nb",
        "x" * 3001,
        "🎉" * 1500,
        "```",
        "<https://x.example|y>",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)
PAYLOADS = st.dictionaries(TEXTS, VALUES, max_size=8)


def form(proposal, typed=None, faults=()):
    return judged(edit_form(proposal, "frm_1", fields(proposal), typed or {}, faults))


def foreseen(proposal, payload, editor=None, gate=None):
    """The proposal as this editor's edit would leave it."""
    action = Action(name=proposal.action.name, payload=payload)
    editor = editor or make_reviewer()
    return after_all(
        proposal,
        moves.edit(
            proposal, editor, action, gate or proposal.gate, (), nonce=proposal.nonce, new_nonce="n2", now=START
        ),
    )


def confirmed(proposal, after, page=0, *, counts=True):
    return judged(confirm_form(proposal, after, "frm_2", editor_counts=counts, page=page))


def button_values(view):
    return {
        element["action_id"]: element.get("value") or [option["value"] for option in element["options"]]
        for block in view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }


# The form


def test_the_form_is_prefilled_and_carries_its_id_alone():
    view = form(make_proposal(payload={"amount": 250, "note": "late", "express": True, "to": None}))
    elements = {label: block["element"] for label, block in inputs(view).items()}
    assert elements["amount"]["initial_value"] == "250"
    assert elements["note"]["initial_value"] == "late"
    assert elements["express"]["initial_option"]["value"] == "true"
    assert elements["to"]["initial_value"] == "null"
    assert (view["private_metadata"], view["callback_id"]) == ("frm_1", "edit")
    assert view["submit"]["text"] == "Review changes"


def test_every_input_is_one_of_ours_by_its_action_id():
    view = form(make_proposal(payload={"amount": 250, "express": True, "to": None}))
    assert all(block["element"]["action_id"].startswith("input") for block in inputs(view).values())


@given(payload=PAYLOADS)
@settings(deadline=None)
def test_the_form_keeps_slacks_limits_whatever_the_payload(payload):
    form(make_proposal(payload=payload))


@given(payload=PAYLOADS, typed=st.dictionaries(TEXTS, TEXTS, max_size=4))
@settings(deadline=None)
def test_the_form_keeps_slacks_limits_whatever_was_typed(payload, typed):
    form(make_proposal(payload=payload), typed | dict.fromkeys(payload, "🎉" * 1500))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {f"f{number}": "x" for number in range(300)},
        {f"f{number}": "é" * 3000 for number in range(100)},
        {f"f{number}": True for number in range(100)},
        {f"f{number}": "\u202e" * 800 for number in range(100)},
        {f"{'n' * 1990}{number}": 1 for number in range(100)},
        {"x" * 200_000: 1},
        {"body": "x" * 200_000},
        {"": "", " ": " ", "\n": "\n", "\u202e": "\u202e"},
    ],
    ids=[
        "empty",
        "many",
        "many long",
        "many menus",
        "many hidden",
        "long names",
        "one huge name",
        "one huge text",
        "odd",
    ],
)
def test_the_form_keeps_slacks_limits_for_payloads_without_measure(payload):
    form(make_proposal(payload=payload))
    form(make_proposal(payload=payload), dict.fromkeys(payload, "🎉" * 1500))
    form(make_proposal(payload=payload, edit=()))


def test_locked_fields_stand_whole_among_the_inputs_and_say_why():
    text = "whole\n" * 6000 + "end"
    view = form(
        make_proposal(payload={"a": 1, "body": text, "secret": "a\u202eb", "to": "bob"}, edit=("a", "body", "secret"))
    )
    words = seen(view)
    assert list(inputs(view)) == ["a"]
    assert words.count("whole") == 6000
    assert "end" in words
    assert f"body · locked: its {len(text)} characters do not fit an input" in words
    assert "secret · locked: it has invisible characters" in words
    assert "a⟨U+202E⟩b" in words
    assert "to · locked: the policy does not let reviewers change it" in words
    assert "bob" in words


def test_a_locked_field_that_fits_no_view_is_named_never_cut():
    view = form(make_proposal(payload={"amount": 1, "huge": "x" * 250_000}))
    assert "Also locked, and whole in Details: huge" in seen(view)
    assert "xxx" not in seen(view)


def test_locked_fields_without_room_are_named_or_counted():
    words = seen(form(make_proposal(payload={f"field-{number}": 1 for number in range(500)})))
    assert f"field-{MOST_INPUTS} · locked: there are more fields than fit one form" in words
    named = words.split("Details: ")[1]
    assert named.endswith(" more")
    assert named.count("field-") + int(named.split()[-2]) + words.count("· locked") == 500 - MOST_INPUTS


def test_a_form_with_nothing_to_change_cannot_be_submitted():
    assert "submit" not in form(make_proposal(edit=()))


def test_faults_of_the_whole_edit_stand_above_the_fields():
    assert "The agent is⟨U+202E⟩ gone." in seen(form(make_proposal(), faults=["The agent is\u202e gone."]))


def test_what_was_typed_is_filled_in_again_and_said_so():
    view = form(make_proposal(payload={"note": "late", "express": True}), {"note": "typed", "express": "false"})
    assert inputs(view)["note"]["element"]["initial_value"] == "typed"
    assert inputs(view)["express"]["element"]["initial_option"]["value"] == "false"
    assert "What you typed before is filled in again." in seen(view)


def test_a_text_that_was_cleared_is_cleared_again():
    assert "initial_value" not in inputs(form(make_proposal(payload={"note": "late"}), {"note": ""}))["note"]["element"]


@pytest.mark.parametrize("typed", [{"express": "maybe"}, {"note": "&" * 3000}, {"note": 5}, {"gone": "text"}])
def test_what_cannot_be_filled_in_again_is_named(typed):
    view = form(make_proposal(payload={"note": "late", "express": True}), typed)
    assert f"type it again: {next(iter(typed))}" in seen(view)
    assert inputs(view)["note"]["element"]["initial_value"] == "late"


def test_what_was_typed_beyond_the_views_size_is_named():
    payload = {f"f{number}": "x" for number in range(60)}
    view = form(make_proposal(payload=payload), dict.fromkeys(payload, "é" * 3000))
    refilled = [block for block in inputs(view).values() if block["element"]["initial_value"] != "x"]
    assert 0 < len(refilled) < 60
    assert len(refilled) == len({block["block_id"] for block in refilled})
    assert "What you typed here does not fit any more; type it again: f" in seen(view)


# The confirmation


def test_the_confirmation_shows_the_difference_and_that_the_approval_counts():
    proposal = make_proposal(payload={"amount": 250, "note": "late"})
    view = confirmed(proposal, foreseen(proposal, {"amount": 99, "note": "late"}))
    words = seen(view)
    assert "Your approval counts for support." in words
    assert "amount: 250 → 99" in words
    assert "note" not in words
    assert "With it the proposal is approved" in words
    assert view["submit"]["text"] == "Approve with changes"
    assert (view["private_metadata"], view["callback_id"]) == ("frm_2", "confirm")


def test_the_confirmation_says_first_when_the_approval_does_not_count():
    proposal = make_proposal(payload={"amount": 250})
    gate = make_gate(roles=("finance",), risk=(Reason(rule="huge", reason="Refund above 1000"),))
    view = confirmed(proposal, foreseen(proposal, {"amount": 2500}, gate=gate), counts=False)
    words = seen(view).splitlines()
    assert words[0] == "You may edit this, but your approval does not count, which is what it needs now: finance."
    assert "After this edit it needs 1 of finance. Until now: 1 of support." in words
    assert "Why: Refund above 1000" in words
    assert "Then it waits for 1 of finance." in words
    assert view["submit"]["text"] == "Save changes"


def test_the_confirmation_names_whose_approvals_are_missing_then():
    proposal = make_proposal(payload={"amount": 250})
    gate = make_gate(roles=("finance", "support"))
    words = seen(confirmed(proposal, foreseen(proposal, {"amount": 2500}, gate=gate)))
    assert "After this edit it needs 1 of finance and 1 of support. Until now: 1 of support." in words
    assert "Then it waits for 1 of finance." in words


def test_an_approval_that_may_count_in_two_roles_names_both():
    proposal = make_proposal(payload={"amount": 250}, roles=("finance", "support"))
    editor = make_reviewer(roles=frozenset({"finance", "support"}))
    assert "Your approval counts for finance or support." in seen(
        confirmed(proposal, foreseen(proposal, {"amount": 1}, editor))
    )


def test_the_confirmation_says_that_earlier_approvals_are_void():
    proposal = make_proposal(payload={"amount": 250}, roles=("finance", "support"))
    carol = make_reviewer("U0CAROL", roles=frozenset({"finance"}))
    approved = after_all(proposal, moves.approve(proposal, carol, proposal.nonce, START))
    words = seen(confirmed(approved, foreseen(approved, {"amount": 1})))
    assert "The approval given so far no longer counts: it was for the payload before this edit." in words


def test_an_unchanged_edit_says_so_and_approves():
    proposal = make_proposal()
    view = confirmed(proposal, foreseen(proposal, dict(proposal.action.payload)))
    assert seen(view) == "Nothing was changed. Submitting approves the proposal as it stands."
    assert view["submit"]["text"] == "Approve"
    assert view["callback_id"] == "confirm"


def test_a_difference_too_long_for_one_view_is_paged_and_only_the_end_can_be_submitted():
    before = {f"f{number}": f"{number}\n" + "ä" * 1400 for number in range(60)}
    after = {f"f{number}": f"{number}\n" + "ö" * 1400 for number in range(60)}
    proposal = make_proposal(payload=before)
    edited = foreseen(proposal, after)
    pages = confirm_pages(proposal, edited)
    views = [confirmed(proposal, edited, page) for page in range(pages)]
    assert pages > 2
    assert ["submit" in view for view in views] == [False] * (pages - 1) + [True]
    assert [sorted(button_values(view)) for view in views] == [
        ["confirm_next"],
        *[["confirm_back", "confirm_next"]] * (pages - 2),
        ["confirm_back"],
    ]
    assert all(value.partition(":")[0] == "frm_2" for view in views for value in button_values(view).values())
    words = "\n".join(seen(view) for view in views)
    assert all(text in words for text in (*before.values(), *after.values()))
    assert confirmed(proposal, edited, 99) == views[-1]
    assert confirmed(proposal, edited, -1) == views[0]


def test_nobody_approves_by_an_edit_what_the_card_could_not_show():
    proposal = make_proposal(payload={"amount": 250, "body": "x" * 20_000 + "the dangerous part"})
    assert not card(proposal).whole
    for payload in (dict(proposal.action.payload), {**proposal.action.payload, "amount": 99}):
        edited = foreseen(proposal, payload)
        pages = confirm_pages(proposal, edited)
        views = [confirmed(proposal, edited, page) for page in range(pages)]
        assert pages > 1
        assert ["submit" in view for view in views] == [False] * (pages - 1) + [True]
        assert "the dangerous part" in "\n".join(seen(view) for view in views)


@given(before=PAYLOADS, after=PAYLOADS)
@settings(deadline=None, max_examples=60)
def test_the_confirmation_keeps_slacks_limits_whatever_the_edit(before, after):
    proposal = make_proposal(payload=before)
    edited = foreseen(proposal, after)
    for page in range(confirm_pages(proposal, edited)):
        confirmed(proposal, edited, page)


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
    shown = [block for block in card(proposal).blocks if block["type"] != "actions"]
    assert view["blocks"][:-1] == shown
    assert button_values(view) == {
        "approve": "frm_4",
        "edit": "frm_4",
        "reject": "frm_4",
        "more": ["details:frm_4", "ask:frm_4", "hand_over:frm_4"],
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
