"""Presentation of a proposal to its agent, with one sentence for the model behind it; and as an event.

An event is a CloudEvents 1.0 event that is a Standard Webhooks payload as well. Answers are plain JSON: a model of each
would cost as much as all the rest of it, so tests hold them to those of `responses`.
"""

from typing import TYPE_CHECKING, Any

from approvals.events import instant
from approvals.moves.deadlines import step_at, taken_at
from approvals.proposal import Cause, Proposal, RollbackStatus, Status

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.effects import AgentEvent
    from approvals.proposal import Inquiry, Outcome, Rollback, Suspension


QUOTED = 600
"""So much of a reason is quoted in the sentence; `reason` has it whole."""


def answer(proposal: Proposal, permit: str | None = None) -> dict[str, Any]:
    """The proposal as every answer gives it; `permit` for the attempt that claimed it alone."""
    gate, ask = proposal.gate, proposal.ask
    questions = [_question(each) for each in proposal.questions]
    return {
        "id": proposal.id,
        "version": proposal.version,
        "status": str(proposal.status),
        "cause": None if proposal.cause is None else str(proposal.cause),
        "action": proposal.action.name,
        "payload": None if proposal.erased_at is not None else dict(proposal.action.payload),
        "edited": proposal.edited,
        "revision": proposal.revision,
        "digest": proposal.digest,
        "tier": gate.tier.value,
        "risk": [{"rule": each.rule, "reason": each.reason} for each in gate.risk],
        "gate": {
            "roles": list(gate.roles),
            "approvals": gate.approvals,
            "execute_within": gate.execute_within,
            "report_within": gate.report_within,
            "rules": list(gate.rules),
            "policy_version": gate.policy_version,
            "remind": list(gate.remind),
            "remind_at": [instant(step_at(proposal, each)) for each in gate.remind],
            "escalate": [
                {"after": each.after, "to": each.to, "at": instant(taken_at(proposal, each))} for each in gate.escalate
            ],
            "second_person": gate.second_person,
            "object_within": gate.object_within,
            "undo_window": gate.undo_window,
            "facts": [{"rule": each.rule, "name": each.name, "value": each.value} for each in gate.facts],
        },
        "decisions": [
            {
                "reviewer": each.reviewer,
                "verdict": each.verdict.value,
                "reason": each.reason,
                "revision": each.revision,
                "at": instant(each.at),
                "retracted_at": _moment(each.retracted_at),
            }
            for each in proposal.decisions
        ],
        "reason": proposal.reason,
        "allowed_by": proposal.resolved_by if proposal.cause is Cause.remembered_approval else None,
        "rejected_until": None if gate.earlier_rejection is None else instant(gate.earlier_rejection.until),
        "message": message(proposal),
        "preconditions": list(ask.preconditions),
        "created_at": instant(proposal.created_at),
        "expires_at": instant(proposal.expires_at),
        "resolved_at": _moment(proposal.resolved_at),
        "claimable_at": _moment(proposal.claimable_at),
        "execute_by": _moment(proposal.execute_by),
        "claimed_at": _moment(proposal.claimed_at),
        "overdue": proposal.overdue,
        "erased_at": _moment(proposal.erased_at),
        "outcome": _outcome(proposal.outcome),
        "rollback": _rollback(proposal),
        "suspended": _suspended(proposal),
        "question": questions[-1] if questions else None,
        "questions": questions,
        "run_id": ask.run_id,
        "tool_call_id": ask.tool_call_id,
        "traceparent": ask.traceparent,
        "permit": permit,
    }


def message(proposal: Proposal) -> str:
    """One sentence that names the status, quotes the reason and says whether to act, wait or try again."""
    erased = "" if proposal.erased_at is None else f" What was written of it was erased at {_by(proposal.erased_at)}."
    return f"The proposal to run {proposal.action.name} is {_said(proposal)}.{erased}"


def _said(proposal: Proposal) -> str:
    if proposal.rollback is not None:
        return _objected(proposal, proposal.rollback)
    match proposal.status:
        case Status.pending:
            return _pending(proposal)
        case Status.approved:
            return (
                f"approved{_by_rule(proposal)}: claim it {_from(proposal)}before {_by(proposal.execute_by)} and only "
                f"then run exactly the payload of this answer{_changed(proposal)} once{_watched(proposal)}"
            )
        case Status.rejected:
            return "rejected " + _rejected(proposal)
        case Status.withdrawn:
            return f"withdrawn by the agent{_quote(proposal.reason)}; do not act on it"
        case Status.revoked:
            return "revoked " + _revoked(proposal)
        case Status.lapsed:
            return (
                f"lapsed, because nobody claimed it before {_by(proposal.execute_by)}; do not act on it, and propose "
                "it again only if it is still needed"
            )
        case Status.claimed | Status.succeeded | Status.failed | Status.unknown:
            return _run(proposal)


def _pending(proposal: Proposal) -> str:
    who = " and ".join(proposal.gate.roles)
    if (held := _suspension(proposal)) is not None:
        return (
            f"pending, and a person stopped everything{_quote(held.reason)}: nobody can approve it until the operators "
            f"resume it, and unanswered it is rejected at {_by(proposal.expires_at)}; do not act and do not propose it "
            "again, wait and read it again later"
        )
    if (asked := proposal.open_question) is not None:
        return (
            f"pending, and a reviewer asks{_quote(asked.text, len(asked.text))}: reply with POST "
            f"/v1/proposals/{proposal.id}/reply; people ({who}) decide before {_by(proposal.expires_at)}, so do not "
            "act and do not propose it again"
        )
    return (
        f"pending: people ({who}) decide before {_by(proposal.expires_at)}; do not act and do not propose it again, "
        "wait and read it again later"
    )


def _rejected(proposal: Proposal) -> str:
    match proposal.cause:
        case Cause.expired:
            return (
                f"because nobody decided before {_by(proposal.expires_at)} (expired), and silence is a no; do not act "
                "on it and do not retry by yourself, ask a person first"
            )
        case Cause.blocked if proposal.gate.earlier_rejection is not None:
            earlier = proposal.gate.earlier_rejection
            until = f"{instant(earlier.until)}{_quote(earlier.reason)}"
            return (
                f"because {earlier.by} rejected exactly this, remembered until {until}; do not act on "
                "it and do not retry before then: nobody is asked about it"
            )
        case Cause.blocked:
            return (
                f"by the policy{_quote(proposal.reason)}; do not act on it and do not retry, the policy never allows it"
            )
        case Cause.policy_changed:
            return f"by the policy{_quote(proposal.reason)}; do not act on it and do not retry by yourself"
        case Cause.stopped:
            return _stopped(proposal)
        case Cause.quorum_unreachable:
            return (
                f"because nobody can ever approve it{_quote(proposal.reason)}; do not act on it and do not retry, tell "
                "whoever keeps the policy"
            )
        case _:
            return (
                f"by a reviewer{_quote(proposal.reason)}; do not act on it and do not retry the same, propose "
                "something else only if it answers this reason"
            )


def _revoked(proposal: Proposal) -> str:
    match proposal.cause:
        case Cause.policy_changed:
            return (
                f"by the policy{_quote(proposal.reason)}; do not act on it, and propose it again only if it is still "
                "needed"
            )
        case Cause.stopped:
            return _stopped(proposal)
        case _:
            return (
                f"by a reviewer{_quote(proposal.reason)}; do not act on it, and do not propose the same again "
                "unless what the reviewer says is resolved"
            )


def _stopped(proposal: Proposal) -> str:
    return (
        f"because a person stopped the agent{_quote(proposal.reason)}; do not act on it, and propose nothing until the "
        "operators resume the agent"
    )


def _run(proposal: Proposal) -> str:
    detail = _quote(proposal.outcome.detail if proposal.outcome else None)
    match proposal.status:
        case Status.claimed if proposal.overdue:
            return "claimed, but its report is overdue; do not run it again, find out what came of it and report that"
        case Status.claimed:
            return (
                "claimed: the attempt that claimed it runs exactly the payload of this answer once and reports before "
                f"{_by(proposal.report_by)}; nobody else runs it, and nobody runs it again{_watched(proposal)}"
            )
        case Status.succeeded:
            return f"succeeded{detail}: it ran, do not run it again{_watched(proposal)}"
        case Status.failed:
            return f"failed{detail}; do not run it again, another attempt needs another proposal"
        case _:
            return f"unknown{detail}; do not run it again, find out whether it worked and report succeeded or failed"


def _objected(proposal: Proposal, rollback: "Rollback") -> str:
    why = _quote(rollback.reason)
    match rollback.status:
        case RollbackStatus.requested if proposal.status in (Status.claimed, Status.unknown):
            return (
                f"{proposal.status}, and a person objects: do not run it if it has not run, else roll it "
                f"back now{why}; then report what came of the rollback"
            )
        case RollbackStatus.requested:
            return (
                f"{proposal.status}, and a person objects: roll it back now{why}; then report what came of the rollback"
            )
        case RollbackStatus.done:
            left = "; its outcome is still to be reported" if proposal.status is Status.claimed else ""
            return f"{proposal.status}, and was rolled back because a person objected{why}; do not run it again{left}"
        case RollbackStatus.failed:
            return (
                f"{proposal.status}, a person objected{why}, and rolling it back failed{_quote(rollback.detail)}; do "
                "not run it again, a person has to look"
            )


def _watched(proposal: Proposal) -> str:
    if proposal.cause is not Cause.watch:
        return ""
    return f"; people can object until {_by(proposal.object_until)}, and then it is to be rolled back"


def _from(proposal: Proposal) -> str:
    return "" if proposal.claimable_at is None else f"from {instant(proposal.claimable_at)} on, not sooner, and "


def _by_rule(proposal: Proposal) -> str:
    if proposal.cause is Cause.remembered_approval:
        return f" beforehand by {proposal.resolved_by}, who allowed this and the next like it"
    return " by people" if proposal.cause is Cause.reviewer else " by the policy"


def _changed(proposal: Proposal) -> str:
    """Who wrote the payload, where it is no longer the one that was proposed."""
    if proposal.revision == 1:
        return ""
    return ", as a reviewer changed it," if proposal.revisions[-1].editor else ", as the reply changed it,"


def _quote(reason: str | None, most: int = QUOTED) -> str:
    if not reason:
        return ""
    flat = " ".join(reason.split())
    shown = flat if len(flat) <= most else flat[:most] + f"… (and {len(flat) - most} characters more)"
    return f' ("{shown}")'


def _by(at: "datetime | None") -> str:
    return "its deadline" if at is None else instant(at)


def _moment(at: "datetime | None") -> str | None:
    return None if at is None else instant(at)


def _suspension(proposal: Proposal) -> "Suspension | None":
    return proposal.suspension if proposal.status is Status.pending else None


def _suspended(proposal: Proposal) -> dict[str, Any] | None:
    held = _suspension(proposal)
    return None if held is None else {"since": instant(held.since), "reason": held.reason}


def _rollback(proposal: Proposal) -> dict[str, Any] | None:
    rollback = proposal.rollback
    if rollback is None:
        return None
    return {
        "requested_by": rollback.requested_by,
        "reason": rollback.reason,
        "requested_at": instant(rollback.requested_at),
        "status": rollback.status.value,
        "detail": rollback.detail,
        "reported_at": _moment(rollback.reported_at),
        "plan": proposal.ask.rollback_plan,
    }


def _question(asked: "Inquiry") -> dict[str, Any]:
    return {
        "id": asked.id,
        "text": asked.text,
        "asked_by": asked.asked_by,
        "asked_at": instant(asked.asked_at),
        "reply": asked.reply,
        "replied_at": _moment(asked.replied_at),
    }


def _outcome(outcome: "Outcome | None") -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "status": str(outcome.status),
        "detail": outcome.detail,
        "verification": outcome.verification,
        "at": instant(outcome.at),
    }


SOURCE = "urn:signoff"


def cloud_event(event: str, agent_event: "AgentEvent", at: "datetime", proposal: "Proposal") -> dict[str, Any]:
    """The event; `data` is the answer of GET, with the proposal as it is now and not as it was then."""
    return {
        "specversion": "1.0",
        "id": event,
        "source": SOURCE,
        "type": agent_event.type,
        "subject": proposal.id,
        "time": instant(at),
        "timestamp": instant(at),
        "datacontenttype": "application/json",
        "data": answer(proposal),
    }
