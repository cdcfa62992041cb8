"""Feedback: what a proposal that is over teaches about proposals like it, from what people said of it. Pure.

Silence teaches nothing, and neither does what only a rule said: whatever people did not look at, and nobody complained
of, is no case. What was erased is none either.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.proposal import Cause, Status

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal, Revision

_LET = frozenset({Cause.reviewer, Cause.auto, Cause.watch, Cause.remembered_approval})
"""The causes of what was let through."""


class FeedbackKind(StrEnum):
    """What a proposal is an example of."""

    negative = "negative"
    """A person rejected it, and said why."""
    corrected = "corrected"
    """A person changed the payload, and it was approved so."""
    regression = "regression"
    """It was let through as the agent gave it, and afterwards failed, was objected to or taken back."""
    confirmed = "confirmed"
    """People approved it as the agent gave it, and it worked."""


class Answer(StrEnum):
    """What people answer an agent that wants something."""

    approve = "approve"
    edit = "edit"
    reject = "reject"


_ANSWERS = {
    FeedbackKind.negative: Answer.reject,
    FeedbackKind.corrected: Answer.edit,
    FeedbackKind.confirmed: Answer.approve,
}


class Turn(StrEnum):
    """How what was let through went wrong afterwards."""

    taken_back = "taken_back"
    """A person took the approval back before the claim, or objected before it."""
    objected = "objected"
    """A person objected to what had been claimed."""
    failed = "failed"
    """The agent reported that it did not work: nobody said that it was wrong to try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What became of it after it was let through."""

    turn: Turn
    at: "datetime"
    reason: str | None
    """The person's, or of what failed the agent's own detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One case."""

    kind: FeedbackKind
    at: "datetime"
    """When it was decided."""
    original: "Revision"
    """What the agent wanted: its last revision before anybody else changed it."""
    edited: "Revision | None"
    """The last revision, where a person had a hand in it."""
    reason: str | None
    """What a person said who rejected it, took it back or objected to it; nobody gives one for an approval."""
    approvals: int
    """How many people had approved it; none where a rule let it through, or somebody rejected it."""
    rushed: bool
    """Whether whoever decided it did so faster than one can read it."""
    afterwards: Afterwards | None

    @property
    def answer(self) -> "Answer | None":
        """What people answered in the end; None where the outcome alone speaks against it."""
        if self.afterwards is not None:
            return None if self.afterwards.turn is Turn.failed else Answer.reject
        return _ANSWERS.get(self.kind)

    @property
    def wanted(self) -> "Revision | None":
        """What people wanted to run in the end; None where that was nothing, or nobody knows."""
        return {Answer.approve: self.original, Answer.edit: self.edited}.get(self.answer) if self.answer else None


def feedback_of(proposal: "Proposal") -> Feedback | None:
    """The case that the proposal is; None where it teaches nothing, or nothing yet."""
    at = proposal.resolved_at
    if proposal.erased_at is not None or at is None:
        return None
    first_edit = next((each.number for each in proposal.revisions if each.editor is not None), None)
    edited = None if first_edit is None else proposal.revisions[-1]
    afterwards = _afterwards(proposal, at)
    kind = _kind(proposal, afterwards, edited=edited is not None)
    if kind is None:
        return None
    counted = [each for each in proposal.active_decisions if each.verdict is _verdict(kind)]
    return Feedback(
        kind=kind,
        at=at,
        original=proposal.revisions[-1 if first_edit is None else first_edit - 2],
        edited=edited,
        reason=proposal.reason if proposal.rollback is None else proposal.rollback.reason,
        approvals=len(counted) if _verdict(kind) is Verdict.approve else 0,
        rushed=any(each.rushed for each in counted),
        afterwards=afterwards,
    )


def _kind(proposal: "Proposal", afterwards: Afterwards | None, *, edited: bool) -> FeedbackKind | None:
    if proposal.status is Status.rejected:
        return FeedbackKind.negative if proposal.cause is Cause.reviewer else None
    if proposal.cause not in _LET:
        return None
    if edited:
        return FeedbackKind.corrected
    if afterwards is not None:
        return FeedbackKind.regression
    worked = proposal.cause is Cause.reviewer and proposal.status is Status.succeeded
    return FeedbackKind.confirmed if worked else None


def _afterwards(proposal: "Proposal", at: "datetime") -> Afterwards | None:
    if proposal.status is Status.revoked:
        return Afterwards(turn=Turn.taken_back, at=at, reason=proposal.reason)
    if proposal.rollback is not None:
        return Afterwards(turn=Turn.objected, at=proposal.rollback.requested_at, reason=proposal.rollback.reason)
    if proposal.status is Status.failed and proposal.outcome is not None:
        return Afterwards(turn=Turn.failed, at=proposal.outcome.at, reason=proposal.outcome.detail)
    return None


def _verdict(kind: FeedbackKind) -> Verdict:
    return Verdict.reject if kind is FeedbackKind.negative else Verdict.approve
