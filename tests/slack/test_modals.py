"""The edit form and its confirmation: what they show, within Slack's limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import moves
from approvals.gate import Reason
from approvals.states import after_all
from bot.slack.cards.card import card
from bot.slack.forms.dialogs import (
    confirm_pages,
    edit_form,
)
from bot.slack.forms.fields import MOST_INPUTS, fields
from tests.making import START, make_gate, make_proposal, make_reviewer
from tests.slack.modals import TEXTS, VALUES, button_values, confirmed, foreseen
from tests.slack.view_limits import inputs, judged, seen

PAYLOADS = st.dictionaries(TEXTS, VALUES, max_size=8)


def form(proposal, typed=None, faults=()):
    return judged(edit_form(proposal, "frm_1", fields(proposal), typed or {}, faults))


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
