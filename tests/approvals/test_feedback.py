"""Feedback: which case a proposal that is over is, and what people wanted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.decision import Attestation, FirstSeen
from approvals.feedback import Answer, FeedbackKind, Turn, feedback_of
from approvals.gate import Tier
from approvals.proposal import Cause, Rollback, Status
from tests.making import make_gate, make_proposal
from tests.recording import ALICE, BOB, CAROL, Story

AUTO = make_gate(tier=Tier.auto, roles=(), channels=())
WATCHED = make_gate(tier=Tier.watch, object_within=1800)


def of(story):
    return feedback_of(story.proposal)


def revoked(story):
    return story.of(ALICE, moves.revoke(story.proposal, ALICE, "It came back.", story.proposal.nonce, story.now))


def objected(story):
    return story.of(ALICE, moves.object(story.proposal, ALICE, "Not again.", story.proposal.nonce, story.now))


def test_a_rejection_is_negative_with_its_reason_and_nobodys_approval():
    case = of(Story().reject())
    assert (case.kind, case.reason, case.approvals) == (FeedbackKind.negative, "Too much.", 0)
    assert (case.answer, case.wanted, case.edited, case.afterwards) == (Answer.reject, None, None, None)
    assert case.original.action.payload == {"amount": 250, "order": "1001"}


def test_an_edit_that_was_approved_is_corrected_whatever_has_come_of_it_so_far():
    story = Story().edit(amount=120)
    for each in (story, story.claim(), story.report()):
        case = of(each)
        assert (case.kind, case.answer, case.approvals) == (FeedbackKind.corrected, Answer.edit, 1)
        assert case.original.action.payload["amount"] == 250
        assert case.edited is case.wanted
        assert case.edited.action.payload["amount"] == 120


def test_several_edits_are_one_pair_from_what_the_agent_gave_to_what_was_left():
    gate = make_gate(second_person=True)
    case = of(Story(gate=gate).edit(amount=120).edit(BOB, gate=gate, amount=130).approve(CAROL))
    assert case.original.number == 1
    assert case.edited.number == 3


def test_what_the_agent_itself_changed_when_it_was_asked_is_what_it_gave():
    first = make_proposal()
    replied = replace(first.revisions[0], number=2)
    corrected = replace(first.revisions[0], number=3, editor="U0ALICE")
    known = replace(first, status=Status.succeeded, cause=Cause.reviewer, resolved_at=first.created_at)
    case = feedback_of(replace(known, revisions=(*first.revisions, replied)))
    assert (case.kind, case.original.number, case.edited) == (FeedbackKind.confirmed, 2, None)
    case = feedback_of(replace(known, revisions=(*first.revisions, replied, corrected)))
    assert (case.kind, case.original.number, case.edited.number) == (FeedbackKind.corrected, 2, 3)


def test_an_edit_that_another_rejected_is_negative_and_keeps_the_edit():
    story = Story(gate=make_gate(second_person=True)).edit(amount=120).reject(CAROL)
    case = of(story)
    assert (case.kind, case.answer, case.wanted) == (FeedbackKind.negative, Answer.reject, None)
    assert case.edited.action.payload["amount"] == 120


def test_what_people_approved_as_it_was_is_confirmed_once_it_worked():
    story = Story().approve()
    assert of(story) is None
    assert of(story.claim()) is None
    case = of(story.report())
    assert (case.kind, case.answer, case.approvals) == (FeedbackKind.confirmed, Answer.approve, 1)
    assert case.wanted is case.original


@pytest.mark.parametrize("gate", [make_gate(), AUTO, WATCHED])
def test_what_failed_is_a_regression_of_which_nobody_said_that_it_was_wrong(gate):
    story = Story(gate=gate)
    story = (story.approve() if gate.tier is Tier.approve else story).claim().report("failed")
    case = of(story)
    assert (case.kind, case.afterwards.turn) == (FeedbackKind.regression, Turn.failed)
    assert (case.answer, case.wanted, case.reason) == (None, None, None)
    assert case.approvals == (1 if gate.tier is Tier.approve else 0)


def test_what_was_taken_back_or_objected_to_is_a_regression_that_people_did_not_want():
    back = of(revoked(Story().approve()))
    assert (back.kind, back.afterwards.turn, back.reason) == (
        FeedbackKind.regression,
        Turn.taken_back,
        "It came back.",
    )
    story = Story(gate=WATCHED).claim().report()
    case = of(objected(story))
    assert (case.kind, case.afterwards.turn, case.reason) == (FeedbackKind.regression, Turn.objected, "Not again.")
    assert {back.answer, case.answer} == {Answer.reject}
    assert back.wanted is case.wanted is None


def test_an_objection_counts_more_than_that_it_failed():
    failed = Story().approve().claim().report("failed").proposal
    said = Rollback(requested_by="U0ALICE", reason="Not again.", requested_at=failed.created_at)
    case = feedback_of(replace(failed, rollback=said))
    assert (case.afterwards.turn, case.reason) == (Turn.objected, "Not again.")


def test_a_correction_that_was_taken_back_says_so():
    case = of(revoked(Story().edit(amount=120)))
    assert (case.kind, case.afterwards.turn, case.answer) == (FeedbackKind.corrected, Turn.taken_back, Answer.reject)


@pytest.mark.parametrize(
    "story",
    [
        Story,
        lambda: Story(gate=AUTO).claim().report(),
        lambda: Story(gate=WATCHED).claim().report(),
        lambda: Story().approve().claim().report("unknown"),
        lambda: Story().reject().erase(),
        lambda: Story(gate=make_gate(tier=Tier.block, roles=(), channels=())),
    ],
)
def test_silence_what_no_person_looked_at_and_what_was_erased_teach_nothing(story):
    assert of(story()) is None


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (Status.rejected, Cause.expired),
        (Status.rejected, Cause.stopped),
        (Status.revoked, Cause.policy_changed),
        (Status.revoked, Cause.stopped),
        (Status.withdrawn, Cause.agent),
    ],
)
def test_what_time_a_stop_another_policy_or_the_agent_ended_teaches_nothing(status, cause):
    over = make_proposal(status=status, cause=cause)
    assert feedback_of(replace(over, resolved_at=over.created_at)) is None


def test_it_says_whether_somebody_decided_faster_than_one_can_read():
    story = Story()
    seen = FirstSeen(at=story.now - timedelta(seconds=1), words=10_000)
    events = moves.approve(
        story.proposal, ALICE, story.proposal.nonce, story.now, attestation=Attestation(first_seen=seen)
    )
    assert of(story.of(ALICE, events).claim().report()).rushed
    assert not of(Story().approve().claim().report()).rushed


def test_an_outcome_that_is_not_there_makes_no_failure():
    over = make_proposal(status=Status.failed, cause=Cause.reviewer)
    assert feedback_of(replace(over, resolved_at=over.created_at)) is None
