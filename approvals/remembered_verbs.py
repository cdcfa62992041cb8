"""Remembered decisions within a write: each begins, is used, keeps an edit away, or ends with what it rests on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Actor, Retracted, Revoked
from approvals.ports import SWEEP_SIZE, Damaged
from approvals.refusals import NotYourRole, StandingOver
from approvals.remembered.approval import StandingEnd, covers, holds, left_by, told
from approvals.remembered.rejection import EditHeld, HoldEnd, HoldOver, hold_of, stopping
from approvals.seats import require_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.ports import Clock, Holding, Policy, Store, Transaction
    from approvals.proposal import Action, Ask, Proposal
    from approvals.remembered.approval import StandingApproval
    from approvals.reviewer import Reviewer


async def stopped(tx: "Transaction", ask: "Ask", action: "Action", gate: "Gate", now: "datetime") -> "Gate":
    """The gate, or where the very same is held for this agent, one that lets nothing pass; the hold counts it."""
    hold = await tx.holds.stop(ask.agent, action.digest, now)
    return gate if hold is None else stopping(gate, hold)


async def begin(tx: "Transaction", refused: "Proposal", actor: "Actor", now: "datetime", *, wanted: bool) -> "Proposal":
    """Holds the same as what the actor has just said no to, if that is wanted; gives back the proposal."""
    if wanted:
        await tx.holds.begin(hold_of(refused, actor.id, now), actor)
    return refused


async def free(holding: "Holding", proposal: "Proposal", action: "Action", now: "datetime") -> None:
    """Raises EditHeld where an edit would make of the proposal what is held."""
    if action.digest == proposal.digest:
        return  # then it is no edit, and what waits already is for people to decide
    hold = await holding.held(proposal.ask.agent, action.digest, now)
    if hold is not None:
        raise EditHeld(hold.until)


async def end_rejection(tx: "Transaction", hold_id: str, reviewer: "Reviewer", actor: "Actor", now: "datetime") -> None:
    """Ends it for who began it, or may approve what it came from. Raises what such an approval raises, and HoldOver."""
    hold = await tx.holds.find(hold_id)
    if reviewer.user != hold.by:
        require_place((await tx.load(hold_id)).gate, reviewer)
    if not await tx.holds.end(hold_id, HoldEnd.person, reviewer.user, actor, now):
        raise HoldOver


async def sweep(store: "Store", clock: "Clock", actor: "Actor") -> None:
    """Puts down as ended what time has ended; it stops nothing any more whether or not this runs."""
    for hold_id in await store.holds_over(clock.now(), SWEEP_SIZE):
        try:
            async with store.transaction() as tx:
                await tx.holds.end(hold_id, HoldEnd.expired, None, actor, clock.now())
        except Damaged:
            continue  # what it stops is asked of its entries


async def used(
    tx: "Transaction", policy: "Policy", proposal_id: str, ask: "Ask", action: "Action", gate: "Gate", now: "datetime"
) -> "tuple[str | None, Gate]":
    """Uses a standing approval that covers the proposal: who allowed it, if anybody, and the gate with that kept."""
    if not gate.may_stand:
        return None, gate
    for approval in await tx.standing.open(ask.agent, action.name):
        if now < approval.settled_at or not await _covers(tx, approval, ask, action, gate):
            continue
        if not policy.could_decide(approval.by, gate.asked):
            continue
        until, most = left_by(gate, approval)
        agent = Actor(kind="agent", id=ask.agent)
        counted = await tx.standing.use(approval, proposal_id, agent, until=until, most=most, now=now)
        if counted is not None:
            return counted.by, replace(gate, facts=(*gate.facts, told(counted)))
    return None, gate


async def _covers(tx: "Transaction", approval: "StandingApproval", ask: "Ask", action: "Action", gate: "Gate") -> bool:
    """Whether it covers the proposal; one that came with what is damaged covers nothing."""
    try:
        first = await tx.load(approval.id)
    except Damaged:
        return False
    return covers(approval, first, ask, action, gate)


async def end_approval(
    tx: "Transaction", approval_id: str, reviewer: "Reviewer", actor: Actor, now: "datetime"
) -> None:
    """Ends it for whoever allowed it or could say no to what it covers. Raises NotFound, NotYourRole, StandingOver."""
    approval = await tx.standing.find(approval_id)
    if reviewer.user != approval.by and not approval.gate.may_refuse(reviewer):
        raise NotYourRole(approval.gate.roles)
    if not await tx.standing.end(approval_id, StandingEnd.person, reviewer.user, actor, now):
        raise StandingOver


async def retracted(
    tx: "Transaction", proposal: "Proposal", events: "Sequence[Event]", actor: Actor, now: "datetime"
) -> None:
    """Whoever revokes or takes back an approval ends what came with it, and what gave that approval."""
    if not any(isinstance(event, (Revoked, Retracted)) for event in events):
        return
    by = actor.id if actor.kind == "reviewer" else None
    for approval_id in await tx.standing.behind(proposal.id):
        await tx.standing.end(approval_id, StandingEnd.retracted, by, actor, now)


async def rejudge(tx: "Transaction", policy: "Policy", approval_id: str, actor: Actor, now: "datetime") -> None:
    """Ends it where another policy than the one it was given under asks more of what was approved with it."""
    approval = await tx.standing.find(approval_id)
    if approval.gate.policy_version == policy.version:
        return
    proposal = await tx.load(approval_id)
    ask, action = proposal.ask, proposal.action
    if policy.allows(ask.agent, action.name):
        gate = policy.judge(ask, [action], await tx.answers(policy.questions(ask, action), now))
        if holds(approval, gate) and policy.could_decide(approval.by, gate.asked):
            return
    await tx.standing.end(approval_id, StandingEnd.policy_changed, None, actor, now)
