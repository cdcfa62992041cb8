"""What is held, as people see it: the card's line, the list, the history."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.events import Actor, event_facts
from approvals.ports import Line
from approvals.proposal import Cause, Status
from approvals.remembered.rejection import (
    RejectionEnd,
    RememberedRejectionBegun,
    RememberedRejectionEnded,
    rejection_of,
)
from bot.slack.blockkit.text import words_of
from bot.slack.cards.card import card
from bot.slack.cards.remembered import rejected
from bot.slack.lists.pages import ListQuery, holds
from bot.slack.words import history
from tests.making import START, make_proposal
from tests.slack.hostile import MARK, elements, markup, texts
from tests.slack.limits import message_faults, sdk_accepts

slow = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
REJECTED = {
    "status": Status.rejected,
    "cause": Cause.reviewer,
    "resolved_at": START,
    "resolved_by": "U0ALICE",
    "reason": "Wrong order",
}


def hold(**changes):
    return replace(rejection_of(make_proposal(**REJECTED), "U0ALICE", START), **changes)


def line(note):
    return history.history_line(
        Line(tag=note.tag, facts=event_facts(note), actor=Actor(kind="reviewer", id="U0BOB"), at=START)
    )


@slow
@given(st.lists(st.builds(lambda one, two: (one, two), texts, texts), max_size=8), st.integers(0, 10**9))
def test_the_list_keeps_slacks_limits_and_parses_no_text_of_agents(pairs, count):
    found = [
        hold(id=f"prp_{number}", agent=one + MARK, action=two + MARK, reason=one + MARK + two, stopped=count)
        for number, (one, two) in enumerate(pairs)
    ]
    blocks, text = holds(found, 100, ListQuery(kind="holds", page=1), 8, {each.id for each in found})
    assert message_faults(blocks, text) == []
    assert sdk_accepts(blocks)
    assert not [each for each in markup(blocks) if MARK in each]


def test_the_list_of_the_longest_keeps_the_limits():
    long = [
        hold(id=f"prp_{number:032d}", agent="⟨" * 200, action="a" * 100, reason="\u202e" * 3000) for number in range(8)
    ]
    blocks, text = holds(long, 10**6, ListQuery(kind="holds"), 8, {each.id for each in long})
    assert message_faults(blocks, text) == []


def test_the_list_says_who_why_until_when_and_how_many_it_stopped():
    blocks, text = holds([hold(stopped=3)], 1, ListQuery(kind="holds"), 8, set())
    said = words_of(blocks)
    assert "Remembered rejections (1)" in said
    for part in ("refund.create", "by support-bot", "Wrong order", "<@U0ALICE> until <!date^", "It stopped *3*."):
        assert part in said
    assert text == "Remembered rejections: 1"


def test_only_who_may_end_it_has_the_button():
    one, other = hold(id="prp_1"), hold(id="prp_2")
    blocks, _ = holds([one, other], 2, ListQuery(kind="holds"), 8, {"prp_2"})
    assert [each["value"] for each in elements(blocks) if each.get("action_id") == "end_remembered_rejection"] == [
        "prp_2"
    ]


@pytest.mark.parametrize(
    ("page", "said"), [(0, "No remembered rejection that you may see is in force."), (2, "This page is empty now.")]
)
def test_an_empty_list_says_so(page, said):
    blocks, text = holds([], 0, ListQuery(kind="holds", page=page), 8, set())
    assert text == said
    assert said in words_of(blocks)


def test_a_list_turns_its_pages():
    blocks, _ = holds([hold()], 20, ListQuery(kind="holds", page=1), 8, set())
    assert {"page_back", "page_next"} <= {each.get("action_id") for each in elements(blocks)}
    assert ListQuery.from_value(ListQuery(kind="holds", page=1).to_value()) == ListQuery(kind="holds", page=1)


def test_the_card_says_who_holds_the_same_until_when_and_can_end_it():
    rendered = card(make_proposal(**REJECTED), remembered_rejection=hold())
    assert "*Rejection remembered* by <@U0ALICE> until <!date^1795256100^" in rendered.words
    assert [
        each["value"] for each in elements(rendered.blocks) if each.get("action_id") == "end_remembered_rejection"
    ] == [hold().id]
    assert message_faults(rendered.blocks, rendered.text) == []


@pytest.mark.parametrize(
    ("ended", "by", "said"),
    [
        (RejectionEnd.person, "U0BOB", "<@U0BOB> ended it. It stopped *2*."),
        (RejectionEnd.expired, None, "its time is over."),
    ],
)
def test_the_card_says_that_it_ended_and_how_and_offers_nothing_more(ended, by, said):
    blocks = rejected(hold(ended=ended, ended_by=by, ended_at=START + timedelta(hours=1), stopped=2))
    assert said in words_of(blocks)
    assert not [each for each in elements(blocks) if each.get("action_id") == "end_remembered_rejection"]


def test_a_card_without_a_hold_says_nothing_of_one():
    assert "Held" not in card(make_proposal(**REJECTED)).words


def test_the_history_says_that_it_began_and_ended():
    assert "<@U0ALICE> had this *rejection remembered* until <!date^1795256100^" in line(
        RememberedRejectionBegun(at=START, rejection=hold())
    )
    over = RememberedRejectionEnded(at=START, why=RejectionEnd.person, by="U0BOB", stopped=0)
    assert line(over).endswith("may be proposed again: <@U0BOB> ended it. It stopped nothing.")
    gone = RememberedRejectionEnded(at=START, why=RejectionEnd.expired, by=None, stopped=1)
    assert line(gone).endswith("its time is over. It stopped *1*.")
