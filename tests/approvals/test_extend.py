"""More time, and another role to help: what reviewers may do with what waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.events import Escalated, Extended
from approvals.gate import Escalation, StandIn
from approvals.hours import Hours
from approvals.moves.deadlines import later_deadline
from approvals.proposal import Status
from approvals.refusals import (
    AlreadyResolved,
    CannotExtend,
    Changed,
    Expired,
    NotYourPlace,
    NotYourRole,
    OwnProposal,
    PlaceTaken,
)
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    LEAD,
    MILLISECOND,
    NONCE,
    OWNER,
    STRANGER,
    after,
    approved,
    edited,
    gate,
    pending,
    refund,
)
from tests.making import make_reviewer


def extended(proposal, reviewer=BOB, at=None):
    return after_all(proposal, moves.extend(proposal, reviewer, proposal.nonce, at or after(10)))


def handed(proposal, to="lead", reviewer=BOB, at=None):
    return after_all(
        proposal, moves.hand_over(proposal, reviewer, to, f"C0{to.upper()}", proposal.nonce, at or after(10))
    )


def test_a_reviewer_gives_as_much_time_again():
    proposal = pending(max_expires_in=9000)
    (event,) = moves.extend(proposal, BOB, NONCE, after(10))
    assert event == Extended(at=after(10), expires_at=after(7200), by="U0BOB")
    longer = after_all(proposal, [event])
    assert (longer.expires_at, longer.extended, longer.status, longer.nonce) == (after(7200), 1, Status.pending, NONCE)


def test_time_is_given_up_to_what_the_policy_allows_and_then_no_more():
    proposal = extended(extended(pending(max_expires_in=9000)))
    assert (proposal.expires_at, proposal.extended) == (after(9000), 2)
    with pytest.raises(CannotExtend):
        extended(proposal)


FRIDAYS = Hours(tz="Europe/Berlin", days=(0, 4), start=9 * 60, end=12 * 60, extend=True)
"""From nine to twelve, on Fridays, the day on which the tests play at a quarter past eleven, and on Mondays."""


def test_more_time_is_time_in_which_people_are_there_and_so_is_what_the_policy_allows_in_all():
    proposal = pending(max_expires_in=3 * 3600, hours=(FRIDAYS,))
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert proposal.expires_at == monday + timedelta(hours=8, minutes=15)
    assert later_deadline(proposal) == monday + timedelta(hours=9, minutes=15)
    once = extended(proposal)
    assert once.expires_at == monday + timedelta(hours=9, minutes=15)
    twice = extended(once)
    assert twice.expires_at == monday + timedelta(hours=10, minutes=15)
    assert later_deadline(twice) is None
    with pytest.raises(CannotExtend):
        extended(twice)


def test_more_time_may_be_had_although_the_plain_clock_has_run_past_what_the_policy_allows():
    proposal = pending(max_expires_in=2 * 3600, hours=(FRIDAYS,))
    assert proposal.expires_at > proposal.created_at + timedelta(hours=2)
    assert later_deadline(proposal) > proposal.expires_at


@pytest.mark.parametrize("longest", [None, 3600])
def test_without_leave_of_the_policy_no_deadline_moves(longest):
    with pytest.raises(CannotExtend):
        extended(pending(max_expires_in=longest))


@pytest.mark.parametrize(("reviewer", "no"), [(CAROL, NotYourRole), (STRANGER, NotYourRole), (OWNER, OwnProposal)])
@pytest.mark.parametrize("verb", [extended, handed])
def test_only_who_could_approve_moves_the_deadline_or_hands_over(reviewer, no, verb):
    with pytest.raises(no):
        verb(pending(max_expires_in=9000), reviewer=reviewer)


@pytest.mark.parametrize("verb", [extended, handed])
def test_what_is_late_or_resolved_gets_no_more_time_and_no_other_people(verb):
    with pytest.raises(Expired):
        verb(pending(max_expires_in=9000), at=after(3600))
    with pytest.raises(AlreadyResolved):
        verb(approved(max_expires_in=9000), at=after(20))
    assert verb(pending(max_expires_in=9000), at=after(3600) - MILLISECOND)


def test_a_click_on_the_card_of_another_round_moves_nothing():
    proposal = pending(max_expires_in=9000)
    with pytest.raises(Changed):
        moves.extend(proposal, BOB, "another", after(10))
    with pytest.raises(Changed):
        moves.hand_over(proposal, BOB, "lead", "C0LEAD", "another", after(10))


@given(st.integers(1, 7200), st.one_of(st.none(), st.integers(0, 9000)))
def test_nobody_approves_at_or_after_the_deadline_however_often_it_was_moved(seconds, longest):
    proposal = pending(max_expires_in=longest)
    for _ in range(3):
        try:
            proposal = extended(proposal)
        except CannotExtend:
            break
    at = after(seconds)
    if at < proposal.expires_at:
        assert moves.approve(proposal, ALICE, NONCE, at)
    else:
        with pytest.raises(Expired):
            moves.approve(proposal, ALICE, NONCE, at)


def test_the_role_that_was_called_in_may_decide_and_those_asked_before_still_may():
    proposal = pending()
    (event,) = moves.hand_over(proposal, BOB, "lead", "C0LEAD", NONCE, after(10))
    assert event == Escalated(at=after(10), to="lead", channel="C0LEAD", by="U0BOB", roles=("support",))
    proposal = after_all(proposal, [event])
    assert proposal.gate.stand_ins == (StandIn(role="support", by="lead", giver="U0BOB"),)
    assert (proposal.channels, proposal.escalated) == (("C0LEAD", "C0SUPPORT"), ())
    for reviewer in (ALICE, BOB, LEAD):
        assert after_all(proposal, moves.approve(proposal, reviewer, NONCE, after(20))).status is Status.approved


def test_handing_over_to_who_is_asked_already_changes_nothing():
    assert moves.hand_over(pending(), BOB, "support", "C0SUPPORT", NONCE, after(10)) == []
    assert moves.hand_over(handed(pending()), BOB, "lead", "C0LEAD", NONCE, after(20)) == []


def test_a_stand_in_fills_one_place_of_many_like_anybody():
    proposal = handed(pending(roles=("finance", "support")))
    proposal = after_all(proposal, moves.approve(proposal, LEAD, NONCE, after(20)))
    assert proposal.status is Status.pending
    assert after_all(proposal, moves.approve(proposal, CAROL, NONCE, after(30))).status is Status.approved


def test_who_was_called_in_stays_over_an_edit_and_a_new_judgement():
    proposal = handed(pending())
    changed = after_all(proposal, edited(proposal, refund(90), roles=("finance", "support"), stand_ins=()))
    assert changed.gate.stand_ins == (StandIn(role="support", by="lead", giver="U0BOB"),)
    again = after_all(proposal, moves.rejudge(proposal, gate(roles=("finance", "support")), "n2", after(20)))
    assert again.gate.stand_ins == changed.gate.stand_ins
    gone = after_all(proposal, moves.rejudge(proposal, gate(roles=("finance",)), "n2", after(20)))
    assert gone.gate.asked == {"finance"}, "it was support's place that was handed over"


def test_a_place_is_handed_over_by_who_holds_it_and_by_nobody_who_stands_in():
    two = pending(roles=("finance", "support"))
    proposal = handed(two)
    assert proposal.gate.stand_ins == (StandIn(role="support", by="lead", giver="U0BOB"),)
    boss = make_reviewer(user="U0BOSS", roles=frozenset({"boss"}))
    step = Escalation(after=600, to="boss", channel="C0BOSS", roles=("support",))
    stepped = pending(escalate=(step,))
    stepped = after_all(stepped, moves.due(stepped, after(600)))
    for waiting, stand_in in ((proposal, LEAD), (stepped, boss)):
        with pytest.raises(NotYourPlace):
            moves.hand_over(waiting, stand_in, "interns", "C0INTERNS", NONCE, after(700))
    backed = pending(stand_ins=(StandIn(role="support", by="lead", most=1),))
    with pytest.raises(NotYourPlace):
        moves.hand_over(backed, LEAD, "interns", "C0INTERNS", NONCE, after(20))


def test_one_hand_over_gives_one_place_and_its_giver_sits_in_it_no_more():
    leads = [LEAD, make_reviewer(user="U0LEAD2", roles=frozenset({"lead"}))]
    proposal = handed(pending(approvals=2))
    one = after_all(proposal, moves.approve(proposal, leads[0], NONCE, after(20)))
    assert one.decisions[0].stands_in_for == "U0BOB"
    for again in (leads[1], BOB):
        with pytest.raises(PlaceTaken):
            moves.approve(one, again, NONCE, after(30))
    assert after_all(one, moves.approve(one, ALICE, NONCE, after(30))).status is Status.approved
    own = after_all(proposal, moves.approve(proposal, BOB, NONCE, after(20)))
    with pytest.raises(PlaceTaken):
        moves.approve(own, LEAD, NONCE, after(30))
    both = after_all(proposal, moves.hand_over(proposal, ALICE, "lead", "C0LEAD", NONCE, after(20)))
    for lead in leads:
        both = after_all(both, moves.approve(both, lead, NONCE, after(30)))
    assert both.status is Status.approved, "two who each handed theirs over"


def test_what_was_handed_over_is_neither_lent_nor_borrowed():
    proposal = handed(pending())
    delegate = make_reviewer(
        user="U0IVY", roles=frozenset(), delegated=(DelegatedRoles(by="U0LEAD", roles=LEAD.roles),)
    )
    with pytest.raises(NotYourRole):
        moves.approve(proposal, delegate, NONCE, after(20))


def test_whoever_handed_it_over_and_is_excluded_since_gives_no_place():
    proposal = handed(pending())
    excluding = replace(proposal, gate=replace(proposal.gate, excluded=frozenset({"U0BOB"})))
    with pytest.raises(NotYourRole):
        moves.approve(excluding, LEAD, NONCE, after(20))
    loud = replace(excluding, gate=replace(excluding.gate, self_review=frozenset({"support"})))
    assert moves.approve(loud, LEAD, NONCE, after(20))


def test_an_edit_by_somebody_who_was_called_in_counts_as_their_approval_too():
    proposal = handed(pending())
    changed = after_all(proposal, edited(proposal, refund(200), editor=LEAD, at=after(20), stand_ins=()))
    assert changed.status is Status.approved


def test_a_policy_that_asks_the_same_judges_nothing_anew_although_somebody_was_called_in():
    assert moves.rejudge(handed(pending()), gate(), "n2", after(20)) == []


def test_an_owner_in_a_role_that_is_called_in_still_cannot_approve():
    owner = OWNER.__class__(user="U0OWNER", team="T0TEAM", name="Owner", roles=frozenset({"lead"}))
    with pytest.raises(OwnProposal):
        moves.approve(handed(pending()), owner, NONCE, after(20))
