"""Case of feedback as JSON: what was proposed and decided, and how it was changed; without people, and redacted.

It names no reviewer: it is about proposals. Who decided is in the audit log, to which the id leads.
"""

from typing import TYPE_CHECKING, Any

from approvals.decision import Verdict
from approvals.events import as_json, instant
from approvals.feedback import FeedbackKind, feedback_of
from approvals.patch import patch_between
from bot.slack.cards.redaction import veiled_facts

if TYPE_CHECKING:
    from approvals.feedback import Feedback
    from approvals.proposal import Proposal

FORM = 1
"""Grows with any change over which a reader of the lines could trip; another member is none."""


def case_of(proposal: "Proposal") -> dict[str, Any] | None:
    """The case that the proposal is; None where it teaches nothing."""
    feedback = feedback_of(proposal)
    if feedback is None:
        return None
    written = _texts(proposal, feedback)
    shown = veiled_facts(proposal, written)
    return _case(proposal, feedback, shown) | {"redacted": shown != written}


def _texts(proposal: "Proposal", feedback: "Feedback") -> dict[str, Any]:
    """What the agent and people wrote of it. Payloads are called so wherever one stands: thus they are redacted."""
    ask, afterwards = proposal.ask, feedback.afterwards
    return {
        "asked": {
            "payload": dict(feedback.original.action.payload),
            "reasoning": ask.reasoning,
            "summary": ask.summary,
            "confidence": ask.confidence,
            "signals": dict(ask.signals),
            "context": [as_json(each) for each in ask.context],
            "preview": None if ask.preview is None else as_json(ask.preview),
            "preconditions": list(ask.preconditions),
            "rollback_plan": ask.rollback_plan,
            "run_id": ask.run_id,
        },
        "left": None if feedback.edited is None else {"payload": dict(feedback.edited.action.payload)},
        "reasons": [each.reason for each in proposal.gate.risk],
        "reason": feedback.reason,
        "questions": [{"text": each.text, "reply": each.reply} for each in proposal.questions],
        "afterwards": None if afterwards is None else {"reason": afterwards.reason},
    }


def _case(proposal: "Proposal", feedback: "Feedback", shown: dict[str, Any]) -> dict[str, Any]:
    gate, afterwards = proposal.gate, feedback.afterwards
    said_no = feedback.kind is FeedbackKind.negative
    return {
        "form": FORM,
        "id": proposal.id,
        "kind": str(feedback.kind),
        "answer": None if feedback.answer is None else str(feedback.answer),
        "at": instant(feedback.at),
        "proposal": {
            "agent": proposal.ask.agent,
            "action": proposal.action.name,
            "source": str(proposal.ask.source),
            "proposed_at": instant(proposal.created_at),
            **shown["asked"],
        },
        "gate": {
            "tier": gate.tier.name,
            "rules": list(gate.rules),
            "reasons": shown["reasons"],
            "roles": list(gate.roles),
            "policy_version": gate.policy_version,
        },
        "decision": {
            "verdict": str(Verdict.reject if said_no else Verdict.approve),
            "approvals": feedback.approvals,
            "rushed": feedback.rushed,
            "seconds": round((feedback.at - proposal.created_at).total_seconds(), 3),
        },
        "reason": shown["reason"],
        "questions": shown["questions"],
        "edit": _edit(shown["asked"]["payload"], shown["left"]),
        "afterwards": None
        if afterwards is None
        else {"what": str(afterwards.turn), "at": instant(afterwards.at), **shown["afterwards"]},
    }


def _edit(before: dict[str, Any], left: dict[str, Any] | None) -> dict[str, Any] | None:
    """The pair, and the patch between what is shown of the two: the recorded one has the values themselves."""
    if left is None:
        return None
    return {"before": before, "after": left["payload"], "patch": list(patch_between(before, left["payload"]))}
