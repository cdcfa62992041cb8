"""Specimens of each thing that we show, to ask Slack whether it would take it. None of them is ever posted."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from approvals.decision import Decision, Verdict
from approvals.gate import Gate, Reason, Tier
from approvals.paging import Listed
from approvals.proposal import Action, Ask, Cause, Outcome, Preview, Proposal, Revision, Source, Status
from bot.slack.cards.card import card
from bot.slack.cards.details import Verdicts, details
from bot.slack.forms import dialogs
from bot.slack.forms.parse import fields
from bot.slack.lists.home import WAITING, Home, home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_FORM = "frm_0000000000000000000000"
_REVIEWER = "U00000000"
_PAYLOAD = {
    "amount": 250,
    "currency": "EUR",
    "customer": "cus_1",
    "note": "Late parcel",
    "urgent": False,
    "tags": ["a"],
}


def specimens(now: "datetime") -> "Iterator[tuple[str, dict[str, Any]]]":
    """What it is, and the arguments of `blocks.validate` for it."""
    pending = _pending(now)
    edited = replace(
        pending,
        revisions=(
            *pending.revisions,
            Revision(number=2, action=_action({**_PAYLOAD, "amount": 100}), at=now, editor=_REVIEWER),
        ),
        round=2,
    )
    approved = replace(
        edited,
        status=Status.approved,
        cause=Cause.reviewer,
        resolved_at=now,
        resolved_by=_REVIEWER,
        execute_by=now + timedelta(hours=1),
        decisions=(
            Decision(reviewer=_REVIEWER, verdict=Verdict.approve, revision=2, round=2, at=now, roles=("support",)),
        ),
    )
    failed = replace(
        approved,
        status=Status.failed,
        claimed_at=now,
        report_by=now + timedelta(hours=1),
        outcome=Outcome(status=Status.failed, at=now, detail="The bank refused it."),
    )
    long = replace(pending, revisions=(Revision(number=1, action=_action({"body": "A line.\n" * 4000}), at=now),))
    stages = {
        "": pending,
        "edited ": edited,
        "approved ": approved,
        "failed ": failed,
        "long ": long,
    }
    for stage, proposal in stages.items():
        shown = card(proposal)
        yield f"{stage}card", {"message": {"text": shown.text, "blocks": shown.blocks}}
    yield "edit form", {"view": dialogs.edit_form(pending, _FORM, fields(pending), {}, ())}
    yield "reject form", {"view": dialogs.reject_form(pending, _FORM, {})}
    yield "details", {"view": details(long, _FORM, 0, Verdicts(reject=True))}
    waiting, over = Listed(proposals=[pending], total=1), Listed(proposals=[failed], total=1)
    overdue = Listed(proposals=[], total=0)
    shown_at_home = Home(waiting=waiting, overdue=overdue, approved=waiting, decided=over, owned=over)
    yield "home tab", {"view": home(shown_at_home, WAITING, _REVIEWER, now)}


def _action(payload: dict[str, Any]) -> Action:
    return Action(name="refund.create", payload=payload)


def _pending(now: "datetime") -> Proposal:
    gate = Gate(
        tier=Tier.approve,
        roles=("support",),
        channels=("C00000000",),
        expires_in=3600,
        execute_within=3600,
        report_within=3600,
        risk=(Reason(rule="refund-large", reason="Refund above 100"),),
        rules=("refund-large",),
        policy_version="specimen",
    )
    ask = Ask(
        agent="specimen",
        reasoning="The carrier has confirmed that the parcel is lost.",
        summary="Refund for order 1001",
        source=Source.untrusted,
        preview=Preview(kind="diff", before="balance 0", after="balance -250"),
        rollback_plan="Charge the card again.",
        run_id="run-1",
    )
    return Proposal(
        id="prp_00000000000000000000000000000000",
        ask=ask,
        revisions=(Revision(number=1, action=_action(_PAYLOAD), at=now),),
        gate=gate,
        created_at=now,
        expires_at=now + timedelta(hours=1),
        nonce="specimen",
        channels=gate.channels,
    )
