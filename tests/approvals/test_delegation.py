"""Lending one's place: what holds when, who may lend what, and that one place is one approval."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.decision import tally
from approvals.delegation import (
    LONGEST,
    MOST_GIVEN,
    Delegation,
    DelegationTooLong,
    Ending,
    NoDelegation,
    NotAhead,
    NothingToDelegate,
    OwnDelegate,
    TooManyDelegates,
    begin,
    between,
    end,
    superseded,
)
from approvals.events import Approved, Decided, Edited, Extended, Rejected, Revoked
from approvals.gate import StandIn
from approvals.proposal import Status
from approvals.refusals import (
    AlreadyDecided,
    ExcludedDelegator,
    NotYourPlace,
    NotYourRole,
    OwnProposal,
    PlaceTaken,
    RoleFull,
)
from approvals.reviewer import DelegatedRoles, Reviewer
from approvals.seats import places
from approvals.states import after_all
from tests.approvals.situations import ALICE, BOB, CAROL, MILLISECOND, NONCE, OWNER, after, approved, pending, refund
from tests.making import START, make_gate

HOUR = timedelta(hours=1)
DAVE = Reviewer(user="U0DAVE", team="T0TEAM", name="Dave")


def delegating(reviewer, *delegators):
    """The reviewer with the places of these people."""
    return replace(reviewer, delegated=tuple(DelegatedRoles(by=each.user, roles=each.roles) for each in delegators))


def delegation(number=1, delegator="U0ALICE", delegate="U0DAVE", until=START + HOUR, **changes):
    return Delegation(
        id=f"dlg_{number}", delegator=delegator, delegate=delegate, begun_at=START, until=until, **changes
    )


def begun(reviewer=ALICE, delegate="U0DAVE", until=START + HOUR, unended=()):
    return begin(reviewer, delegate, until, unended, delegation_id="dlg_1", now=START)


def approve(proposal, reviewer, at=10):
    return after_all(proposal, moves.approve(proposal, reviewer, proposal.nonce, after(at)))


def last(proposal):
    return proposal.decisions[-1]


def test_it_holds_from_its_beginning_until_just_before_its_end():
    made, _ = begun()
    assert made.in_force(START)
    assert made.in_force(START + HOUR - MILLISECOND)
    assert not made.in_force(START + HOUR)
    assert not made.in_force(START - MILLISECOND)


def test_once_it_was_ended_it_holds_no_longer():
    ended, fact = end(begun()[0], "U0ALICE", after(60))
    assert not ended.in_force(after(61))
    assert (fact.by, fact.cause) == ("U0ALICE", Ending.retracted)


def test_the_delegate_may_give_it_back():
    ended, fact = end(begun()[0], "U0DAVE", after(60))
    assert (ended.ended_by, fact.cause) == ("U0DAVE", Ending.given_back)


@pytest.mark.parametrize("by", ["U0ALICE", "U0DAVE"])
def test_what_is_over_cannot_be_ended_again(by):
    for gone in (None, delegation(until=after(5)), delegation(ended_at=after(5))):
        with pytest.raises(NoDelegation):
            end(gone, by, after(10))


def test_nobody_else_can_end_it():
    with pytest.raises(NoDelegation):
        end(delegation(), "U0BOB", after(10))


def test_nobody_is_their_own_delegate():
    with pytest.raises(OwnDelegate):
        begun(delegate="U0ALICE")


def test_whoever_is_in_no_role_has_nothing_to_lend_not_even_what_was_lent_to_them():
    with pytest.raises(NothingToDelegate):
        begun(delegating(DAVE, ALICE), delegate="U0BOB")


@pytest.mark.parametrize("early", [timedelta(0), MILLISECOND, HOUR])
def test_it_must_end_ahead(early):
    with pytest.raises(NotAhead):
        begun(until=START - early)


def test_it_may_be_as_long_as_the_bound_and_no_longer():
    assert begun(until=START + LONGEST)[0].until == START + LONGEST
    with pytest.raises(DelegationTooLong):
        begun(until=START + LONGEST + MILLISECOND)


def test_nobody_has_more_delegates_than_the_bound_but_may_renew_one():
    others = [delegation(number, delegate=f"U0D{number}") for number in range(MOST_GIVEN)]
    with pytest.raises(TooManyDelegates):
        begun(unended=others)
    assert begun(delegate="U0D3", unended=others)
    assert begun(unended=[*others[1:], replace(others[0], until=START)])
    assert begun(unended=[replace(each, delegator="U0BOB") for each in others])


def test_a_new_one_between_the_two_puts_an_end_to_the_old_one_alone():
    old, late, other = delegation(1), delegation(2, until=after(5)), delegation(3, delegate="U0BOB")
    ended = superseded([old, late, other], "U0ALICE", "U0DAVE", after(10))
    assert [(each.id, each.ended_at, fact.cause) for each, fact in ended] == [
        ("dlg_1", after(10), Ending.replaced),
        ("dlg_2", after(5), Ending.expired),
    ]


def test_between_two_people_what_one_gave_comes_before_what_they_were_given():
    given, taken = delegation(1), delegation(2, delegator="U0DAVE", delegate="U0ALICE")
    assert between([taken, given], "U0ALICE", "U0DAVE", after(1)) == given
    assert between([taken], "U0ALICE", "U0DAVE", after(1)) == taken
    assert between([given], "U0ALICE", "U0BOB", after(1)) is None
    assert between([replace(given, until=START)], "U0ALICE", "U0DAVE", after(1)) is None


def test_the_delegate_approves_in_the_place_of_the_delegator_and_the_decision_says_so():
    done = approve(pending(), delegating(DAVE, ALICE))
    assert done.status is Status.approved
    assert (last(done).reviewer, last(done).stands_in_for, last(done).roles) == ("U0DAVE", "U0ALICE", ("support",))


def test_without_a_lent_place_the_same_person_may_nothing():
    with pytest.raises(NotYourRole):
        approve(pending(), DAVE)


def test_a_lender_of_another_role_is_of_no_use():
    with pytest.raises(NotYourRole):
        approve(pending(), delegating(DAVE, CAROL))


def test_a_lent_role_that_stands_in_for_the_gates_own_counts():
    lead = replace(ALICE, user="U0LEAD", roles=frozenset({"lead"}))
    proposal = pending(stand_ins=(StandIn(role="support", by="lead"),))
    assert last(approve(proposal, delegating(DAVE, lead))).stands_in_for == "U0LEAD"


def test_the_delegator_cannot_approve_what_the_delegate_approved_for_them():
    proposal = approve(pending(approvals=2), delegating(DAVE, ALICE))
    assert proposal.status is Status.pending
    with pytest.raises(PlaceTaken):
        approve(proposal, ALICE)
    assert approve(proposal, BOB).status is Status.approved


def test_the_delegate_cannot_approve_for_whoever_approved_already():
    proposal = approve(pending(approvals=2), ALICE)
    with pytest.raises(PlaceTaken):
        approve(proposal, delegating(DAVE, ALICE))


def test_two_delegates_of_one_person_are_one_place():
    proposal = approve(pending(approvals=2), delegating(DAVE, ALICE))
    with pytest.raises(PlaceTaken):
        approve(proposal, delegating(replace(DAVE, user="U0ERIN"), ALICE))


def test_a_delegate_of_two_is_one_person():
    proposal = approve(pending(approvals=2), delegating(DAVE, ALICE, BOB))
    with pytest.raises(AlreadyDecided):
        approve(proposal, delegating(DAVE, ALICE, BOB))


def test_whoever_was_stood_in_for_cannot_stand_in_for_another():
    proposal = approve(pending(approvals=3), delegating(DAVE, ALICE))
    with pytest.raises(PlaceTaken):
        approve(proposal, delegating(ALICE, BOB))


def test_whoever_stood_in_for_another_has_no_place_left_to_lend():
    proposal = approve(pending(approvals=3), delegating(BOB, CAROL))
    with pytest.raises(PlaceTaken):
        approve(proposal, delegating(DAVE, BOB))


def test_a_role_of_ones_own_comes_first_and_uses_nobodys_place():
    proposal = approve(pending(approvals=2), delegating(BOB, ALICE))
    assert last(proposal).stands_in_for is None
    assert approve(proposal, ALICE).status is Status.approved


def test_where_ones_own_place_helps_no_more_the_lent_one_counts():
    proposal = approve(pending(roles=("finance", "support")), ALICE)
    done = approve(proposal, delegating(BOB, CAROL))
    assert (done.status, last(done).stands_in_for, last(done).roles) == (Status.approved, "U0CAROL", ("finance",))


def test_of_several_lenders_the_one_counts_who_brings_it_further():
    proposal = approve(pending(roles=("finance", "support")), ALICE)
    done = approve(proposal, delegating(DAVE, BOB, CAROL))
    assert (done.status, last(done).stands_in_for) == (Status.approved, "U0CAROL")


def test_an_approval_that_brings_nothing_further_in_whosever_place_is_refused():
    proposal = approve(pending(roles=("finance", "support")), ALICE)
    with pytest.raises(RoleFull) as no:
        approve(proposal, delegating(DAVE, BOB))
    assert (no.value.roles, no.value.people, no.value.missing) == (("support",), ("U0ALICE",), (("finance", 1),))


def test_the_excluded_cannot_lend_their_place():
    for self_review in (frozenset(), frozenset({"support"})):
        proposal = pending(self_review=self_review)
        with pytest.raises(ExcludedDelegator) as refused:
            approve(proposal, delegating(DAVE, OWNER))
        assert refused.value.by == "U0OWNER"
        with pytest.raises(ExcludedDelegator):
            moves.reject(proposal, delegating(DAVE, OWNER), "No.", NONCE, after(10))


def test_the_excluded_cannot_borrow_a_place():
    bare = replace(OWNER, roles=frozenset())
    for gate in (make_gate(), make_gate(self_review=frozenset({"support"}))):
        assert places(gate, delegating(bare, ALICE)) == ()
    with pytest.raises(OwnProposal):
        approve(pending(), delegating(bare, ALICE))


def test_an_excluded_lender_of_another_role_is_not_blamed():
    with pytest.raises(NotYourRole):
        approve(pending(), delegating(DAVE, replace(OWNER, roles=frozenset({"legal"}))))


def test_the_excluded_reject_in_their_own_right():
    decided, _ = moves.reject(pending(), delegating(OWNER, ALICE), "No.", NONCE, after(10))
    assert decided.decision.stands_in_for is None


def test_the_delegate_rejects_and_revokes_in_the_place_of_the_delegator():
    decided, rejected = moves.reject(pending(), delegating(DAVE, ALICE), "No.", NONCE, after(10))
    assert (decided.decision.stands_in_for, type(rejected)) == ("U0ALICE", Rejected)
    decided, revoked = moves.revoke(approved(), delegating(DAVE, BOB), "Wait.", NONCE, after(20))
    assert (decided.decision.stands_in_for, type(revoked)) == ("U0BOB", Revoked)


def test_a_delegator_may_still_say_no_to_what_the_delegate_approved():
    done = approve(pending(), delegating(DAVE, ALICE))
    assert type(moves.reject(done, ALICE, "Not that.", NONCE, after(20))[-1]) is Revoked


def test_the_delegate_extends_but_cannot_hand_over_a_place_that_was_lent():
    proposal = pending(max_expires_in=7200)
    assert type(moves.extend(proposal, delegating(DAVE, ALICE), NONCE, after(10))[0]) is Extended
    with pytest.raises(NotYourPlace):
        moves.hand_over(proposal, delegating(DAVE, ALICE), "lead", "C0LEAD", NONCE, after(10))
    with pytest.raises(NotYourRole):
        moves.extend(proposal, DAVE, NONCE, after(10))


def edit(proposal, reviewer, amount=200, **changes):
    gate = replace(proposal.gate, **changes)
    return moves.edit(
        proposal, reviewer, refund(amount), gate, (), nonce=proposal.nonce, new_nonce=f"n{amount}", now=after(20)
    )


def test_the_delegates_edit_approves_once_in_the_place_of_the_delegator():
    edited, decided, granted = edit(pending(), delegating(DAVE, ALICE))
    assert [type(each) for each in (edited, decided, granted)] == [Edited, Decided, Approved]
    assert (edited.revision.editor, decided.decision.stands_in_for) == ("U0DAVE", "U0ALICE")


def test_an_edit_into_a_gate_without_the_lent_role_is_an_edit_alone():
    (edited,) = edit(pending(), delegating(DAVE, ALICE), roles=("finance",))
    assert edited.revision.editor == "U0DAVE"


def test_whose_place_was_used_before_an_edit_may_use_it_after():
    proposal = approve(pending(approvals=2), delegating(DAVE, ALICE))
    proposal = after_all(proposal, edit(proposal, BOB))
    assert approve(proposal, ALICE, 30).status is Status.approved


def test_who_stands_in_for_the_editor_is_no_second_person():
    proposal = pending(second_person=True, approvals=2)
    proposal = after_all(proposal, edit(proposal, ALICE))
    proposal = after_all(proposal, edit(proposal, BOB, 150))
    proposal = approve(proposal, delegating(DAVE, ALICE), 30)
    assert proposal.status is Status.pending
    assert tally(proposal.active_decisions, proposal.gate, proposal.editors).second_person
    third = replace(ALICE, user="U0ERIN")
    assert approve(proposal, third, 40).status is Status.approved


def test_the_delegator_is_no_second_person_to_the_edit_made_in_their_place():
    proposal = pending(second_person=True)
    proposal = after_all(proposal, edit(proposal, delegating(DAVE, ALICE)))
    with pytest.raises(PlaceTaken):
        approve(proposal, ALICE, 30)
    assert approve(proposal, BOB, 30).status is Status.approved
