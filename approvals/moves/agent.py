"""The moves of agents and of the policy: submit, claim, report and the like. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from approvals.decision import tally
from approvals.events import (
    Claimed,
    Event,
    Failed,
    OutcomeUnknown,
    Rejected,
    Rejudged,
    Revoked,
    RolledBack,
    Submitted,
    Succeeded,
    Withdrawn,
)
from approvals.gate import Gate, Tier
from approvals.moves.deadlines import deadline, due, due_steps, run_out, undoable_until
from approvals.moves.reviewer import granted
from approvals.past import About
from approvals.proposal import Action, Ask, Cause, Outcome, Proposal, RollbackStatus, Status
from approvals.refusals import (
    AlreadyClaimed,
    AlreadyReported,
    DigestMismatch,
    InUndoWindow,
    NotApproved,
    NothingToRollBack,
)
from approvals.states import after_all


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
    submitted = Submitted(
        at=now,
        id=proposal_id,
        action=action,
        ask=ask,
        gate=gate,
        nonce=nonce,
        expires_at=deadline(gate, ask, now),
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
    )
    match gate.tier:
        case Tier.auto:
            return [submitted, granted(gate, Cause.auto, None, now)]
        case Tier.watch:
            return [submitted, granted(gate, Cause.watch, None, now)]
        case Tier.block:
            by = None if gate.earlier_rejection is None else gate.earlier_rejection.by
            return [submitted, Rejected(at=now, cause=Cause.blocked, by=by, reason=_why(gate))]
        case _ if gate.quorum_unreachable is not None:
            return [
                submitted,
                Rejected(at=now, cause=Cause.quorum_unreachable, by=None, reason=gate.quorum_unreachable),
            ]
        case _:
            return [submitted, *due_steps(after_all(None, [submitted]), now)]


def withdraw(proposal: Proposal, reason: str, now: datetime) -> list[Event]:
    """The agent takes it back; saying so twice changes nothing."""
    present = after_all(proposal, run_out(proposal, now))
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
    present = after_all(proposal, run_out(proposal, now))
    if present.status in (Status.claimed, Status.succeeded, Status.failed, Status.unknown):
        mine = claimant is not None and claimant == present.claimant and present.digest == digest
        if mine and present.status is Status.claimed and not present.overdue:
            return []
        raise AlreadyClaimed
    if present.status is not Status.approved:
        raise NotApproved(present.status)
    if digest != present.digest:
        raise DigestMismatch(present.digest)
    if (until := undoable_until(present, now)) is not None:
        raise InUndoWindow(until, now)
    report_by = now + timedelta(seconds=present.gate.report_within)
    return [Claimed(at=now, digest=digest, claimant=claimant, report_by=report_by)]


def report(proposal: Proposal, outcome: Outcome) -> list[Event]:
    """What came of acting. The same report again changes nothing; one that was unknown may be known later."""
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
            return [OutcomeUnknown(at=outcome.at, outcome=outcome)]


def rollback(proposal: Proposal, status: RollbackStatus, detail: str | None, now: datetime) -> list[Event]:
    """What came of the rollback it. The same report again changes nothing."""
    asked = proposal.rollback
    if asked is None:
        raise NothingToRollBack
    if asked.status is not RollbackStatus.requested:
        if (asked.status, asked.detail) == (status, detail):
            return []
        raise AlreadyReported(asked.status)
    return [RolledBack(at=now, rollback=replace(asked, status=status, detail=detail, reported_at=now))]


def rejudge(proposal: Proposal, gate: Gate | None, nonce: str, now: datetime) -> list[Event]:
    """What a new policy makes of what waits; None for a gate says that the agent may no longer ask.

    People who were asked stay asked: the caller judges with `at_least=Tier.approve` for what is pending.
    """
    if run_out(proposal, now):
        return []
    gate = None if gate is None else gate.with_stand_ins(proposal.escalated_to)
    if proposal.status is Status.approved:
        stays = gate is not None and (not gate.stricter_than(proposal.gate) or _still_filled(proposal, gate))
        if gate is None or not stays or _repeats(gate, proposal.gate):
            return [Revoked(at=now, cause=Cause.policy_changed, by=None, reason=_changed_reason(gate))]
        return _named_by(proposal, gate, now)
    if proposal.status is not Status.pending:
        return []
    if gate is None or gate.tier is Tier.block:
        return [Rejected(at=now, cause=Cause.policy_changed, by=None, reason=_changed_reason(gate))]
    if gate.quorum_unreachable is not None:
        return [Rejected(at=now, cause=Cause.quorum_unreachable, by=None, reason=gate.quorum_unreachable)]
    if gate.asks_otherwise_than(proposal.gate):
        return [Rejudged(at=now, gate=gate, nonce=nonce)]
    if replace(gate, policy_version=proposal.gate.policy_version) != proposal.gate:
        return [Rejudged(at=now, gate=gate, nonce=None)]
    return []


def _still_filled(proposal: Proposal, gate: Gate) -> bool:
    """Whether those who approved are enough under a stricter gate, too; what nobody approved no gate finds filled."""
    made = proposal.active_decisions
    people = {person for each in made for person in (each.reviewer, each.stands_in_for) if person}
    return (
        gate.tier is Tier.approve
        and bool(made)
        and not people & gate.excluded
        and not gate.misses_stand_ins_of(proposal.gate)
        and tally(made, gate, proposal.editors).filled
    )


def _named_by(proposal: Proposal, gate: Gate, now: datetime) -> list[Event]:
    """What was approved does what it does, whichever policy names it; nothing else of its gate changes."""
    if gate.effects == proposal.gate.effects:
        return []
    named = replace(proposal.gate, effects=gate.effects, effect_names=gate.effect_names)
    return [Rejudged(at=now, gate=named, nonce=None)]


def _repeats(gate: Gate, before: Gate) -> bool:
    """Whether a policy names an effect that it did not when it was approved, and that happened before, or may have."""
    return gate.effects != before.effects and any(fact.name == About.effect for fact in gate.facts)


def _why(gate: Gate) -> str:
    return " · ".join(reason.reason for reason in gate.risk) or "The policy blocks this action."


def _changed_reason(gate: Gate | None) -> str:
    if gate is None:
        return "The policy no longer lets the agent ask for this."
    return "The policy changed: " + (" · ".join(reason.reason for reason in gate.risk) or "it asks for more now.")
