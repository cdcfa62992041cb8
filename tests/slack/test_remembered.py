"""Remembered decisions as people see them: the question before one, the card's line, the list, the history."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Verdict
from approvals.events import Actor, event_facts
from approvals.gate import ApprovalTerms
from approvals.ports import Line
from approvals.proposal import Cause, Status
from approvals.remembered.approval import RememberedApprovalBegun, approve_and_next, may_remember
from approvals.remembered.decision import (
    ENDED,
    RememberedApprovalExhausted,
    RememberedApprovalUsed,
    RememberedEnding,
)
from approvals.remembered.rejection import RememberedRejectionBegun, rejection_of
from bot.slack.blockkit.text import words_of
from bot.slack.cards.buttons import APPROVE_NEXT, offers
from bot.slack.cards.card import card
from bot.slack.cards.remembered import remembered_on_card, value_of
from bot.slack.forms.dialogs import review_modal
from bot.slack.lists.pages import ListQuery, remembered
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


REJECTED = {
    "status": Status.rejected,
    "cause": Cause.reviewer,
    "resolved_at": START,
    "resolved_by": "U0ALICE",
    "reason": "Wrong order",
}


def rejection(**changes):
    return replace(rejection_of(make_proposal(**REJECTED), "U0ALICE", START), **changes)


def approval(**changes):
    return replace(given_for(), **changes)


BOTH = pytest.mark.parametrize("make", [approval, rejection])


def ends(blocks):
    return [each["value"] for each in elements(blocks) if each.get("action_id") == "end_remembered"]


def line(note, by="U0ALICE"):
    return history.history_line(
        Line(tag=note.tag, facts=event_facts(note), actor=Actor(kind="reviewer", id=by), at=START)
    )


def listed(decisions, total=100, page=0, endable=None):
    endable = {value_of(each) for each in decisions} if endable is None else endable
    return remembered(decisions, total, ListQuery(kind="remembered", page=page), 8, endable)


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
    given = given_for(terms)
    given = replace(given, used=min(used, given.most))
    proposal = make_proposal(status=Status.approved, cause=Cause.reviewer, remember_approval=terms, resolved_at=START)
    rendered = card(proposal, remembered=[given])
    assert f"{given.left} left." in words_of(rendered.blocks).replace("*", "")
    assert ends(rendered.blocks) == [f"approve {given.id}"]
    assert message_faults(rendered.blocks, rendered.text) == []


def test_the_card_says_that_a_rejection_is_remembered_until_when_and_offers_to_end_it():
    rendered = card(make_proposal(**REJECTED), remembered=[rejection()])
    assert "*Rejection remembered* by <@U0ALICE> until <!date^1795256100^" in rendered.words
    assert ends(rendered.blocks) == [f"reject {rejection().id}"]
    assert message_faults(rendered.blocks, rendered.text) == []


@pytest.mark.parametrize(
    ("make", "why", "by", "said"),
    [
        *[
            (make, why, by, said)
            for make in (approval, rejection)
            for why, by, said in (
                (RememberedEnding.person, "U0BOB", "<@U0BOB> ended it"),
                (RememberedEnding.expired, None, "its time is over"),
            )
        ],
        (approval, RememberedEnding.retracted, "U0BOB", "it ended when <@U0BOB> took an approval back"),
        (approval, RememberedEnding.retracted, None, "it ended when the policy took an approval back"),
        (approval, RememberedEnding.policy_changed, None, "it ended when the policy changed"),
        (approval, RememberedEnding.exhausted, None, "all are used"),
    ],
)
def test_what_ended_says_why_on_the_card_and_in_the_thread_and_offers_nothing(make, why, by, said):
    ended = make(used=1, ended=why, ended_by=by, ended_at=START)
    blocks = remembered_on_card(ended)
    many = "1 was used." if make is approval else "It stopped *1*."
    assert f"{said}. {many}" in words_of(blocks)
    assert buttons(blocks) == {}
    assert said in line(ENDED[ended.verdict](at=START, why=why, by=by, used=1))


def test_how_many_times_it_counted_is_said_in_words_that_fit():
    ended = {"ended": RememberedEnding.expired, "ended_at": START}
    for make, said in (
        (approval, ["None was used.", "1 was used.", "2 were used."]),
        (rejection, ["It stopped nothing.", "It stopped *1*.", "It stopped *2*."]),
    ):
        texts = [remembered_on_card(make(used=used, **ended))[0]["text"]["text"] for used in (0, 1, 2)]
        assert [text.rpartition("over. ")[2] for text in texts] == said


def test_a_card_with_nothing_remembered_says_nothing_of_it():
    assert "emembered" not in card(make_proposal(**REJECTED)).words


def test_the_thread_says_that_it_began_with_until_when_and_for_how_many():
    said = line(RememberedApprovalBegun(at=START, decision=approval()))
    assert said.startswith(":repeat: <@U0ALICE> approved this *and the next 20 like it* until <!date^1795256100^")
    said = line(RememberedRejectionBegun(at=START, decision=rejection()))
    assert "<@U0ALICE> had this *rejection remembered* until <!date^1795256100^" in said


def test_the_thread_says_what_an_approval_was_used_for_and_which_was_the_last():
    assert "prp_2: one more" in line(RememberedApprovalUsed(at=START, proposal="prp_2", by="U0ALICE", left=3))
    assert "That was the last one" in line(RememberedApprovalExhausted(at=START, used=4))


def test_the_thread_says_of_a_rejection_that_ended_how_many_it_stopped():
    over = ENDED[Verdict.reject](at=START, why=RememberedEnding.person, by="U0BOB", used=0)
    assert line(over, "U0BOB").endswith("may be proposed again: <@U0BOB> ended it. It stopped nothing.")
    gone = ENDED[Verdict.reject](at=START, why=RememberedEnding.expired, by=None, used=1)
    assert line(gone).endswith("its time is over. It stopped *1*.")


MADE = st.one_of(
    st.builds(lambda terms, **texts: replace(given_for(terms), **texts), TERMS, action=texts, agent=texts),
    st.builds(rejection, action=texts, agent=texts, reason=texts, used=st.integers(0, 10**9)),
)


@given(st.lists(MADE, max_size=8), st.integers(0, 3))
def test_the_list_keeps_slacks_limits_and_parses_no_text_of_agents(decisions, page):
    decisions = [
        replace(each, id=f"prp_{number}", agent=each.agent + MARK, action=each.action + "<!channel>")
        for number, each in enumerate(decisions)
    ]
    blocks, text = listed(decisions, page=page)
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each or "<!channel>" in each]
    assert ends(blocks) == [value_of(each) for each in decisions]


@BOTH
def test_the_list_of_the_longest_keeps_the_limits(make):
    long = {"agent": "⟨" * 200, "action": "a" * 100, "used": 10**6}
    long |= {"reason": "\u202e" * 3000} if make is rejection else {"may_differ": ("payload." + "a" * 900,) * 30}
    blocks, text = listed([make(id=f"prp_{number:032d}", **long) for number in range(8)], 10**6)
    assert message_faults(blocks, text) == []


def test_the_list_says_of_both_who_what_until_when_and_how_often():
    blocks, text = listed([approval(used=3), rejection(used=3)], 2)
    said = words_of(blocks)
    assert text == "Remembered decisions: 2"
    for part in (
        *("Remembered decisions (2)", "refund.create", "by support-bot", "May differ: payload.note"),
        *("Approved by <@U0ALICE>: *17 of 20 left* until <!date^", "Wrong order"),
        *("Rejected by <@U0ALICE> until <!date^", "It stopped *3*."),
    ):
        assert part in said


@BOTH
def test_only_who_may_end_it_has_the_button(make):
    one, other = make(id="prp_1"), make(id="prp_2")
    assert ends(listed([one, other], 2, endable={value_of(other)})[0]) == [value_of(other)]


@pytest.mark.parametrize(
    ("page", "said"), [(0, "No remembered decision that you may see is in force."), (2, "This page is empty now.")]
)
def test_an_empty_list_says_so(page, said):
    blocks, text = listed([], 0, page)
    assert text == said
    assert said in words_of(blocks)


@BOTH
def test_a_list_turns_its_pages(make):
    blocks, _ = listed([make()], 20, 1)
    assert {"page_back", "page_next"} <= {each.get("action_id") for each in elements(blocks)}
    query = ListQuery(kind="remembered", page=1)
    assert ListQuery.from_value(query.to_value()) == query
