"""approve: who may, until when, and when it is enough."""

import pytest

from approvals import moves
from approvals.events import Approved, Decided
from approvals.proposal import Cause, Status
from approvals.refusals import AlreadyDecided, AlreadyResolved, Changed, Expired, NotYourRole, OwnProposal
from approvals.seats import would_help
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    MILLISECOND,
    NONCE,
    OWNED,
    OWNER,
    STRANGER,
    after,
    approved,
    claimed,
    edited,
    gate,
    in_status,
    pending,
    refund,
)
from tests.making import make_reviewer

BOTH = ("finance", "support")
NOW = after(10)


def agree(proposal, reviewer, nonce=None, at=NOW):
    return moves.approve(proposal, reviewer, nonce or proposal.nonce, at)


def test_one_approval_of_one_role_resolves_it():
    proposal = approved(execute_within=60)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.approved, Cause.reviewer, ALICE.user)
    assert (proposal.resolved_at, proposal.execute_by) == (after(10), after(70))


def test_with_the_digest_that_was_on_the_screen_only_that_one_is_approved():
    proposal = pending()
    assert moves.approve(proposal, ALICE, proposal.nonce, NOW, proposal.digest)
    with pytest.raises(Changed):
        moves.approve(proposal, ALICE, proposal.nonce, NOW, "sha256:" + "0" * 64)


def test_the_decision_records_the_revision_the_round_and_the_roles_it_counts_in():
    both = make_reviewer(user="U0BOTH", roles=frozenset({"finance", "legal", "support"}))
    (decided,) = agree(pending(roles=BOTH), both)
    assert decided.decision.roles == ("finance", "support")
    assert (decided.decision.revision, decided.decision.round, decided.decision.at) == (1, 1, after(10))


def test_two_places_need_two_people():
    first = pending(approvals=2)
    assert [type(event) for event in agree(first, ALICE)] == [Decided]
    second = after_all(first, agree(first, ALICE))
    assert second.status is Status.pending
    assert [type(event) for event in agree(second, BOB)] == [Decided, Approved]


def test_nobody_approves_twice():
    proposal = after_all(pending(approvals=2), agree(pending(approvals=2), ALICE))
    with pytest.raises(AlreadyDecided):
        agree(proposal, ALICE)


def test_a_person_of_both_roles_fills_one_place_only():
    both = make_reviewer(user="U0BOTH", roles=frozenset(BOTH))
    proposal = after_all(pending(roles=BOTH), agree(pending(roles=BOTH), both))
    assert proposal.status is Status.pending
    for second in (ALICE, CAROL):
        assert after_all(proposal, agree(proposal, second)).status is Status.approved


@pytest.mark.parametrize("at", [after(3600), after(3600) + MILLISECOND, after(9999)])
def test_at_the_deadline_it_is_too_late_though_no_sweep_has_run(at):
    with pytest.raises(Expired) as refused:
        agree(pending(), ALICE, at=at)
    assert refused.value.at == after(3600)


def test_a_millisecond_before_the_deadline_it_is_in_time():
    assert after_all(pending(), agree(pending(), ALICE, at=after(3600) - MILLISECOND)).status is Status.approved


def test_what_has_expired_stays_expired_for_a_clock_that_goes_back():
    proposal = after_all(pending(), moves.due(pending(), after(7200)))
    with pytest.raises(Expired):
        agree(proposal, ALICE, at=after(10))


def test_whoever_has_none_of_the_roles_is_told_which_are_asked():
    with pytest.raises(NotYourRole) as refused:
        agree(pending(roles=BOTH), STRANGER)
    assert refused.value.roles == BOTH


def test_the_owner_does_not_approve_even_with_every_role():
    with pytest.raises(OwnProposal):
        agree(pending(roles=BOTH), OWNER)


def test_the_one_it_acts_for_does_not_approve():
    with pytest.raises(OwnProposal):
        agree(pending(excluded=OWNED | {ALICE.user}), ALICE)


def test_an_excluded_person_without_a_role_is_told_that_it_is_their_own():
    with pytest.raises(OwnProposal):
        agree(pending(excluded=frozenset({STRANGER.user})), STRANGER)


def test_self_review_counts_in_its_role_and_in_no_other():
    proposal = pending(roles=BOTH, self_review=frozenset({"finance"}))
    (decided,) = agree(proposal, OWNER)
    assert decided.decision.roles == ("finance",)


def test_a_button_of_an_earlier_round_does_nothing():
    proposal = after_all(pending(approvals=2), edited(pending(approvals=2), refund(9)))
    with pytest.raises(Changed):
        agree(proposal, BOB, nonce=NONCE)


def test_a_guessed_secret_does_nothing():
    with pytest.raises(Changed):
        agree(pending(), ALICE, nonce="guess")


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.pending], ids=str)
def test_what_is_resolved_stays_so_and_names_how(status):
    proposal = in_status(status)
    with pytest.raises(AlreadyResolved) as refused:
        agree(proposal, BOB, at=after(31) if status is not Status.approved else after(20))
    assert (refused.value.status, refused.value.by, refused.value.at) == (
        status,
        proposal.resolved_by,
        proposal.resolved_at,
    )


def test_a_late_click_on_an_approval_that_lapsed_hears_that_it_lapsed():
    with pytest.raises(AlreadyResolved) as refused:
        agree(approved(), BOB, at=after(7200))
    assert refused.value.status is Status.lapsed


def test_a_click_after_the_claim_hears_that_it_was_claimed():
    with pytest.raises(AlreadyResolved) as refused:
        agree(claimed(), BOB, at=after(30))
    assert (refused.value.status, refused.value.by) == (Status.claimed, ALICE.user)


def test_a_gate_that_names_no_role_is_filled_by_nobody():
    with pytest.raises(NotYourRole):
        agree(pending(roles=()), ALICE)


def test_earlier_rounds_do_not_count():
    waiting = pending(approvals=2)
    once = after_all(waiting, agree(waiting, ALICE))
    anew = after_all(once, moves.rejudge(once, gate(roles=BOTH), "n2", after(11)))
    assert after_all(anew, agree(anew, CAROL, at=after(12))).status is Status.pending
    again = after_all(anew, agree(anew, ALICE, at=after(12)))
    assert after_all(again, agree(again, CAROL, at=after(13))).status is Status.approved


def test_an_approval_helps_only_from_whom_something_is_missing_still():
    people = (ALICE, BOB, CAROL, OWNER, STRANGER)
    waiting = pending(roles=BOTH)
    assert [each for each in people if would_help(waiting, each)] == [ALICE, BOB, CAROL]
    once = after_all(waiting, agree(waiting, ALICE))
    assert [each for each in people if would_help(once, each)] == [CAROL]
    anew = after_all(once, moves.rejudge(once, gate(approvals=2), "n2", after(11)))
    assert [each for each in people if would_help(anew, each)] == [ALICE, BOB]
