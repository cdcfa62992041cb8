"""Questions to the agent: the form that wants one, and what card and Details show of question and answer."""

from dataclasses import replace

import pytest
from hypothesis import given

from approvals.proposal import Action, Inquiry, Revision, Status
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.details import pages
from bot.slack.cards.status import ask_form, question_in
from tests.making import START, make_proposal
from tests.slack.hostile import MARK, markup, texts
from tests.slack.view_limits import judged

ASKED = Inquiry(number=1, text="Which invoice?", asked_by="U0BOB", asked_at=START)
ANSWERED = replace(ASKED, reply="4711.", replied_at=START)


def revised(*editors):
    """A proposal that was changed by each of these in turn; None is the agent."""
    proposal = make_proposal()
    later = tuple(
        Revision(
            number=number, action=Action(name="refund.create", payload={"amount": number}), at=START, editor=editor
        )
        for number, editor in enumerate(editors, 2)
    )
    return replace(proposal, revisions=(*proposal.revisions, *later), round=1 + len(later))


def said(proposal):
    return card(proposal).words


def inputs(view):
    return {block["label"]["text"]: block for block in view["blocks"] if block["type"] == "input"}


@given(texts, texts)
def test_the_form_keeps_slacks_limits_and_parses_nothing_of_theirs(summary, typed):
    proposal = make_proposal(summary=(summary + MARK)[-150:])
    view = judged(ask_form(proposal, "frm_1", {"question": typed}, later=START))
    assert not [text for text in markup(view["blocks"]) if MARK in text]


def test_the_form_wants_a_question_and_offers_more_time_where_there_is_some():
    view = ask_form(make_proposal(), "frm_1", {"question": "Why?"}, later=None)
    assert list(inputs(view)) == ["Question"]
    assert inputs(view)["Question"]["element"]["initial_value"] == "Why?"
    assert inputs(view)["Question"]["element"]["max_length"] == 1000
    assert (view["callback_id"], view["private_metadata"]) == ("ask", "frm_1")
    more = ask_form(make_proposal(), "frm_1", {}, later=START)
    assert inputs(more)["More time"]["optional"] is True
    assert "With more time it waits until <!date^1795169700^" in words_of(more["blocks"])


@pytest.mark.parametrize(("chosen", "more"), [([{"value": "yes"}], True), ([], False), (None, False)])
def test_what_was_typed_and_ticked_is_read(chosen, more):
    state = {
        "question": {"input_question": {"value": "Why?"}},
        "more_time": {"input_more_time": {"selected_options": chosen}},
    }
    assert question_in(state) == ("Why?", more)
    assert question_in({"question": {"input_question": {"value": None}}}) == question_in({}) == ("", False)


def test_a_card_says_what_it_waits_for_and_then_what_came():
    waiting = said(make_proposal(questions=(ASKED,)))
    assert "Waiting for the agent's answer:* <@U0BOB> asks" in waiting
    assert "Which invoice?" in waiting
    answered = said(make_proposal(questions=(ANSWERED, replace(ANSWERED, number=2, text="And who pays?"))))
    assert "Waiting for the agent's answer" not in answered
    assert "The agent answers, checked by nobody:" in answered
    assert "And who pays?" in answered
    assert "Which invoice?" not in answered
    assert "1 earlier question in Details." in answered
    three = (ANSWERED, replace(ANSWERED, number=2), replace(ASKED, number=3))
    assert "2 earlier questions in Details." in said(make_proposal(questions=three))


def test_what_is_decided_waits_for_no_answer():
    assert "Waiting for the agent" not in said(
        make_proposal(status=Status.rejected, resolved_at=START, questions=(ASKED,))
    )


def test_a_long_answer_is_shortened_with_what_is_missing_and_whole_in_details():
    proposal = make_proposal(questions=(replace(ANSWERED, reply="word " * 800),))
    assert "characters more in Details" in said(proposal)
    shown = words_of([block for page in pages(proposal) for block in page])
    assert shown.count("word") >= 800
    assert "Which invoice?" in shown


def test_hidden_characters_in_an_answer_are_spelled_out_and_told():
    shown = said(make_proposal(questions=(replace(ANSWERED, reply="4711\u202e"),)))
    assert "⟨U+202E⟩" in shown
    assert "Hidden characters:" in shown


@pytest.mark.parametrize(
    ("editors", "heading", "by"),
    [
        ((None,), "Changed by the agent in its reply", "the agent in its reply"),
        (("U0BOB",), "Changed by a reviewer since the agent proposed it", "<@U0BOB>"),
        (
            ("U0BOB", None),
            "Changed by a reviewer, and by the agent in its reply, since it was",
            "the agent in its reply",
        ),
        ((None, "U0BOB"), "Changed by a reviewer, and by the agent in its reply, since it was", "<@U0BOB>"),
    ],
)
def test_a_card_says_who_changed_the_payload(editors, heading, by):
    proposal = revised(*editors)
    shown = said(proposal)
    assert heading in shown
    assert f"Changed by {by}; approvals from before are void." in shown
    assert ("a reviewer" in shown) == ("U0BOB" in editors)
    details = words_of([block for page in pages(proposal) for block in page])
    assert heading in details
    for number, editor in enumerate(editors, 2):
        assert f"*Revision {number}* by {'<@U0BOB>' if editor else 'the agent in its reply'}" in details
