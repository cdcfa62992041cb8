"""submit: approved at once, rejected at once, or waiting for people."""

import pytest

from approvals.events import Approved, Rejected, Submitted
from approvals.gate import Reason, Tier
from approvals.proposal import Cause, Status
from approvals.states import after_all
from tests.approvals.standing import after, by_itself, pending, submission

BLOCKED = (Reason(rule="no-drops", reason="Tables are never dropped"), Reason(rule="night", reason="Not at night"))


def test_what_needs_people_waits_for_them():
    assert [type(event) for event in submission()] == [Submitted]
    assert pending().status is Status.pending


def test_what_needs_nobody_is_approved_at_once_by_the_policy():
    proposal = by_itself(execute_within=60)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.approved, Cause.auto, None)
    assert proposal.resolved_at == after()
    assert proposal.execute_by == after(60)


def test_what_is_blocked_is_rejected_at_once_with_the_words_of_the_rules():
    events = submission(tier=Tier.block, risk=BLOCKED)
    assert [type(event) for event in events] == [Submitted, Rejected]
    proposal = after_all(None, events)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.rejected, Cause.blocked, None)
    assert proposal.reason == "Tables are never dropped · Not at night"


def test_a_block_without_words_still_says_why():
    assert after_all(None, submission(tier=Tier.block)).reason == "The policy blocks this action."


@pytest.mark.parametrize(("asked", "policy", "given"), [(None, 3600, 3600), (60, 3600, 60), (7200, 3600, 3600)])
def test_an_agent_may_only_shorten_the_deadline(asked, policy, given):
    proposal = after_all(None, submission(expires_in=asked))
    assert proposal.gate.expires_in == policy
    assert proposal.expires_at == after(given)


def test_an_approval_by_the_policy_is_in_the_record_as_one():
    assert [type(event) for event in submission(tier=Tier.auto, roles=())] == [Submitted, Approved]
