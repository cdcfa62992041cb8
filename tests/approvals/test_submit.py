"""submit: approved at once, rejected at once, or waiting for people."""

import pytest

from approvals.events import Approved, Rejected, Submitted
from approvals.gate import Reason, Tier
from approvals.proposal import Cause, Status
from approvals.states import after_all
from tests.approvals.situations import after, by_itself, pending, submission, watched

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


def test_what_is_watched_is_approved_at_once_and_can_be_objected_to():
    events = submission(tier=Tier.watch, object_within=1800)
    assert [type(event) for event in events] == [Submitted, Approved]
    proposal = watched(execute_within=60)
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.approved, Cause.watch, None)
    assert (proposal.execute_by, proposal.object_until) == (after(60), after(1800))
    assert by_itself().object_until is None


def test_what_nobody_can_ever_approve_is_rejected_at_once_with_why():
    proposal = after_all(None, submission(quorum_unreachable="Nobody is in support but the owner."))
    assert (proposal.status, proposal.cause, proposal.reason) == (
        Status.rejected,
        Cause.quorum_unreachable,
        "Nobody is in support but the owner.",
    )


@pytest.mark.parametrize(
    ("tier", "cause"), [(Tier.auto, Cause.auto), (Tier.watch, Cause.watch), (Tier.block, Cause.blocked)]
)
def test_where_nobody_is_asked_it_does_not_matter_that_nobody_could_answer(tier, cause):
    assert after_all(None, submission(tier=tier, quorum_unreachable="Nobody is there.")).cause is cause
