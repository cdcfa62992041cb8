"""One pure function a verb: given where a proposal stands, the events that follow, or a Refusal raised."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from approvals.decision import Decision, Reviewer, Verdict, tally
from approvals.events import (
    Approved,
    Claimed,
    Decided,
    Doubted,
    Edited,
    Event,
    Failed,
    Lapsed,
    Overran,
    Rejected,
    Rejudged,
    Revoked,
    Submitted,
    Succeeded,
    Withdrawn,
)
from approvals.gate import Gate, Tier
from approvals.patch import changed_fields, patch_between
from approvals.proposal import Action, Ask, Cause, Outcome, Proposal, Revision, Status
from approvals.refusals import (
    AlreadyClaimed,
    AlreadyDecided,
    AlreadyReported,
    AlreadyResolved,
    Changed,
    DigestMismatch,
    EditBlocked,
    EditFaulty,
    Expired,
    Fault,
    FieldLocked,
    NotApproved,
    NotYourRole,
    OwnProposal,
    ReasonMissing,
)
from approvals.states import after_all

if TYPE_CHECKING:
    from collections.abc import Sequence


def submit(
    *,
    proposal_id: str,
    action: Action,
    ask: Ask,
    gate: Gate,
    nonce: str,
    idempotency_key: str | None,
    fingerprint: str,
    now: datetime,
) -> list[Event]:
    """A new proposal: approved at once, rejected at once, or waiting, as its gate says."""
    seconds = gate.expires_in if ask.expires_in is None else min(gate.expires_in, ask.expires_in)
    submitted = Submitted(
        at=now,
        id=proposal_id,
        action=action,
        ask=ask,
        gate=gate,
        nonce=nonce,
        expires_at=now + timedelta(seconds=seconds),
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
    )
    match gate.tier:
        case Tier.auto:
            return [submitted, _approved(gate, Cause.auto, None, now)]
        case Tier.block:
            return [submitted, Rejected(at=now, cause=Cause.blocked, by=None, reason=_why(gate))]
        case _:
            return [submitted]


def approve(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> list[Event]:
    """The reviewer agrees to the present revision; the last approval that fills the gate resolves it."""
    _pending(proposal, now)
    _same_round(proposal, nonce)
    _may_approve(proposal, reviewer)
    if any(each.reviewer == reviewer.user for each in proposal.standing_decisions):
        raise AlreadyDecided
    return _agreed(proposal, reviewer, now)


def reject(proposal: Proposal, reviewer: Reviewer, reason: str, nonce: str, now: datetime) -> list[Event]:
    """One no ends the review; after the approval and before the claim it revokes."""
    if proposal.status is Status.approved:
        return revoke(proposal, reviewer, reason, nonce, now)
    _pending(proposal, now)
    _same_round(proposal, nonce)
    _may_refuse(proposal, reviewer)
    said = _said(reason)
    return [
        Decided(at=now, decision=_decision(proposal, reviewer, Verdict.reject, now, said)),
        Rejected(at=now, cause=Cause.reviewer, by=reviewer.user, reason=said),
    ]


def revoke(proposal: Proposal, reviewer: Reviewer, reason: str, nonce: str, now: datetime) -> list[Event]:
    """Takes an approval back, as long as nobody has claimed it."""
    if proposal.status is not Status.approved or due(proposal, now):
        raise _resolved(after_all(proposal, due(proposal, now)))
    _same_round(proposal, nonce)
    _may_refuse(proposal, reviewer)
    said = _said(reason)
    return [
        Decided(at=now, decision=_decision(proposal, reviewer, Verdict.reject, now, said)),
        Revoked(at=now, cause=Cause.reviewer, by=reviewer.user, reason=said),
    ]


def may_edit(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> None:
    """Raises the Refusal an edit by this person would meet now, whatever its content."""
    _pending(proposal, now)
    _same_round(proposal, nonce)
    _may_approve(proposal, reviewer)


def edit(
    proposal: Proposal,
    reviewer: Reviewer,
    action: Action,
    gate: Gate,
    faults: "Sequence[Fault]",
    *,
    nonce: str,
    new_nonce: str,
    now: datetime,
) -> list[Event]:
    """A new revision under a gate judged anew, with the editor's approval where the new gate has a place for it.

    `gate` is the judgement over all revisions with this one; `faults` are what the schemas say of the new payload.
    An edit without a change is an approval of the present revision.
    """
    may_edit(proposal, reviewer, nonce, now)
    before = proposal.action.payload
    changed = changed_fields(before, action.payload)
    if not changed:
        return approve(proposal, reviewer, nonce, now)
    if locked := _locked(proposal.gate, changed):
        raise FieldLocked(locked)
    if faults:
        raise EditFaulty(tuple(faults))
    if gate.tier is Tier.block:
        raise EditBlocked(tuple(reason.reason for reason in gate.risk))
    edited = Edited(
        at=now,
        revision=Revision(
            number=proposal.revision + 1,
            action=action,
            at=now,
            editor=reviewer.user,
            patch=patch_between(before, action.payload),
        ),
        gate=gate,
        nonce=new_nonce,
    )
    revised = after_all(proposal, [edited])
    if not gate.seats_of(reviewer):
        return [edited]
    return [edited, *_agreed(revised, reviewer, now)]


def withdraw(proposal: Proposal, reason: str, now: datetime) -> list[Event]:
    """The agent takes it back; saying so twice changes nothing."""
    present = after_all(proposal, due(proposal, now))
    if present.status is Status.withdrawn:
        return []
    if present.status in (Status.claimed, Status.succeeded, Status.failed, Status.unknown):
        raise AlreadyClaimed
    if present.status not in (Status.pending, Status.approved):
        raise NotApproved(present.status)
    return [Withdrawn(at=now, reason=reason)]


def claim(proposal: Proposal, digest: str, claimant: str | None, now: datetime) -> list[Event]:
    """The approved payload is given once; the same claimant may ask again until its report is due.

    `claimant` is the SHA-256 of the attempt's random word, or None.
    """
    present = after_all(proposal, due(proposal, now))
    if present.status in (Status.claimed, Status.succeeded, Status.failed, Status.unknown):
        mine = claimant is not None and claimant == present.claimant and present.digest == digest
        if mine and present.status is Status.claimed and not present.overdue:
            return []
        raise AlreadyClaimed
    if present.status is not Status.approved:
        raise NotApproved(present.status)
    if digest != present.digest:
        raise DigestMismatch(present.digest)
    report_by = now + timedelta(seconds=present.gate.report_within)
    return [Claimed(at=now, digest=digest, claimant=claimant, report_by=report_by)]


def report(proposal: Proposal, outcome: Outcome) -> list[Event]:
    """What came of acting. The same report again changes nothing; doubt may be settled later."""
    if proposal.status not in (Status.claimed, Status.unknown, Status.succeeded, Status.failed):
        raise NotApproved(after_all(proposal, due(proposal, outcome.at)).status)
    if proposal.outcome is not None and replace(outcome, at=proposal.outcome.at) == proposal.outcome:
        return []
    if proposal.status in (Status.succeeded, Status.failed):
        raise AlreadyReported(proposal.status)
    match outcome.status:
        case Status.succeeded:
            return [Succeeded(at=outcome.at, outcome=outcome)]
        case Status.failed:
            return [Failed(at=outcome.at, outcome=outcome)]
        case _ if proposal.status is Status.unknown:
            raise AlreadyReported(proposal.status)
        case _:
            return [Doubted(at=outcome.at, outcome=outcome)]


def due(proposal: Proposal, now: datetime) -> list[Event]:
    """What time alone has done to it by now: expired, lapsed or overdue. Equal to the deadline is late."""
    if proposal.status is Status.pending and now >= proposal.expires_at:
        return [Rejected(at=proposal.expires_at, cause=Cause.expired, by=None, reason=None)]
    if proposal.status is Status.approved and proposal.execute_by is not None and now >= proposal.execute_by:
        return [Lapsed(at=proposal.execute_by)]
    if (
        proposal.status is Status.claimed
        and not proposal.overdue
        and proposal.report_by is not None
        and now >= proposal.report_by
    ):
        return [Overran(at=proposal.report_by)]
    return []


def rejudge(proposal: Proposal, gate: Gate | None, nonce: str, now: datetime) -> list[Event]:
    """What a new policy makes of what waits; None for a gate says that the agent may no longer ask.

    People who were asked stay asked: the caller judges with `at_least=Tier.approve` for what is pending.
    """
    if due(proposal, now):
        return []
    if proposal.status is Status.approved:
        if gate is None or gate.stricter_than(proposal.gate):
            reason = _changed_reason(gate)
            return [Revoked(at=now, cause=Cause.policy_changed, by=None, reason=reason)]
        return []
    if proposal.status is not Status.pending:
        return []
    if gate is None or gate.tier is Tier.block:
        return [Rejected(at=now, cause=Cause.policy_changed, by=None, reason=_changed_reason(gate))]
    if gate.asks_otherwise_than(proposal.gate):
        return [Rejudged(at=now, gate=gate, nonce=nonce)]
    if replace(gate, policy_version=proposal.gate.policy_version) != proposal.gate:
        return [Rejudged(at=now, gate=gate, nonce=None)]
    return []


def _approved(gate: Gate, cause: Cause, by: str | None, now: datetime) -> Approved:
    return Approved(at=now, cause=cause, by=by, execute_by=now + timedelta(seconds=gate.execute_within))


def _agreed(proposal: Proposal, reviewer: Reviewer, now: datetime) -> list[Event]:
    decided = Decided(at=now, decision=_decision(proposal, reviewer, Verdict.approve, now, None))
    counted = after_all(proposal, [decided]).standing_decisions
    if not tally(counted, proposal.gate).filled:
        return [decided]
    return [decided, _approved(proposal.gate, Cause.reviewer, reviewer.user, now)]


def _decision(proposal: Proposal, reviewer: Reviewer, verdict: Verdict, now: datetime, reason: str | None) -> Decision:
    return Decision(
        reviewer=reviewer.user,
        verdict=verdict,
        revision=proposal.revision,
        round=proposal.round,
        at=now,
        roles=tuple(sorted(proposal.gate.seats_of(reviewer))),
        reason=reason,
    )


def _pending(proposal: Proposal, now: datetime) -> None:
    present = after_all(proposal, due(proposal, now))
    if present.status is not Status.pending:
        raise _resolved(present)


def _resolved(proposal: Proposal) -> AlreadyResolved | Expired:
    if proposal.cause is Cause.expired:
        return Expired(proposal.expires_at)
    return AlreadyResolved(proposal.status, proposal.resolved_by, proposal.resolved_at)


def _same_round(proposal: Proposal, nonce: str) -> None:
    if nonce != proposal.nonce:
        raise Changed


def _may_approve(proposal: Proposal, reviewer: Reviewer) -> None:
    if proposal.gate.seats_of(reviewer):
        return
    raise OwnProposal if reviewer.user in proposal.gate.excluded else NotYourRole(proposal.gate.roles)


def _may_refuse(proposal: Proposal, reviewer: Reviewer) -> None:
    if not proposal.gate.may_refuse(reviewer):
        raise NotYourRole(proposal.gate.roles)


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _locked(gate: Gate, changed: tuple[str, ...]) -> tuple[str, ...]:
    return () if gate.edit is None else tuple(name for name in changed if name not in gate.edit)


def _why(gate: Gate) -> str:
    return " · ".join(reason.reason for reason in gate.risk) or "The policy blocks this action."


def _changed_reason(gate: Gate | None) -> str:
    if gate is None:
        return "The policy no longer lets the agent ask for this."
    return "The policy changed: " + (" · ".join(reason.reason for reason in gate.risk) or "it asks for more now.")
