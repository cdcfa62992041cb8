"""What is approved with the next like it, as people see it: the question, the card's line, the list, the history."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.events import Actor, event_facts
from approvals.gate import ApprovalTerms
from approvals.ports import Line
from approvals.proposal import Cause, Status
from approvals.remembered.approval import (
    ApprovalEnd,
    RememberedApprovalBegun,
    RememberedApprovalEnded,
    approve_and_next,
    may_remember,
)
from bot.slack.blockkit.text import words_of
from bot.slack.cards.buttons import APPROVE_NEXT, offers
from bot.slack.cards.card import card
from bot.slack.cards.remembered import beyond
from bot.slack.forms.dialogs import review_modal
from bot.slack.lists.pages import ListQuery, standing
from bot.slack.words import history
from tests.making import START, make_proposal, make_reviewer
from tests.slack.hostile import MARK, buttons, elements, markup, texts
from tests.slack.limits import message_faults, sdk_accepts

PATHS = st.lists(
    st.lists(st.text("abz_-09", min_size=1, max_size=100), min_size=1, max_size=16).map(
        lambda steps: ".".join(["payload", *steps])
    ),
    unique=True,
    max_size=30,
).map(tuple)
TERMS = st.builds(ApprovalTerms, may_differ=PATHS, lasts=st.integers(1, 30 * 86400), most=st.integers(1, 1000))
SOME = ApprovalTerms(may_differ=("payload.note",), lasts=86400, most=20)


def given_for(terms=SOME, **changes):
    proposal = make_proposal(remember_approval=terms, **changes)
    return approve_and_next(proposal, make_reviewer(), proposal.nonce, START)[1]


def question(blocks):
    (button,) = [each for each in elements(blocks) if each.get("action_id") == "approve_next"]
    return button["confirm"]


@given(TERMS, texts)
def test_the_question_says_how_many_how_long_and_what_may_differ_within_slacks_limits(terms, action):
    rendered = card(make_proposal(remember_approval=terms, action=action + MARK, payload={"n": 1}))
    asked = question(rendered.blocks)
    assert len(asked["text"]["text"]) <= 300
    assert asked["text"]["type"] == "plain_text"
    assert f"up to {terms.most} more like it within " in asked["text"]["text"]
    assert asked["text"]["text"].endswith("Anybody who may decide this can end it.")
    assert message_faults(rendered.blocks, rendered.text) == []
    assert sdk_accepts(rendered.blocks)


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ((), "May differ: nothing."),
        (("payload.a",), "May differ: payload.a."),
        (("payload.a", "payload.b"), "May differ: payload.a and payload.b."),
        (tuple(f"payload.{n}" for n in range(8)), "payload.0, payload.1, payload.2, payload.3, payload.4 and 3 more."),
        (("payload." + "a" * 300,), "May differ: 1 field."),
        (tuple("payload." + f"{n}" * 300 for n in range(3)), "May differ: 3 fields."),
    ],
)
def test_the_fields_are_named_as_far_as_there_is_room(paths, said):
    assert (
        said in question(card(make_proposal(remember_approval=replace(SOME, may_differ=paths))).blocks)["text"]["text"]
    )


@given(st.sampled_from(Status), st.sampled_from([None, SOME]), st.sampled_from([1, 2]))
def test_the_button_is_there_exactly_where_a_click_would_be_taken(status, terms, approvals):
    proposal = make_proposal(status=status, remember_approval=terms, approvals=approvals)
    assert (APPROVE_NEXT in offers(proposal)) == may_remember(proposal)
    assert ("approve_next" in buttons(card(proposal).blocks)) == may_remember(proposal)
    assert ("approve_next" in buttons(review_modal(proposal, "frm_1", card(proposal))["blocks"])) == may_remember(
        proposal
    )


def test_a_card_that_is_not_whole_has_no_such_button():
    rendered = card(make_proposal(remember_approval=SOME, payload={"text": "x" * 20_000}))
    assert not rendered.whole
    assert "approve_next" not in buttons(rendered.blocks)


@given(TERMS, st.integers(0, 1000))
def test_the_line_on_the_card_says_what_is_left_and_offers_to_end_it(terms, used):
    approval = given_for(terms)
    approval = replace(approval, used=min(used, approval.most))
    proposal = make_proposal(status=Status.approved, cause=Cause.reviewer, remember_approval=terms, resolved_at=START)
    rendered = card(proposal, remembered_approval=approval)
    assert f"*{approval.left} left.*" in words_of(rendered.blocks) or f"{approval.left} left." in words_of(
        rendered.blocks
    )
    assert "end_remembered_approval" in buttons(rendered.blocks)
    assert message_faults(rendered.blocks, rendered.text) == []


@pytest.mark.parametrize(
    ("why", "by", "said"),
    [
        (ApprovalEnd.person, "U0BOB", "<@U0BOB> ended it"),
        (ApprovalEnd.retracted, "U0BOB", "it ended when <@U0BOB> took an approval back"),
        (ApprovalEnd.retracted, None, "it ended when the policy took an approval back"),
        (ApprovalEnd.policy_changed, None, "it ended when the policy changed"),
        (ApprovalEnd.expired, None, "its time is over"),
        (ApprovalEnd.exhausted, None, "all are used"),
    ],
)
def test_what_ended_says_why_on_the_card_and_in_the_thread_and_offers_nothing(why, by, said):
    ended = replace(given_for(), used=1, ended=why, ended_by=by, ended_at=START)
    blocks = beyond(ended)
    assert f"{said}. 1 was used." in blocks[0]["text"]["text"]
    assert buttons(blocks) == {}
    note = RememberedApprovalEnded(at=START, why=why, by=by, left=19)
    line = Line(tag=note.tag, facts=event_facts(note), actor=Actor(kind="system", id="signoff"), at=START)
    assert said in history.history_line(line)


def test_how_many_were_used_is_said_in_words_that_fit():
    ended = {"ended": ApprovalEnd.expired, "ended_at": START}
    said = [beyond(replace(given_for(), used=used, **ended))[0]["text"]["text"] for used in (0, 1, 2)]
    assert [text.rpartition("over. ")[2] for text in said] == ["None was used.", "1 was used.", "2 were used."]


def test_the_thread_says_until_when_and_for_how_many():
    note = RememberedApprovalBegun(at=START, approval=given_for())
    line = Line(tag=note.tag, facts=event_facts(note), actor=Actor(kind="reviewer", id="U0ALICE"), at=START)
    said = history.history_line(line)
    assert said.startswith(":repeat: <@U0ALICE> approved this *and the next 20 like it* until <!date^1795256100^")


@given(st.lists(st.builds(given_for, TERMS, action=texts, agent=texts), max_size=8), st.integers(0, 3))
def test_the_list_keeps_slacks_limits_and_parses_no_text_of_agents(approvals, page):
    approvals = [replace(each, agent=each.agent + MARK, action=each.action + "<!channel>") for each in approvals]
    blocks, text = standing(approvals, 100, ListQuery(kind="standing", page=page), 8)
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each or "<!channel>" in each]
    assert [each["action_id"] for each in elements(blocks)].count("end_remembered_approval") == len(approvals)


def test_an_empty_list_says_so_and_an_empty_page_that_it_is_empty():
    assert "No remembered approval" in standing([], 0, ListQuery(kind="standing"), 8)[1]
    blocks, text = standing([], 9, ListQuery(kind="standing", page=2), 8)
    assert "empty now" in text
    assert list(buttons(blocks)) == ["page_back"]
