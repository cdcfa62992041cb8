"""An approval that is not enough yet is taken back by who gave it, and by nobody else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.decision import Attestation, FirstSeen, tally
from approvals.events import Retracted
from approvals.proposal import Status
from approvals.refusals import AlreadyResolved, Changed, Expired, NotApprover
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    MILLISECOND,
    NONCE,
    after,
    edited,
    gate,
    pending,
    refund,
)
from tests.making import make_reviewer

DEADLINE = after(3600)


def agree(proposal, reviewer, at=None, nonce=None, **more):
    return after_all(proposal, moves.approve(proposal, reviewer, nonce or proposal.nonce, at or after(10), **more))


def undo(proposal, user="U0ALICE", nonce=None, at=None, new_nonce="nonce-after"):
    return after_all(proposal, moves.retract(proposal, user, nonce or proposal.nonce, new_nonce, at or after(15)))


def half(**changes):
    """Alice approved it, and it needs a second."""
    return agree(pending(**{"approvals": 2, **changes}), ALICE)


def counted(proposal):
    made = tally(proposal.active_decisions, proposal.gate, proposal.editors)
    return made.taken, made.places, made.approved_by


def test_it_waits_as_if_the_approval_had_not_been_given_and_the_approval_stays_in_the_history_void():
    before, waits = half(), undo(half())
    assert waits == replace(
        before,
        version=before.version + 1,
        nonce="nonce-after",
        decisions=(replace(before.decisions[0], retracted_at=after(15)),),
    )
    assert waits.active_decisions == ()
    assert (counted(before), counted(waits)) == ((1, 2, ("U0ALICE",)), (0, 2, ()))


def test_one_event_tells_it():
    assert moves.retract(half(), "U0ALICE", NONCE, "nonce-after", after(15)) == [
        Retracted(at=after(15), by="U0ALICE", nonce="nonce-after")
    ]


def test_one_more_approval_is_not_enough_then():
    assert agree(undo(half()), BOB).status is Status.pending
    assert agree(agree(undo(half()), BOB), ALICE).status is Status.approved


def test_who_took_it_back_approves_again_and_counts_once():
    again = agree(undo(half()), ALICE, at=after(20))
    assert counted(again) == (1, 2, ("U0ALICE",))
    twice = agree(undo(again, at=after(25), new_nonce="third"), ALICE, at=after(30))
    assert counted(twice) == (1, 2, ("U0ALICE",))
    assert [each.retracted_at for each in twice.decisions] == [after(15), after(25), None]


@pytest.mark.parametrize("user", ["U0BOB", "U0CAROL", "U0OWNER", "U0STRANGER"])
def test_nobody_takes_back_what_somebody_else_approved(user):
    with pytest.raises(NotApprover):
        undo(half(), user)


def test_what_was_never_given_is_not_taken_back():
    with pytest.raises(NotApprover):
        undo(pending(approvals=2))


def test_only_ones_own_is_void_where_others_approved_too():
    proposal = undo(agree(half(approvals=3), BOB), "U0BOB")
    assert [each.reviewer for each in proposal.active_decisions] == ["U0ALICE"]


def test_a_lent_place_is_given_back_by_who_took_it_and_is_free_for_both_again():
    bob = replace(BOB, roles=frozenset(), delegated=(DelegatedRoles(by="U0ALICE", roles=ALICE.roles),))
    proposal = agree(pending(approvals=2), bob)
    assert proposal.decisions[0].stands_in_for == "U0ALICE"
    with pytest.raises(NotApprover):
        undo(proposal, "U0ALICE")
    waits = undo(proposal, "U0BOB")
    assert counted(agree(waits, ALICE)) == (1, 2, ("U0ALICE",))
    assert counted(agree(waits, bob)) == (1, 2, ("U0BOB",))


def test_a_button_from_before_takes_nothing_back_and_approves_nothing():
    waits = undo(half())
    for old in (
        lambda: moves.retract(waits, "U0ALICE", NONCE, "third", after(16)),
        lambda: moves.approve(waits, ALICE, NONCE, after(16)),
        lambda: moves.approve(waits, BOB, NONCE, after(16)),
        lambda: moves.reject(waits, BOB, "No.", NONCE, after(16)),
    ):
        with pytest.raises(Changed):
            old()


def test_what_an_edit_made_void_is_not_taken_back():
    first = half(approvals=3)
    proposal = after_all(first, edited(first, refund(9), editor=BOB))
    with pytest.raises(Changed):
        undo(proposal, nonce=NONCE)
    with pytest.raises(NotApprover):
        undo(proposal)
    assert undo(proposal, "U0BOB").active_decisions == ()
    assert undo(proposal, "U0BOB").action == refund(9)


def test_what_a_policy_made_void_is_not_taken_back():
    first = half()
    proposal = after_all(first, moves.rejudge(first, gate(approvals=3), "n2", after(12)))
    with pytest.raises(NotApprover):
        undo(proposal)


@pytest.mark.parametrize(
    ("at", "open_still"), [(DEADLINE - MILLISECOND, True), (DEADLINE, False), (after(9999), False)]
)
def test_the_deadline_decides_though_no_sweep_has_run(at, open_still):
    if open_still:
        assert undo(half(), at=at).status is Status.pending
        return
    with pytest.raises(Expired) as no:
        undo(half(), at=at)
    assert no.value.at == DEADLINE


def test_what_ended_is_not_taken_back():
    rejected = after_all(half(), moves.reject(half(), BOB, "No.", NONCE, after(12)))
    with pytest.raises(AlreadyResolved) as no:
        undo(rejected)
    assert no.value.status is Status.rejected


def test_the_deadline_and_the_steps_before_it_stay_where_they_were():
    before = half(remind=(600,))
    waits = undo(before)
    assert (waits.expires_at, waits.round) == (before.expires_at, before.round)
    assert [each.tag for each in moves.due(waits, after(601))] == ["proposal:reminded"]


def test_a_rushed_approval_is_taken_back_and_the_next_is_measured_anew():
    seen = Attestation(first_seen=FirstSeen(at=after(9), words=600))
    proposal = agree(pending(approvals=2), ALICE, attestation=seen)
    assert proposal.decisions[0].rushed
    calm = agree(undo(proposal), ALICE, at=after(120), attestation=seen)
    assert [each.rushed for each in calm.active_decisions] == [False]


def test_the_second_person_takes_it_back_and_is_needed_again():
    first = pending(approvals=3, second_person=True)
    changed = after_all(first, edited(first, refund(9), editor=ALICE))
    assert tally(changed.active_decisions, changed.gate, changed.editors).second_person
    other = agree(changed, BOB)
    assert not tally(other.active_decisions, other.gate, other.editors).second_person
    waits = undo(other, "U0BOB")
    assert tally(waits.active_decisions, waits.gate, waits.editors).second_person


def test_of_two_roles_the_place_of_the_one_is_free_again_and_the_other_stays_taken():
    roles = ("finance", "support")
    proposal = agree(agree(pending(roles=roles, approvals=2), ALICE), CAROL)
    waits = undo(proposal, "U0CAROL")
    assert tally(waits.active_decisions, waits.gate).missing == (("finance", 2), ("support", 1))


PEOPLE = [make_reviewer(user=f"U0{name}", roles=frozenset({"support"})) for name in "ABCD"]


@given(
    needed=st.integers(2, 3),
    steps=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["approve", "undo"])), max_size=12),
)
def test_in_whatever_order_people_approve_and_undo_it_is_approved_by_exactly_as_many_as_stand_by_it(needed, steps):
    proposal, stand = pending(approvals=needed), set()
    for number, (who, verb) in enumerate(steps):
        if proposal.status is not Status.pending:
            break
        if verb == "approve" and who.user not in stand:
            proposal = agree(proposal, who)
            stand.add(who.user)
        elif verb == "undo" and who.user in stand:
            proposal = undo(proposal, who.user, new_nonce=f"n{number}")
            stand.remove(who.user)
        assert {each.reviewer for each in proposal.active_decisions} == stand
        assert (proposal.status is Status.approved) == (len(stand) == needed)
