"""Remembered decisions within a write: each begins, is used, keeps an edit away, or ends with what it rests on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Actor, Retracted, Revoked
from approvals.ports import SWEEP_SIZE, Damaged
from approvals.refusals import NotYourRole, RememberedOver
from approvals.remembered.approval import ApprovalEnd, covers, left_by, still_satisfied, told
from approvals.remembered.rejection import (
    EditRejectedBefore,
    RejectionEnd,
    RememberedRejectionOver,
    rejection_of,
    stopping,
)
from approvals.seats import require_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.ports import Clock, Policy, RejectionLookup, Store, Transaction
    from approvals.proposal import Action, Ask, Proposal
    from approvals.remembered.approval import RememberedApproval
    from approvals.reviewer import Reviewer


async def stopped(tx: "Transaction", ask: "Ask", action: "Action", gate: "Gate", now: "datetime") -> "Gate":
    """The gate, or where a rejection of the very same is remembered, one that lets nothing pass; that is counted."""
    rejection = await tx.remembered_rejections.stop(ask.agent, action.digest, now)
    return gate if rejection is None else stopping(gate, rejection)


async def begin(tx: "Transaction", refused: "Proposal", actor: "Actor", now: "datetime", *, wanted: bool) -> "Proposal":
    """Remembers what the actor has just said no to, if that is wanted; gives back the proposal."""
    if wanted:
        await tx.remembered_rejections.begin(rejection_of(refused, actor.id, now), actor)
    return refused


async def free(rejections: "RejectionLookup", proposal: "Proposal", action: "Action", now: "datetime") -> None:
    """Raises EditRejectedBefore where an edit would make of the proposal what a remembered rejection covers."""
    if action.digest == proposal.digest:
        return  # then it is no edit, and what waits already is for people to decide
    rejection = await rejections.rejecting(proposal.ask.agent, action.digest, now)
    if rejection is not None:
        raise EditRejectedBefore(rejection.until)


async def end_rejection(
    tx: "Transaction", rejection_id: str, reviewer: "Reviewer", actor: "Actor", now: "datetime"
) -> None:
    """Ends it for who began it, or may approve what it came from. Raises what an approval does, or that it is over."""
    rejection = await tx.remembered_rejections.find(rejection_id)
    if reviewer.user != rejection.by:
        require_place((await tx.load(rejection_id)).gate, reviewer)
    if not await tx.remembered_rejections.end(rejection_id, RejectionEnd.person, reviewer.user, actor, now):
        raise RememberedRejectionOver


async def sweep(store: "Store", clock: "Clock", actor: "Actor") -> None:
    """Puts down as ended what time has ended; it stops nothing any more whether or not this runs."""
    for rejection_id in await store.remembered_rejections_over(clock.now(), SWEEP_SIZE):
        try:
            async with store.transaction() as tx:
                await tx.remembered_rejections.end(rejection_id, RejectionEnd.expired, None, actor, clock.now())
        except Damaged:
            continue  # what it stops is asked of its entries


async def used(
    tx: "Transaction", policy: "Policy", proposal_id: str, ask: "Ask", action: "Action", gate: "Gate", now: "datetime"
) -> "tuple[str | None, Gate]":
    """Uses a remembered approval that covers the proposal: who allowed it, if anybody, and the gate with that kept."""
    if not gate.may_remember_approval:
        return None, gate
    for approval in await tx.remembered_approvals.open(ask.agent, action.name):
        if now < approval.counts_from or not await _covers(tx, approval, ask, action, gate):
            continue
        if not policy.could_decide(approval.by, gate.asked):
            continue
        until, most = left_by(gate, approval)
        agent = Actor(kind="agent", id=ask.agent)
        counted = await tx.remembered_approvals.use(approval, proposal_id, agent, until=until, most=most, now=now)
        if counted is not None:
            return counted.by, replace(gate, facts=(*gate.facts, told(counted)))
    return None, gate


async def _covers(
    tx: "Transaction", approval: "RememberedApproval", ask: "Ask", action: "Action", gate: "Gate"
) -> bool:
    """Whether it covers the proposal; one that came with what is damaged covers nothing."""
    try:
        first = await tx.load(approval.id)
    except Damaged:
        return False
    return covers(approval, first, ask, action, gate)


async def end_approval(
    tx: "Transaction", approval_id: str, reviewer: "Reviewer", actor: Actor, now: "datetime"
) -> None:
    """Ends it for whoever gave it or could say no to what it covers. Raises NotFound, NotYourRole, RememberedOver."""
    approval = await tx.remembered_approvals.find(approval_id)
    if reviewer.user != approval.by and not approval.gate.may_refuse(reviewer):
        raise NotYourRole(approval.gate.roles)
    if not await tx.remembered_approvals.end(approval_id, ApprovalEnd.person, reviewer.user, actor, now):
        raise RememberedOver


async def retracted(
    tx: "Transaction", proposal: "Proposal", events: "Sequence[Event]", actor: Actor, now: "datetime"
) -> None:
    """Whoever revokes or takes back an approval ends what came with it, and what gave that approval."""
    if not any(isinstance(event, (Revoked, Retracted)) for event in events):
        return
    by = actor.id if actor.kind == "reviewer" else None
    for approval_id in await tx.remembered_approvals.behind(proposal.id):
        await tx.remembered_approvals.end(approval_id, ApprovalEnd.retracted, by, actor, now)


async def rejudge(tx: "Transaction", policy: "Policy", approval_id: str, actor: Actor, now: "datetime") -> None:
    """Ends it where another policy than the one it was given under asks more of what was approved with it."""
    approval = await tx.remembered_approvals.find(approval_id)
    if approval.gate.policy_version == policy.version:
        return
    proposal = await tx.load(approval_id)
    ask, action = proposal.ask, proposal.action
    if policy.allows(ask.agent, action.name):
        gate = policy.judge(ask, [action], await tx.answers(policy.questions(ask, action), now))
        if still_satisfied(approval, gate) and policy.could_decide(approval.by, gate.asked):
            return
    await tx.remembered_approvals.end(approval_id, ApprovalEnd.policy_changed, None, actor, now)
