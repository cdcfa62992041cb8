"""An approval that cannot count, since others took every place that it could fill, is refused with what is needed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.gate import StandIn
from approvals.proposal import Status
from approvals.refusals import AlreadyDecided, RoleFull
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    LEAD,
    after,
    edited,
    handed,
    pending,
    refund,
)
from tests.approvals.test_tally import ROLES, approves, most_seats
from tests.making import make_gate, make_reviewer

BOTH = ("finance", "support")
EITHER = make_reviewer(user="U0EITHER", roles=frozenset(BOTH))
DAVE = make_reviewer(user="U0DAVE", roles=frozenset({"finance"}))


def agree(proposal, *people):
    for each in people:
        proposal = after_all(proposal, moves.approve(proposal, each, proposal.nonce, after(10)))
    return proposal


def refused(proposal, reviewer):
    with pytest.raises(RoleFull) as no:
        agree(proposal, reviewer)
    return no.value


def test_a_second_of_a_full_role_hears_who_took_the_place_and_what_is_needed():
    no = refused(agree(pending(roles=BOTH), ALICE), BOB)
    assert (no.roles, no.people, no.missing, no.second_person) == (("support",), ("U0ALICE",), (("finance", 1),), False)
    assert str(no) == "support"


def test_who_sits_for_other_roles_is_not_named():
    proposal = agree(pending(roles=("finance", "legal", "support")), ALICE, CAROL)
    assert refused(proposal, BOB).people == ("U0ALICE",)


def test_two_each_of_two_roles_are_two_each():
    erin = make_reviewer(user="U0ERIN", roles=frozenset({"finance"}))
    proposal = agree(pending(roles=BOTH, approvals=2), CAROL, DAVE)
    no = refused(proposal, erin)
    assert (no.people, no.missing) == (("U0CAROL", "U0DAVE"), (("support", 2),))
    assert agree(proposal, ALICE, BOB).status is Status.approved


def test_their_own_second_is_told_that_they_approved_already():
    with pytest.raises(AlreadyDecided):
        agree(pending(roles=BOTH), CAROL, CAROL)


def test_who_could_fill_the_other_place_is_not_refused():
    assert agree(pending(roles=BOTH), ALICE, EITHER).status is Status.approved
    assert agree(pending(roles=BOTH), CAROL, EITHER).status is Status.approved


@pytest.mark.parametrize("second", [ALICE, CAROL])
def test_who_of_both_roles_sits_in_either_makes_room_for_who_has_only_that(second):
    assert agree(pending(roles=BOTH), EITHER, second).status is Status.approved


def test_somebody_else_is_needed_where_the_full_role_is_of_its_editors_and_may_be_of_it():
    proposal = pending(second_person=True)
    proposal = after_all(proposal, edited(proposal, refund(9)))
    assert agree(proposal, BOB).status is Status.approved


def test_a_backup_is_refused_where_only_people_of_the_role_are_missing_still():
    proposal = pending(approvals=2, stand_ins=(StandIn(role="support", by="lead", most=1),))
    lead2 = make_reviewer(user="U0LEAD2", roles=frozenset({"lead"}))
    no = refused(agree(proposal, LEAD), lead2)
    assert (no.roles, no.missing) == (("support",), (("support", 1),))
    assert agree(proposal, LEAD, BOB).status is Status.approved


def test_after_it_was_handed_over_the_full_role_has_room_no_more_than_before():
    proposal = agree(handed(pending(roles=BOTH)), LEAD)
    assert refused(proposal, ALICE).people == ("U0LEAD",)
    assert agree(proposal, CAROL).status is Status.approved


def test_once_a_role_is_called_in_for_the_other_whoever_was_refused_may_approve():
    proposal = agree(pending(roles=BOTH), CAROL)
    refused(proposal, DAVE)
    called = replace(proposal.gate, stand_ins=(StandIn(role="support", by="finance"),))
    assert agree(replace(proposal, gate=called), DAVE).status is Status.approved


def test_once_somebody_took_theirs_back_whoever_was_refused_may_approve():
    proposal = agree(pending(roles=BOTH), CAROL)
    refused(proposal, DAVE)
    free = after_all(proposal, moves.retract(proposal, "U0CAROL", proposal.nonce, "n2", after(15)))
    assert [each.reviewer for each in agree(free, DAVE).active_decisions] == ["U0DAVE"]


def test_it_is_known_before_a_form_opens():
    with pytest.raises(RoleFull):
        moves.may("approve", agree(pending(roles=BOTH), ALICE), BOB, "nonce-of-round-1", after(20))


def test_a_no_and_an_edit_are_not_refused_for_it():
    proposal = agree(pending(roles=BOTH), ALICE)
    assert after_all(proposal, moves.reject(proposal, BOB, "No.", proposal.nonce, after(20))).status is Status.rejected
    assert after_all(proposal, edited(proposal, refund(9), editor=BOB)).revision == 2


def test_who_edits_where_only_others_may_sit_leaves_no_approval_that_could_not_count():
    waiting = pending(second_person=True, stand_ins=(StandIn(role="support", by="lead", most=0),))
    changed = after_all(waiting, edited(waiting, refund(9), editor=LEAD))
    assert changed.decisions == ()


SETS = st.sets(st.sampled_from(ROLES), min_size=1)


@given(roles=SETS, approvals=st.integers(1, 2), people=st.lists(SETS, max_size=6))
def test_whoever_is_refused_could_fill_no_place_however_all_who_approved_were_seated_and_nobody_else_is(
    roles, approvals, people
):
    gate = make_gate(roles=tuple(sorted(roles)), approvals=approvals)
    proposal, made = pending(roles=gate.roles, approvals=approvals), []
    for number, held in enumerate(each & roles for each in people):
        if not held or proposal.status is not Status.pending:
            continue
        more = [*made, approves(f"U{number}", *held)]
        before, now = most_seats(made, gate), most_seats(more, gate)
        reviewer = make_reviewer(user=f"U{number}", roles=frozenset(held))
        if now == before:
            no = refused(proposal, reviewer)
            assert sum(count for _, count in no.missing) == len(roles) * approvals - before
            assert no.people
        else:
            proposal, made = agree(proposal, reviewer), more
