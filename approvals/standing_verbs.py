"""What becomes of standing approvals within a write: one is used, ended, or ends with what it rests on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Actor, Revoked, TakenBack
from approvals.ports import Damaged
from approvals.refusals import NotYourRole, StandingOver
from approvals.standing import StandingEnd, covers, holds, left_by, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.decision import Reviewer
    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.ports import Policy, Transaction
    from approvals.proposal import Action, Ask, Proposal
    from approvals.standing import StandingApproval


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


async def end(tx: "Transaction", approval_id: str, reviewer: "Reviewer", actor: Actor, now: "datetime") -> None:
    """Ends it for whoever allowed it or could say no to what it covers. Raises NotFound, NotYourRole, StandingOver."""
    approval = await tx.standing.find(approval_id)
    if reviewer.user != approval.by and not approval.gate.may_refuse(reviewer):
        raise NotYourRole(approval.gate.roles)
    if not await tx.standing.end(approval_id, StandingEnd.person, reviewer.user, actor, now):
        raise StandingOver


async def taken_back(
    tx: "Transaction", proposal: "Proposal", events: "Sequence[Event]", actor: Actor, now: "datetime"
) -> None:
    """Whoever revokes or takes back an approval ends what came with it, and what gave that approval."""
    if not any(isinstance(event, (Revoked, TakenBack)) for event in events):
        return
    by = actor.id if actor.kind == "reviewer" else None
    for approval_id in await tx.standing.behind(proposal.id):
        await tx.standing.end(approval_id, StandingEnd.taken_back, by, actor, now)


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
