"""The state machine: one table, and the one function that applies it.

The law of this file: an event that the table does not name for a status cannot happen to a proposal in it.
`docs/states.md` is drawn from the table.
"""

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from approvals.content import without_content
from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Drilled,
    Edited,
    Erased,
    Escalated,
    Event,
    Extended,
    Failed,
    Lapsed,
    Objected,
    OutcomeUnknown,
    Overdue,
    Planted,
    Rejected,
    Rejudged,
    Reminded,
    Replied,
    Resumed,
    Retracted,
    Revised,
    Revoked,
    RolledBack,
    Submitted,
    Succeeded,
    Suspended,
    Withdrawn,
)
from approvals.gate import EscalatedTo
from approvals.proposal import Cause, Proposal, Revision, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

TRANSITIONS: dict[Status, dict[type[Event], Status]] = {
    Status.pending: {
        Decided: Status.pending,
        Edited: Status.pending,
        Rejudged: Status.pending,
        Reminded: Status.pending,
        Escalated: Status.pending,
        Extended: Status.pending,
        Asked: Status.pending,
        Replied: Status.pending,
        Revised: Status.pending,
        Retracted: Status.pending,
        Suspended: Status.pending,
        Resumed: Status.pending,
        Approved: Status.approved,
        Rejected: Status.rejected,
        Withdrawn: Status.withdrawn,
    },
    Status.approved: {
        Decided: Status.approved,
        Claimed: Status.claimed,
        Rejudged: Status.approved,
        Retracted: Status.pending,
        Suspended: Status.pending,
        Revoked: Status.revoked,
        Lapsed: Status.lapsed,
        Withdrawn: Status.withdrawn,
    },
    Status.claimed: {
        Overdue: Status.claimed,
        Objected: Status.claimed,
        RolledBack: Status.claimed,
        Erased: Status.claimed,
        Succeeded: Status.succeeded,
        Failed: Status.failed,
        OutcomeUnknown: Status.unknown,
    },
    Status.unknown: {
        Objected: Status.unknown,
        RolledBack: Status.unknown,
        Erased: Status.unknown,
        Succeeded: Status.succeeded,
        Failed: Status.failed,
    },
    Status.rejected: {Erased: Status.rejected},
    Status.withdrawn: {Erased: Status.withdrawn},
    Status.revoked: {Erased: Status.revoked},
    Status.lapsed: {Erased: Status.lapsed},
    Status.succeeded: {Objected: Status.succeeded, RolledBack: Status.succeeded, Erased: Status.succeeded},
    Status.failed: {RolledBack: Status.failed, Erased: Status.failed},
}

OF_DRILLS: dict[Status, dict[type[Event], Status]] = {
    Status.pending: {
        Decided: Status.pending,
        Edited: Status.pending,
        Reminded: Status.pending,
        Escalated: Status.pending,
        Extended: Status.pending,
        Retracted: Status.pending,
        Drilled: Status.rejected,
    },
    Status.rejected: {Erased: Status.rejected},
}
"""The same for drills. There is no way to an approval, nor to anything behind one: whatever people say, it is over."""

FINAL = frozenset(status for status, follows in TRANSITIONS.items() if set(follows.values()) <= {status})
"""No event leads out of these; a rollback of what ran stands beside the status."""


class Impossible(Exception):
    """An event the table does not allow: a fault of this program, never of its users."""


def after(proposal: Proposal | None, event: Event) -> Proposal:
    """The proposal as the event leaves it; its version grows by one.

    Raises Impossible for an event that its table does not name for the present status.
    """
    if proposal is None:
        if not isinstance(event, (Submitted, Planted)):
            raise Impossible(f"{event.tag} before proposal:submitted")
        return _born(event)
    table = TRANSITIONS if proposal.drill is None else OF_DRILLS
    follows = table.get(proposal.status, {}).get(type(event))
    if follows is None:
        what = "" if proposal.drill is None else " of a drill"
        raise Impossible(f"{event.tag} in status {proposal.status}{what}")
    changes = {"status": follows, "version": proposal.version + 1, **_changes(proposal, event)}
    left = without_content(proposal) if isinstance(event, Erased) else proposal
    return replace(left, **changes)


def after_all(proposal: Proposal | None, events: "Iterable[Event]") -> Proposal:
    """The proposal after several events in order."""
    result = reduce(after, events, proposal)
    assert result is not None
    return result


def _born(event: Submitted | Planted) -> Proposal:
    return Proposal(
        id=event.id,
        ask=event.ask,
        revisions=(Revision(number=1, action=event.action, at=event.at),),
        gate=event.gate,
        created_at=event.at,
        expires_at=event.expires_at,
        nonce=event.nonce,
        channels=event.gate.channels,
        idempotency_key=event.idempotency_key if isinstance(event, Submitted) else None,
        fingerprint=event.fingerprint if isinstance(event, Submitted) else "",
        drill=event.drill if isinstance(event, Planted) else None,
    )


def _changes(proposal: Proposal, event: Event) -> "dict[str, Any]":  # noqa: C901, PLR0912 one arm an event, side by side
    """The fields that the event changes beside status and version."""
    match event:
        case Decided(decision=decision):
            return {"decisions": (*proposal.decisions, decision)}
        case Edited(revision=revision, gate=judged, nonce=nonce) | Revised(revision=revision, gate=judged, nonce=nonce):
            gate = judged.with_stand_ins(proposal.escalated_to)
            return {
                "revisions": (*proposal.revisions, revision),
                "gate": gate,
                "nonce": nonce,
                "round": proposal.round + 1,
                "channels": _joined(proposal.channels, gate.channels),
            }
        case Rejudged(gate=judged, nonce=nonce):
            gate = judged.with_stand_ins(proposal.escalated_to)
            again = {"gate": gate, "channels": _joined(proposal.channels, gate.channels)}
            return again if nonce is None else {**again, "nonce": nonce, "round": proposal.round + 1}
        case Approved(cause=cause, by=by, at=at, execute_by=execute_by, claimable_at=claimable_at):
            resolved = {"cause": cause, "resolved_at": at, "resolved_by": by}
            return {**resolved, "execute_by": execute_by, "claimable_at": claimable_at}
        case Retracted():
            return _waiting_again(proposal, event)
        case Suspended(suspension=suspension, nonce=nonce):
            held = {"suspension": suspension}
            return held if nonce is None else {**_unresolved(nonce), **held, "round": proposal.round + 1}
        case Resumed():
            return {"suspension": None}
        case Rejected(cause=cause, by=by, at=at, reason=reason) | Revoked(cause=cause, by=by, at=at, reason=reason):
            return {"cause": cause, "resolved_at": at, "resolved_by": by, "reason": reason}
        case Withdrawn(at=at, reason=reason):
            return {"cause": Cause.agent, "resolved_at": at, "resolved_by": None, "reason": reason}
        case Drilled(at=at, by=by, result=result) if proposal.drill is not None:
            over = {"cause": Cause.drill, "resolved_at": at, "resolved_by": by}
            return {**over, "drill": replace(proposal.drill, result=result)}
        case Claimed(at=at, claimant=claimant, report_by=report_by):
            return {"claimed_at": at, "claimant": claimant, "report_by": report_by}
        case Overdue():
            return {"overdue": True}
        case Erased(at=at):
            return {"erased_at": at}
        case Succeeded(outcome=outcome) | Failed(outcome=outcome) | OutcomeUnknown(outcome=outcome):
            return {"outcome": outcome, "overdue": False}
        case Objected(rollback=rollback) | RolledBack(rollback=rollback):
            return {"rollback": rollback}
        case Reminded(after=seconds):
            return {"reminded": seconds}
        case Escalated():
            return _escalated(proposal, event)
        case Asked(question=question):
            return {"questions": (*proposal.questions, question)}
        case Replied(question=question):
            return {"questions": (*proposal.questions[:-1], question)}
        case Extended(expires_at=expires_at):
            return {"expires_at": expires_at, "extended": proposal.extended + 1}
        case _:
            return {}


def _waiting_again(proposal: Proposal, event: Retracted) -> "dict[str, Any]":
    """As before that approval, which stays in the history, void; what was approved waits again."""
    own = {id(each) for each in proposal.active_decisions if each.reviewer == event.by}
    return {
        "decisions": tuple(
            replace(each, retracted_at=event.at) if id(each) in own else each for each in proposal.decisions
        ),
        **_unresolved(event.nonce),
    }


def _unresolved(nonce: str) -> "dict[str, Any]":
    return {
        "nonce": nonce,
        "cause": None,
        "resolved_at": None,
        "resolved_by": None,
        "claimable_at": None,
        "execute_by": None,
    }


def _escalated(proposal: Proposal, event: Escalated) -> "dict[str, Any]":
    """The role may fill the places that it was called in for; approvals so far keep counting."""
    called = (*proposal.escalated_to, EscalatedTo(to=event.to, channel=event.channel, roles=event.roles, by=event.by))
    gate = proposal.gate.with_stand_ins(called)
    return {
        "gate": gate,
        "escalated_to": called,
        "channels": _joined(proposal.channels, gate.channels),
        "escalated": proposal.escalated if event.after is None else (*proposal.escalated, (event.after, event.to)),
    }


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*one, *other}))
