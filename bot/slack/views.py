"""What happens when a form is submitted. The answer goes back with the acknowledgement: that is how Slack shows it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from approvals.proposal import JSON, Proposal
from approvals.refusals import (
    AlreadyResolved,
    Changed,
    EditFaulty,
    EditRefused,
    Expired,
    NotACard,
    NotFound,
    ObjectionClosed,
    ReasonMissing,
    Refusal,
)
from bot.slack import modals, onward, words
from bot.slack.batch import approve_ticked, reject_ticked
from bot.slack.desk import Desk, Standing
from bot.slack.forms import block_of, errors, fields, pointer_to, read
from bot.slack.interaction import Interaction
from bot.slack.queue import NEXT
from storage import Form

Acknowledgement: TypeAlias = dict[str, Any]
"""The keyword arguments of Bolt's `ack`."""
Submission: TypeAlias = Callable[[Desk, Interaction], Awaitable[Acknowledgement]]

OVERTAKEN = (AlreadyResolved, Changed, Expired, ObjectionClosed)
"""Somebody or something else was first: what was typed is shown back, nothing is lost."""


async def reject(desk: Desk, at: Interaction) -> Acknowledgement:
    """The reason for a no."""
    form, proposal, reason = await _reasoned(desk, at, "reject")
    reviewer = await desk.reviewer(at, proposal)
    await desk.lifecycle.reject(proposal.id, reviewer, reason, form.nonce)
    return _done()


async def revoke(desk: Desk, at: Interaction) -> Acknowledgement:
    """The reason for taking an approval back."""
    form, proposal, reason = await _reasoned(desk, at, "revoke")
    reviewer = await desk.reviewer(at, proposal)
    await desk.lifecycle.revoke(proposal.id, reviewer, reason, form.nonce)
    return _done()


async def object_to(desk: Desk, at: Interaction) -> Acknowledgement:
    """The reason for an objection."""
    form, proposal, reason = await _reasoned(desk, at, "object")
    reviewer = await desk.reviewer(at, proposal)
    await desk.lifecycle.object(proposal.id, reviewer, reason, form.nonce)
    return _done()


async def hand_over(desk: Desk, at: Interaction) -> Acknowledgement:
    """The role that is to decide too."""
    form = await _form(desk, at, "hand_over")
    proposal = await desk.proposal(form.proposal_id)
    role = modals.role_of(at.state or {})
    reviewer = await desk.reviewer(at, proposal)
    try:
        await desk.lifecycle.hand_over(proposal.id, reviewer, role, form.nonce)
    except NotFound:
        return _faults({modals.ROLE_BLOCK: words.ROLE_GONE})
    return _done()


async def edit(desk: Desk, at: Interaction) -> Acknowledgement:
    """The first step of an edit: reads the form, keeps what was typed, and shows the difference."""
    form = await _form(desk, at, "edit")
    proposal = await desk.proposal(form.proposal_id)
    if proposal.revision != form.revision:
        raise Changed
    shown = fields(proposal)
    typed = read(shown, at.state or {})
    await desk.store.forms.save(form.id, typed=typed.typed)
    if typed.faults:
        return _faults(dict(typed.faults))
    reviewer = await desk.reviewer(at, proposal)
    try:
        foreseen = await desk.lifecycle.foresee_edit(proposal.id, reviewer, typed.payload, form.nonce)
    except EditFaulty as faulty:
        return _faults(errors(shown, faulty.faults))
    except EditRefused as refused:
        await desk.refused(at, proposal.id, "edit", refused)
        said = words.refusal(refused)
        return _faults({block_of(shown, pointer_to(name)): said for name in typed.changed})
    standing = Standing(proposal=proposal, nonce=form.nonce)
    confirm = await desk.open_form(at, standing, "confirm", {"payload": typed.payload})
    counts = any(each.reviewer == at.user for each in foreseen.standing_decisions)
    return {
        "response_action": "push",
        "view": modals.confirm_form(proposal, foreseen, confirm.id, editor_counts=counts),
    }


async def confirm(desk: Desk, at: Interaction) -> Acknowledgement:
    """The second step: `Approve with changes`."""
    form = await _form(desk, at, "confirm")
    proposal = await desk.proposal(form.proposal_id)
    reviewer = await desk.reviewer(at, proposal)
    payload = payload_of(form)
    foreseen = await desk.lifecycle.foresee_edit(proposal.id, reviewer, payload, form.nonce)
    if form.page < modals.confirm_pages(proposal, foreseen) - 1:
        raise NotACard  # the last page has the button; whoever submits before did not see everything
    await desk.lifecycle.edit(proposal.id, reviewer, payload, form.nonce)
    return _done()


async def close(_desk: Desk, _at: Interaction) -> Acknowledgement:
    """A form that only shows: submitting it closes it."""
    return {}


SUBMISSIONS: dict[str, Submission] = {
    "reject": reject,
    "revoke": revoke,
    "object": object_to,
    "hand_over": hand_over,
    "edit": edit,
    "confirm": confirm,
    "batch": approve_ticked,
    "batch_reject": reject_ticked,
    NEXT: onward.next_one,
}


async def submitted(desk: Desk, at: Interaction, verb: str) -> Acknowledgement:
    """The submission's answer, or the refusal shown in the modal; nothing typed is lost."""
    try:
        return await onward.instead_of_closing(desk, at, await SUBMISSIONS.get(verb, close)(desk, at))
    except ReasonMissing as refusal:
        return _faults({modals.REASON_BLOCK: words.refusal(refusal)})
    except Refusal as refusal:
        return await _overtaken(desk, at, verb, refusal)


async def _overtaken(desk: Desk, at: Interaction, verb: str, refusal: Refusal) -> Acknowledgement:
    said = words.refusal(refusal)
    form = await desk.store.forms.get(at.form_id) if at.form_id else None
    if form is None:
        return _update(modals.sentence(words.TITLE, said))
    await desk.refused(at, form.proposal_id, verb, refusal)
    proposal = await desk.store.find(form.proposal_id)
    if proposal is not None and isinstance(refusal, OVERTAKEN) and form.reviewer == at.user:
        return _update(modals.lost_nothing(proposal, typed_in(form), said, form.id))
    return _update(modals.sentence(words.TITLE, said))


def payload_of(form: Form) -> dict[str, JSON]:
    """The payload that a confirmation is about."""
    payload = form.typed.get("payload")
    if form.kind != "confirm" or not isinstance(payload, dict):
        raise NotACard
    return payload


def typed_in(form: Form) -> dict[str, JSON]:
    """What the person wrote: texts by field, a reason, or for a confirmation the payload that came of it."""
    return payload_of(form) if form.kind == "confirm" else form.typed


async def _reasoned(desk: Desk, at: Interaction, kind: str) -> tuple[Form, Proposal, str]:
    form = await _form(desk, at, kind)
    reason = modals.reason_of(at.state or {})
    await desk.store.forms.save(form.id, typed={"reason": reason})
    if not reason.strip():
        raise ReasonMissing
    return form, await desk.proposal(form.proposal_id), reason


async def _form(desk: Desk, at: Interaction, kind: str) -> Form:
    form = await desk.form(at)
    if form.kind != kind:
        raise NotACard
    return form


def _done() -> Acknowledgement:
    return {"response_action": "clear"}


def _faults(faults: dict[str, str]) -> Acknowledgement:
    return {"response_action": "errors", "errors": faults}


def _update(view: dict[str, Any]) -> Acknowledgement:
    return {"response_action": "update", "view": view}
