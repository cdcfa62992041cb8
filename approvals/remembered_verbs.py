"""Remembered decisions within a transaction: begun, used, and ended with what they rest on."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.events import Actor, Retracted, Revoked
from approvals.ports import SWEEP_SIZE, Damaged
from approvals.refusals import RememberedOver
from approvals.remembered.approval import RememberedApproval, covers, fact_of_use, left_by, still_satisfied
from approvals.remembered.decision import RememberedEnding, require_end
from approvals.remembered.rejection import EditRejectedBefore, rejection_of, stopping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.ports import Clock, Policy, RejectionLookup, Store, Transaction
    from approvals.proposal import Action, Ask, Proposal
    from approvals.reviewer import Reviewer


async def stopped(tx: "Transaction", ask: "Ask", action: "Action", gate: "Gate", now: "datetime") -> "Gate":
    """The gate, or where a rejection of the very same is remembered, one that lets nothing pass; that is counted."""
    rejection = await tx.remembered.reject(ask.agent, action.digest, now)
    return gate if rejection is None else stopping(gate, rejection)


async def begin(
    tx: "Transaction", refused: "Proposal", actor: "Actor", now: "datetime", *, remember: bool
) -> "Proposal":
    """Remembers what the actor has just said no to, with `remember`; gives back the proposal. Of drills nothing is."""
    if remember and refused.drill is None:
        await tx.remembered.begin(rejection_of(refused, actor.id, now), actor)
    return refused


async def free(rejections: "RejectionLookup", proposal: "Proposal", action: "Action", now: "datetime") -> None:
    """Raises EditRejectedBefore where an edit would make of the proposal what a remembered rejection covers."""
    if action.digest == proposal.digest:
        return  # then it is no edit, and what waits already is for people to decide
    rejection = await rejections.rejecting(proposal.ask.agent, action.digest, now)
    if rejection is not None:
        raise EditRejectedBefore(rejection.until)


async def end(
    tx: "Transaction", verdict: "Verdict", proposal_id: str, reviewer: "Reviewer", actor: "Actor", now: "datetime"
) -> None:
    """Ends it for who may. Raises NotFound, RememberedOver, and what a decision of that person the other way would."""
    decision = await tx.remembered.find(verdict, proposal_id)
    require_end(decision, reviewer)
    if not await tx.remembered.end(decision, RememberedEnding.person, reviewer.user, actor, now):
        raise RememberedOver


async def sweep(store: "Store", clock: "Clock", actor: "Actor") -> None:
    """Puts down as ended what time has ended; it counts no more whether or not this runs."""
    for key in await store.remembered_over(clock.now(), SWEEP_SIZE):
        try:
            await store.transact(partial(_expire, key, actor, clock))
        except Damaged:
            continue  # whether it counts is asked of its entries


async def _expire(key: "tuple[Verdict, str]", actor: "Actor", clock: "Clock", tx: "Transaction") -> None:
    await tx.remembered.end(await tx.remembered.find(*key), RememberedEnding.expired, None, actor, clock.now())


async def used(
    tx: "Transaction", policy: "Policy", proposal_id: str, ask: "Ask", action: "Action", gate: "Gate", now: "datetime"
) -> "tuple[str | None, Gate]":
    """Uses a remembered approval that covers the proposal: who allowed it, if anybody, and the gate with that kept."""
    if not gate.may_remember_approval:
        return None, gate
    for approval in await tx.remembered.approvals(ask.agent, action.name):
        if now < approval.counts_from or not await _covers(tx, approval, ask, action, gate):
            continue
        if not policy.could_decide(approval.by, gate.asked):
            continue
        until, most = left_by(gate, approval)
        agent = Actor(kind="agent", id=ask.agent)
        counted = await tx.remembered.use(approval, proposal_id, agent, until=until, most=most, now=now)
        if counted is not None:
            return counted.by, replace(gate, facts=(*gate.facts, fact_of_use(counted)))
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


async def retracted(
    tx: "Transaction", proposal: "Proposal", events: "Sequence[Event]", actor: Actor, now: "datetime"
) -> None:
    """Whoever revokes or takes back an approval ends what came with it, and what gave that approval."""
    if not any(isinstance(event, (Revoked, Retracted)) for event in events):
        return
    by = actor.id if actor.kind == "reviewer" else None
    for approval in await tx.remembered.behind(proposal.id):
        await tx.remembered.end(approval, RememberedEnding.retracted, by, actor, now)


async def rejudge(tx: "Transaction", policy: "Policy", approval_id: str, actor: Actor, now: "datetime") -> None:
    """Ends it where another policy than the one it was given under asks more of what was approved with it."""
    approval = await tx.remembered.find(Verdict.approve, approval_id)
    assert isinstance(approval, RememberedApproval)
    if approval.gate.policy_version == policy.version:
        return
    proposal = await tx.load(approval_id)
    ask, action = proposal.ask, proposal.action
    if policy.allows(ask.agent, action.name):
        gate = policy.judge(ask, [action], await tx.answers(policy.questions(ask, action), now))
        if still_satisfied(approval, gate) and policy.could_decide(approval.by, gate.asked):
            return
    await tx.remembered.end(approval, RememberedEnding.policy_changed, None, actor, now)
