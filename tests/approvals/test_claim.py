"""claim: the approved payload, once, to one attempt."""

import pytest

from approvals import moves
from approvals.events import Claimed
from approvals.proposal import Status
from approvals.refusals import AlreadyClaimed, DigestMismatch, NotApproved
from approvals.states import after_all
from tests.approvals.situations import (
    CLAIMANT,
    MILLISECOND,
    after,
    approved,
    by_itself,
    claimed,
    edited,
    in_status,
    pending,
    refund,
)

NOW = after(20)


def take(proposal, digest=None, claimant=CLAIMANT, at=NOW):
    return moves.claim(proposal, digest or proposal.digest, claimant, at)


def test_an_approved_payload_is_given_with_a_time_to_report():
    proposal = approved(report_within=60)
    assert take(proposal) == [
        Claimed(at=after(20), digest=proposal.digest, claimant=CLAIMANT, report_by=after(80)),
    ]
    assert after_all(proposal, take(proposal)).claimed_at == after(20)


def test_what_the_policy_let_through_is_claimed_too():
    assert after_all(by_itself(), take(by_itself())).status is Status.claimed


@pytest.mark.parametrize("claimant", [None, "d" * 64], ids=["nobody", "another"])
def test_nobody_else_ever_gets_it(claimant):
    with pytest.raises(AlreadyClaimed):
        take(claimed(), claimant=claimant, at=after(21))


def test_two_that_name_no_attempt_are_two():
    proposal = after_all(approved(), take(approved(), claimant=None))
    with pytest.raises(AlreadyClaimed):
        take(proposal, claimant=None)


def test_the_same_attempt_may_ask_again_and_nothing_changes():
    assert take(claimed(), at=after(21)) == []
    assert take(claimed(), at=claimed().report_by - MILLISECOND) == []


def test_the_same_attempt_with_another_digest_is_another():
    with pytest.raises(AlreadyClaimed):
        take(claimed(), digest=refund(1).digest)


@pytest.mark.parametrize("swept", [False, True])
def test_once_the_report_is_overdue_even_the_same_attempt_is_not_given_it_again(swept):
    proposal = claimed()
    if swept:
        proposal = after_all(proposal, moves.due(proposal, proposal.report_by))
    with pytest.raises(AlreadyClaimed):
        take(proposal, at=claimed().report_by)


@pytest.mark.parametrize("status", [Status.succeeded, Status.failed, Status.unknown], ids=str)
def test_after_the_report_nobody_gets_it_again(status):
    with pytest.raises(AlreadyClaimed):
        take(in_status(status), at=after(40))


@pytest.mark.parametrize(
    "status", [Status.pending, Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed], ids=str
)
def test_what_is_not_approved_is_not_given(status):
    with pytest.raises(NotApproved) as refused:
        take(in_status(status))
    assert refused.value.status is status


def test_what_lapsed_is_not_given_though_no_sweep_has_run():
    proposal = approved()
    with pytest.raises(NotApproved) as refused:
        take(proposal, at=proposal.execute_by)
    assert refused.value.status is Status.lapsed
    assert take(proposal, at=proposal.execute_by - MILLISECOND)


def test_what_expired_is_not_given_and_named_so():
    with pytest.raises(NotApproved) as refused:
        take(pending(), at=after(3600))
    assert refused.value.status is Status.rejected


def test_the_digest_of_another_payload_claims_nothing_and_hears_the_right_one():
    with pytest.raises(DigestMismatch) as refused:
        take(approved(), digest=refund(251).digest)
    assert refused.value.digest == approved().digest


def test_after_an_edit_the_agents_own_digest_claims_nothing():
    proposal = after_all(pending(), edited(pending(), refund(90)))
    with pytest.raises(DigestMismatch):
        take(proposal, digest=proposal.revisions[0].action.digest)
    assert after_all(proposal, take(proposal, digest=refund(90).digest)).action == refund(90)
