"""reject and revoke: one no is enough, before the approval and after it, until the claim."""

import pytest

from approvals import moves
from approvals.decision import Verdict
from approvals.events import Decided, Rejected, Revoked
from approvals.proposal import Cause, Status
from approvals.refusals import AlreadyResolved, Changed, Expired, NotYourRole, ReasonMissing
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    MILLISECOND,
    NONCE,
    OWNED,
    OWNER,
    STRANGER,
    after,
    approved,
    by_itself,
    claimed,
    edited,
    in_status,
    pending,
    refund,
)
from tests.making import make_reviewer

NOW = after(20)
VERBS = pytest.mark.parametrize("verb", [moves.reject, moves.revoke], ids=["reject", "revoke"])


def refuse(proposal, reviewer=BOB, reason="Not this customer.", nonce=None, at=NOW):
    return moves.reject(proposal, reviewer, reason, nonce or proposal.nonce, at)


def test_one_no_ends_the_review():
    events = refuse(pending())
    assert [type(event) for event in events] == [Decided, Rejected]
    proposal = after_all(pending(), events)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.rejected, Cause.reviewer, BOB.user)
    assert (proposal.reason, proposal.resolved_at) == ("Not this customer.", after(20))


def test_one_no_ends_it_whoever_agreed_before():
    waiting = pending(approvals=2)
    proposal = after_all(waiting, moves.approve(waiting, ALICE, NONCE, after(10)))
    assert after_all(proposal, refuse(proposal)).status is Status.rejected


def test_whoever_agreed_may_think_again():
    waiting = pending(approvals=2)
    proposal = after_all(waiting, moves.approve(waiting, ALICE, NONCE, after(10)))
    assert after_all(proposal, refuse(proposal, ALICE)).status is Status.rejected


def test_the_verdict_is_kept_with_its_reason():
    decision = refuse(pending(), reason="  Not this customer. \n")[0].decision
    assert (decision.verdict, decision.reason, decision.reviewer) == (Verdict.reject, "Not this customer.", BOB.user)


@pytest.mark.parametrize("reason", ["", " ", "\n\t "])
def test_a_no_without_a_reason_teaches_the_agent_nothing(reason):
    with pytest.raises(ReasonMissing):
        refuse(pending(), reason=reason)
    with pytest.raises(ReasonMissing):
        refuse(approved(), reason=reason)


def test_the_owner_may_always_reject_without_any_role():
    owner = make_reviewer(user="U0OWNER", roles=frozenset())
    assert after_all(pending(), refuse(pending(), owner)).status is Status.rejected


def test_the_one_it_acts_for_may_always_reject():
    waiting = pending(excluded=OWNED | {STRANGER.user})
    assert after_all(waiting, refuse(waiting, STRANGER)).status is Status.rejected


def test_strangers_to_the_gate_do_not_reject():
    with pytest.raises(NotYourRole):
        refuse(pending(), STRANGER)


def test_after_the_deadline_there_is_nothing_left_to_reject():
    with pytest.raises(Expired):
        refuse(pending(), at=after(3600))


def test_a_no_to_an_earlier_revision_is_asked_again():
    proposal = after_all(pending(approvals=2), edited(pending(approvals=2), refund(9)))
    with pytest.raises(Changed):
        refuse(proposal, nonce=NONCE)


@VERBS
def test_a_no_after_the_approval_and_before_the_claim_revokes(verb):
    events = verb(approved(), BOB, "Wait.", NONCE, after(20))
    assert [type(event) for event in events] == [Decided, Revoked]
    proposal = after_all(approved(), events)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.revoked, Cause.reviewer, BOB.user)
    assert (proposal.reason, proposal.resolved_at) == ("Wait.", after(20))


@VERBS
def test_the_owner_takes_back_what_the_policy_let_through(verb):
    owner = make_reviewer(user="U0OWNER", roles=frozenset())
    assert after_all(by_itself(), verb(by_itself(), owner, "Wait.", NONCE, after(20))).status is Status.revoked


@VERBS
def test_strangers_revoke_nothing(verb):
    with pytest.raises(NotYourRole):
        verb(approved(), STRANGER, "Wait.", NONCE, after(20))


@VERBS
def test_an_old_button_revokes_nothing(verb):
    with pytest.raises(Changed):
        verb(approved(), BOB, "Wait.", "nonce-of-round-0", after(20))


@VERBS
def test_an_approval_that_lapsed_is_not_there_to_be_revoked_though_no_sweep_has_run(verb):
    proposal = approved()
    with pytest.raises(AlreadyResolved) as refused:
        verb(proposal, BOB, "Wait.", NONCE, proposal.execute_by)
    assert refused.value.status is Status.lapsed
    assert after_all(proposal, verb(proposal, BOB, "Wait.", NONCE, proposal.execute_by - MILLISECOND))


@VERBS
def test_after_the_claim_nothing_is_taken_back(verb):
    with pytest.raises(AlreadyResolved) as refused:
        verb(claimed(), BOB, "Wait.", NONCE, after(30))
    assert (refused.value.status, refused.value.by) == (Status.claimed, ALICE.user)


@VERBS
@pytest.mark.parametrize(
    "status", [status for status in Status if status not in (Status.pending, Status.approved)], ids=str
)
def test_what_is_resolved_hears_no_second_no(verb, status):
    with pytest.raises(AlreadyResolved) as refused:
        verb(in_status(status), BOB, "Wait.", NONCE, after(31))
    assert refused.value.status is status


def test_there_is_no_approval_to_revoke_in_what_waits():
    with pytest.raises(AlreadyResolved) as refused:
        moves.revoke(pending(), BOB, "Wait.", NONCE, after(10))
    assert refused.value.status is Status.pending


@VERBS
def test_what_expired_hears_that_it_expired(verb):
    expired = after_all(pending(), moves.due(pending(), after(3600)))
    with pytest.raises(Expired):
        verb(expired, BOB, "Wait.", NONCE, after(3700))
    with pytest.raises(Expired):
        verb(pending(), BOB, "Wait.", NONCE, after(3700))


def test_the_owner_counts_in_no_role_when_saying_no():
    assert refuse(pending(), OWNER)[0].decision.roles == ()
