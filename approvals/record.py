"""Recording: the one way to write events, so that whoever writes also decides which card the proposal is on."""

from typing import TYPE_CHECKING

from approvals.card_sharing import Neighbours, card_of, leaves, may_join_batch, new_channels
from approvals.content import without_content
from approvals.effect_holds import require_effects
from approvals.moves.drills import of_drill
from approvals.ports import Step
from approvals.states import after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from approvals.events import Actor, Event
    from approvals.ports import Transaction
    from approvals.proposal import Proposal


async def record(
    tx: "Transaction", before: "Proposal | None", events: "Sequence[Event]", actor: "Actor", now: "datetime"
) -> "Proposal":
    """Decides which card the proposal is on after the events, and writes both; see Transaction.record.

    Raises EffectOpen to an agent and EffectHeld to a person for what would let an effect happen twice.
    """
    steps = list(_steps(before, of_drill(before, events)))
    proposal = steps[-1].proposal
    if proposal.gate.effects:
        await require_effects(tx, proposal, [step.event for step in steps], actor)
    sharing = card_of(before, proposal, await _neighbours(tx, before, proposal, now), now)
    await tx.record(before, steps, actor, now, sharing)
    return proposal


def _steps(before: "Proposal | None", events: "Sequence[Event]") -> "Iterator[Step]":
    """Each event with the proposal as it leaves it. ValueError without any: there is nothing to record."""
    proposal = before
    for each in events:
        # What is written of it after it was erased is not kept either.
        event = each if proposal is None or proposal.erased_at is None else without_content(each)
        proposal = after(proposal, event)
        yield Step(event, proposal)
    if not events:
        raise ValueError("nothing to record")


async def _neighbours(
    tx: "Transaction", before: "Proposal | None", proposal: "Proposal", now: "datetime"
) -> Neighbours:
    new = new_channels(before, proposal)
    return Neighbours(
        batch=await tx.batch_of(proposal.id) if before is not None and (new or leaves(before, proposal)) else (),
        open_batches=await tx.open_batches(proposal, now) if may_join_batch(before, proposal) else (),
        traffic={channel: await tx.traffic(proposal.ask.agent, channel, now) for channel in new},
    )
