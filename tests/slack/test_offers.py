"""What a card offers is what would work: no button that can only be refused, none missing that would do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.gate import StandIn, Tier
from approvals.proposal import Cause, Inquiry, Rollback, Status
from approvals.refusals import Refusal
from bot.slack.cards.buttons import ASK, EXTEND, HAND_OVER, MENU, OBJECT, REVOKE, menu_choice, offers, takers
from tests.making import START, make_gate, make_proposal, make_reviewer

ALICE = make_reviewer()
ASKED = Inquiry(number=1, text="Why?", asked_by="U0BOB", asked_at=START)
ANSWERED = replace(ASKED, reply="So.", replied_at=START)
ROLLBACK = Rollback(requested_by="U0BOB", reason="No", requested_at=START)


def watched(status=Status.approved, **changes):
    """What runs without waiting; people can object until half an hour after its claim, which was at once."""
    facts = {"cause": Cause.watch, "resolved_at": START, "execute_by": START + timedelta(hours=9), "tier": Tier.watch}
    facts["claimed_at"] = None if status is Status.approved else START
    return make_proposal(status=status, object_within=1800, **facts | changes)


def works(move, *arguments):
    try:
        return bool(move(*arguments))
    except Refusal:
        return False


@given(st.sampled_from(Status), st.integers(0, 3600), st.sampled_from([None, ROLLBACK]))
def test_object_is_offered_exactly_where_an_objection_would_be_taken(status, seconds, rollback):
    proposal = watched(status, rollback=rollback)
    now = START + timedelta(seconds=seconds)
    taken = works(moves.object, proposal, ALICE, "No", proposal.nonce, now)
    assert (OBJECT in offers(proposal, now, ())) == taken


@given(
    st.sampled_from(Status),
    st.sampled_from([None, 3600, 3601, 9000]),
    st.sampled_from([3600, 3601, 9000]) | st.integers(1, 12_000),
)
def test_more_time_is_offered_exactly_where_the_deadline_would_move(status, longest, expires_in):
    proposal = make_proposal(status=status, max_expires_in=longest, expires_in=3600)
    proposal = replace(proposal, expires_at=START + timedelta(seconds=expires_in))
    taken = works(moves.extend, proposal, ALICE, proposal.nonce, START)
    assert (EXTEND in offers(proposal, START, ())) == taken


@given(st.sampled_from(Status), st.sampled_from([(), (ASKED,), (ANSWERED,)]))
def test_asking_is_offered_exactly_where_a_question_would_be_taken(status, questions):
    proposal = make_proposal(status=status, questions=questions)
    taken = works(moves.ask, proposal, ALICE, "And why?", proposal.nonce, START)
    assert (ASK in offers(proposal, START, ())) == taken


@given(st.sampled_from(Status), st.sets(st.sampled_from(["support", "finance", "lead"])))
def test_hand_over_is_offered_while_it_waits_and_there_is_another_role(status, roles):
    proposal = make_proposal(status=status)
    assert (HAND_OVER in offers(proposal, START, roles)) == (status is Status.pending and bool(roles - {"support"}))
    for role in takers(proposal.gate, roles):
        taken = works(moves.hand_over, proposal, ALICE, role, "C0LEAD", proposal.nonce, START)
        assert taken == (status is Status.pending)


def test_a_role_that_stands_in_already_takes_nothing_over():
    gate = make_gate(stand_ins=(StandIn(role="support", by="lead"),))
    assert takers(gate, ["support", "lead", "finance"]) == ["finance"]


def test_what_people_approved_is_revoked_and_not_objected_to():
    approved = make_proposal(status=Status.approved, cause=Cause.reviewer)
    assert offers(approved, START, ()) == {REVOKE}
    assert offers(watched(), START, ()) == {OBJECT}
    assert offers(watched(), START + timedelta(hours=8), ()) == {OBJECT}, "it may still be claimed any moment"


@given(st.sampled_from(Status), st.integers(0, 9000), st.sets(st.sampled_from(["support", "lead"])))
def test_what_is_offered_at_some_time_is_among_what_ever_could_be(status, seconds, roles):
    for proposal in (watched(status), make_proposal(status=status, max_expires_in=7200)):
        now = START + timedelta(seconds=seconds)
        assert offers(proposal, now, roles) <= offers(proposal)


@pytest.mark.parametrize("verb", MENU)
def test_a_value_of_the_menu_is_its_verb_and_what_it_is_about(verb):
    assert menu_choice(f"{verb}:prp_1.nonce") == (verb, "prp_1.nonce")


@given(st.text(max_size=30))
def test_any_other_value_is_a_buttons(value):
    verb, about = menu_choice(value)
    assert (verb == "" and about == value) or f"{verb}:{about}" == value
    assert verb in ("", *MENU)
