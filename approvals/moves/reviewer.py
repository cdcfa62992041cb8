"""The moves of reviewers: for each verb the events that follow, or a Refusal raised. Pure."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from approvals.decision import CLICK_ALONE, Attestation, Decision, Verdict, tally
from approvals.events import Approved, Decided, Edited, Escalated, Event, Extended, Objected, Rejected, Revoked
from approvals.gate import Gate, Tier
from approvals.moves.confirmation import require_typed
from approvals.moves.deadlines import later_deadline, no_longer_open, run_out
from approvals.moves.stops import require_going
from approvals.patch import changed_fields, patch_between
from approvals.proposal import Action, Cause, Proposal, Revision, Rollback, Status
from approvals.refusals import (
    AlreadyDecided,
    CannotExtend,
    Changed,
    EditBlocked,
    EditFaulty,
    Fault,
    FieldLocked,
    NobodyLeft,
    ObjectionClosed,
    ReasonMissing,
)
from approvals.reviewer import Reviewer
from approvals.seats import approval, has_decided, place_to_refuse, require_own_place, require_place, require_use
from approvals.states import TRANSITIONS, after_all

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def nobody_left(gate: "Gate", editors: "Collection[str]", escalated_to: "Collection[str]") -> bool:
    """Whether everybody who could be the second person changed the payload, so that nobody can ever agree to it.

    Not where others are asked whom the policy does not name: of a user group, or of a role `escalated_to` by hand.
    """
    able = gate.second_people
    if not gate.second_person or able is None or not editors:
        return False
    named = {*gate.roles, *(each.to for each in gate.escalate)}
    return set(escalated_to) <= named and set(able) <= set(editors)


def require_another(proposal: "Proposal", editor: str, gate: "Gate | None" = None) -> None:
    """Raises NobodyLeft where a change by the person would leave nobody who could agree to it.

    `gate` is the one that the change would have; None for the present.
    """
    escalated_to = [each.to for each in proposal.escalated_to]
    if nobody_left(gate or proposal.gate, {*proposal.editors, editor}, escalated_to):
        raise NobodyLeft


def approve(
    proposal: Proposal,
    reviewer: Reviewer,
    nonce: str,
    now: datetime,
    digest: str | None = None,
    attestation: Attestation = CLICK_ALONE,
) -> list[Event]:
    """The reviewer agrees to the present revision; the last approval that fills the gate resolves it."""
    _pending(proposal, now)
    require_going(proposal)
    _same_round(proposal, nonce)
    if digest not in (None, proposal.digest):
        raise Changed
    require_place(proposal.gate, reviewer)
    if has_decided(proposal, reviewer.user):
        raise AlreadyDecided
    require_use(proposal, reviewer)
    return _agreed(proposal, approval(proposal, reviewer, now), attestation)


def reject(
    proposal: Proposal,
    reviewer: Reviewer,
    reason: str,
    nonce: str,
    now: datetime,
    attestation: Attestation = CLICK_ALONE,
) -> list[Event]:
    """One no ends the review; after the approval and before the claim it revokes."""
    if proposal.status is Status.approved:
        return revoke(proposal, reviewer, reason, nonce, now, attestation)
    _pending(proposal, now)
    _same_round(proposal, nonce)
    no = attestation.marked(_no(proposal, reviewer, reason, now))
    return [
        Decided(at=now, decision=no, words=attestation.words),
        Rejected(at=now, cause=Cause.reviewer, by=reviewer.user, reason=no.reason),
    ]


def revoke(
    proposal: Proposal,
    reviewer: Reviewer,
    reason: str,
    nonce: str,
    now: datetime,
    attestation: Attestation = CLICK_ALONE,
) -> list[Event]:
    """Takes an approval back, as long as nobody has claimed it; who does so cannot be too quick."""
    if proposal.status is not Status.approved or run_out(proposal, now):
        raise no_longer_open(after_all(proposal, run_out(proposal, now)))
    _same_round(proposal, nonce)
    no = _no(proposal, reviewer, reason, now)
    return [
        Decided(at=now, decision=no, words=attestation.words),
        Revoked(at=now, cause=Cause.reviewer, by=reviewer.user, reason=_said(reason)),
    ]


def may_edit(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> None:
    """Raises the Refusal an edit by this person would meet now, whatever its content."""
    _pending(proposal, now)
    require_going(proposal)
    _same_round(proposal, nonce)
    require_place(proposal.gate, reviewer)


def edit(  # noqa: PLR0913 what was made of what, by whom, and how
    proposal: Proposal,
    reviewer: Reviewer,
    action: Action,
    gate: Gate,
    faults: "Sequence[Fault]",
    *,
    nonce: str,
    new_nonce: str,
    now: datetime,
    attestation: Attestation = CLICK_ALONE,
) -> list[Event]:
    """A new revision under a gate judged anew, with the editor's approval where the new gate has a place for it.

    `gate` is the judgement over all revisions with this one; `faults` are what the schemas say of the new payload.
    What is typed is what the revision that is made takes.
    An edit without a change is an approval of the present revision.
    """
    may_edit(proposal, reviewer, nonce, now)
    before = proposal.action.payload
    changed = changed_fields(before, action.payload)
    if not changed:
        return approve(proposal, reviewer, nonce, now, attestation=attestation)
    if locked := _locked(proposal.gate, changed):
        raise FieldLocked(locked)
    if faults:
        raise EditFaulty(tuple(faults))
    if gate.tier is Tier.block:
        raise EditBlocked(tuple(reason.reason for reason in gate.risk))
    if gate.quorum_unreachable is not None:
        raise EditBlocked((gate.quorum_unreachable,))
    require_another(proposal, reviewer.user, gate)
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
    return [edited, *_agreed(revised, approval(revised, reviewer, now), attestation)]


def open_to_objection(proposal: Proposal, now: datetime | None = None) -> bool:
    """Whether people can object to what runs without waiting for them; without a time, whether they could before.

    Until it is claimed they always can; from then on there is so much time as the policy gives.
    """
    until = proposal.object_until
    if proposal.cause is not Cause.watch or proposal.rollback is not None or until is None:
        return False
    if proposal.status is Status.approved:
        return True
    return Objected in TRANSITIONS[proposal.status] and (now is None or now < until)


def object(  # noqa: A001 the verb is the button's
    proposal: Proposal, reviewer: Reviewer, reason: str, nonce: str, now: datetime
) -> list[Event]:
    """Somebody objects to what ran without waiting: it is revoked, or if it was claimed, to be rolled back."""
    _same_round(proposal, nonce)
    place_to_refuse(proposal.gate, reviewer)
    said = _said(reason)
    present = after_all(proposal, run_out(proposal, now))
    if not open_to_objection(present, now):
        raise ObjectionClosed
    if present.status is Status.approved:
        return revoke(proposal, reviewer, reason, nonce, now)
    return [Objected(at=now, rollback=Rollback(requested_by=reviewer.user, reason=said, requested_at=now))]


def extend(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> list[Event]:
    """As much time again as the gate gave, up to what the policy allows in all."""
    require_pending(proposal, nonce, now)
    require_place(proposal.gate, reviewer)
    later = later_deadline(proposal)
    if later is None:
        raise CannotExtend
    return [Extended(at=now, expires_at=later, by=reviewer.user)]


def require_pending(proposal: Proposal, nonce: str, now: datetime) -> None:
    """Raises what stands against doing anything to what waits, from a card of this round."""
    _pending(proposal, now)
    _same_round(proposal, nonce)


def hand_over(proposal: Proposal, reviewer: Reviewer, to: str, channel: str, nonce: str, now: datetime) -> list[Event]:
    """Lets another role take the person's own place. Those asked before stay asked.

    A role that is asked already, or could sit there anyhow, changes nothing.
    """
    roles = may_hand_over(proposal, reviewer, nonce, now)
    gate = proposal.gate
    one = gate.approvals == 1  # then whose place it is makes no difference
    could = {each.role for each in gate.stand_ins if each.by == to and (one or each.giver in (None, reviewer.user))}
    if to in gate.roles or set(roles) <= could:
        return []
    return [Escalated(at=now, to=to, channel=channel, by=reviewer.user, roles=roles)]


def may_hand_over(proposal: Proposal, reviewer: Reviewer, nonce: str, now: datetime) -> tuple[str, ...]:
    """The roles of which the person has a place to hand over; raises the Refusal that it would meet now."""
    require_pending(proposal, nonce, now)
    return require_own_place(proposal.gate, reviewer)


def granted(gate: Gate, cause: Cause, by: str | None, now: datetime) -> Approved:
    """The approval that the gate gives. Only what somebody just clicked has an undo window."""
    undoable = cause is Cause.reviewer and gate.undo_window is not None
    claimable_at = now + timedelta(seconds=gate.undo_window or 0)
    return Approved(
        at=now,
        cause=cause,
        by=by,
        execute_by=claimable_at + timedelta(seconds=gate.execute_within)
        if undoable
        else now + timedelta(seconds=gate.execute_within),
        claimable_at=claimable_at if undoable else None,
    )


def _agreed(proposal: Proposal, decision: Decision | None, attestation: Attestation) -> list[Event]:
    """What an approval makes of the proposal; nothing where it has no place, or none that is of use.

    Every approval by a person passes here, so here it is made sure that what has to be typed was.
    """
    if decision is None:
        return []
    if attestation.typed is not None:
        require_typed(proposal, attestation.typed, tired=attestation.tired)
    decided = Decided(at=decision.at, decision=attestation.marked(decision), words=attestation.words)
    counted = after_all(proposal, [decided]).active_decisions
    if not tally(counted, proposal.gate, proposal.editors).filled:
        return [decided]
    return [decided, granted(proposal.gate, Cause.reviewer, decision.reviewer, decision.at)]


def _no(proposal: Proposal, reviewer: Reviewer, reason: str, now: datetime) -> Decision:
    place = place_to_refuse(proposal.gate, reviewer)
    return Decision(
        reviewer=reviewer.user,
        verdict=Verdict.reject,
        revision=proposal.revision,
        round=proposal.round,
        at=now,
        roles=place.roles,
        reason=_said(reason),
        stands_in_for=place.stands_in_for,
    )


def _pending(proposal: Proposal, now: datetime) -> None:
    present = after_all(proposal, run_out(proposal, now))
    if present.status is not Status.pending:
        raise no_longer_open(present)


def _same_round(proposal: Proposal, nonce: str) -> None:
    if nonce != proposal.nonce:
        raise Changed


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _locked(gate: Gate, changed: tuple[str, ...]) -> tuple[str, ...]:
    return () if gate.edit is None else tuple(name for name in changed if name not in gate.edit)
