"""What becomes of holds within a write: one begins, stops what is the same, keeps an edit away from it, or ends."""

from typing import TYPE_CHECKING

from approvals.holds import EditHeld, HoldEnd, HoldOver, hold_of, stopping
from approvals.places import require_place
from approvals.ports import Damaged

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.decision import Reviewer
    from approvals.events import Actor
    from approvals.gate import Gate
    from approvals.ports import Clock, Holding, Store, Transaction
    from approvals.proposal import Action, Ask, Proposal

SWEEP_SIZE = 500


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


async def end(tx: "Transaction", hold_id: str, reviewer: "Reviewer", actor: "Actor", now: "datetime") -> None:
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
