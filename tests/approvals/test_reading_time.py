"""Rushed: exactly when a verdict came sooner than its words can be read, and that nothing is refused for it."""

from datetime import timedelta

import pytest

from approvals import moves
from approvals.decision import WORDS_A_SECOND, Attestation, FirstSeen
from approvals.remembered.approval import approve_and_next
from approvals.states import after_all
from tests.approvals.situations import ALICE, after
from tests.approvals.test_confirmation import TERMS, edit
from tests.making import START, make_gate, make_proposal

MILLISECOND = timedelta(milliseconds=1)
SEEN = FirstSeen(at=after(10), words=60)
ENOUGH = after(10) + timedelta(seconds=4)


def test_people_read_fifteen_words_a_second_at_most():
    assert WORDS_A_SECOND == 15


@pytest.mark.parametrize(
    ("at", "rushed"), [(SEEN.at, True), (ENOUGH - MILLISECOND, True), (ENOUGH, False), (ENOUGH + MILLISECOND, False)]
)
def test_it_is_rushed_up_to_the_very_millisecond_in_which_all_is_read(at, rushed):
    assert SEEN.too_soon(at) is rushed


def test_a_number_of_words_that_takes_no_whole_second_counts_exactly():
    seen = FirstSeen(at=START, words=1)
    assert seen.too_soon(START + timedelta(milliseconds=66))
    assert not seen.too_soon(START + timedelta(milliseconds=67))


def test_nothing_to_read_and_a_clock_that_was_set_back_are_never_rushed():
    assert not FirstSeen(at=START, words=0).too_soon(START)
    assert not FirstSeen(at=START, words=1000).too_soon(START - MILLISECOND)


def decided(proposal, events):
    return after_all(proposal, events).decisions[-1]


@pytest.mark.parametrize(("at", "rushed"), [(ENOUGH - MILLISECOND, True), (ENOUGH, False)])
def test_an_approval_a_no_and_an_edit_are_marked_with_when_it_was_seen(at, rushed):
    proposal, given = make_proposal(), Attestation(first_seen=SEEN)
    proposal = make_proposal(gate=make_gate(remember_approval=TERMS))
    made = [
        decided(proposal, moves.approve(proposal, ALICE, proposal.nonce, at, attestation=given)),
        decided(proposal, moves.reject(proposal, ALICE, "No", proposal.nonce, at, given)),
        decided(proposal, approve_and_next(proposal, ALICE, proposal.nonce, at, given)[0]),
    ]
    assert [(each.rushed, each.first_seen_at) for each in made] == [(rushed, SEEN.at)] * 3


def test_where_nobody_knows_when_it_was_seen_it_is_not_called_rushed():
    proposal = make_proposal()
    made = decided(proposal, moves.approve(proposal, ALICE, proposal.nonce, START))
    assert (made.rushed, made.first_seen_at) == (False, None)
    assert not edit(proposal, proposal.gate).decisions[-1].rushed


def test_taking_an_approval_back_is_never_rushed():
    proposal = make_proposal()
    approved = after_all(proposal, moves.approve(proposal, ALICE, proposal.nonce, SEEN.at))
    made = decided(approved, moves.reject(approved, ALICE, "No", approved.nonce, SEEN.at, Attestation(first_seen=SEEN)))
    assert not made.rushed
