"""What a permit says, and who may be given one."""

from datetime import timedelta

from approvals.proposal import Rollback, Status
from approvals.receipt import may_act, permit
from tests.making import START, make_proposal

CLAIMED = {
    "status": Status.claimed,
    "claimed_at": START + timedelta(milliseconds=999),
    "report_by": START + timedelta(seconds=60, milliseconds=999),
}


def test_a_permit_is_bound_to_proposal_action_digest_and_agent_and_ends_no_later_than_the_report_is_due():
    proposal = make_proposal(**CLAIMED)
    assert permit(proposal, "https://signoff.example.com") == {
        "iss": "https://signoff.example.com",
        "sub": proposal.id,
        "act": "refund.create",
        "digest": proposal.digest,
        "agent": "support-bot",
        "iat": int(START.timestamp()),
        "exp": int(START.timestamp()) + 60,
    }


def test_it_is_given_while_it_may_run_and_not_when_it_is_over_late_or_objected_to():
    assert may_act(make_proposal(**CLAIMED))
    assert not may_act(make_proposal(**CLAIMED, overdue=True))
    assert not may_act(
        make_proposal(**CLAIMED, rollback=Rollback(requested_by="U0ALICE", reason="No.", requested_at=START))
    )
    for status in set(Status) - {Status.claimed}:
        assert not may_act(make_proposal(**{**CLAIMED, "status": status}))
