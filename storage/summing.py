"""Proposals of one agent that come faster than their cards can be posted join one summary in their channel."""

from typing import TYPE_CHECKING

from approvals.proposal import Status
from storage.joining import follows, leave
from storage.queries import queries
from storage.rows import millis

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.database import Statements

_SQL = queries("bursts")
BURST = 10
"""So many cards of one agent may wait to be posted in a channel; what it proposes beyond joins the summary there."""
LULL = 10_000
"""Milliseconds without another one after which a flood is over: until then all that comes joins the summary."""


async def sum_up(statements: "Statements", before: "Proposal | None", proposal: "Proposal", now: "datetime") -> None:
    """Puts a proposal on the summary of each channel that is new to it and where they come too fast.

    What shares the card of others does so instead, and what waits for nobody has a card of its own.
    """
    if proposal.status is not Status.pending or await follows(statements, proposal.id):
        return
    agent, at = proposal.ask.agent, millis(now)
    for channel in proposal.channels:
        if before is not None and channel in before.channels:
            continue
        found = await statements.rows(_SQL["open"], agent, channel, at)
        if not found or at - found[0]["joined_at"] > LULL:
            (row,) = await statements.rows(_SQL["unposted"], agent, channel, at, BURST)
            if row["count"] < BURST:
                continue
        lead = found[0]["lead"] if found else proposal.id
        if not found:
            await statements.rows(_SQL["begin"], lead, channel, agent, at)
        await statements.rows(_SQL["join"], proposal.id, channel, lead)
        await statements.rows(_SQL["joined"], lead, channel, at)
        await leave(statements, proposal.id)


async def remind(statements: "Statements", proposal_id: str, now: "datetime") -> None:
    """Notes that people are to be reminded below each summary that the proposal is on."""
    await statements.rows(_SQL["remind"], proposal_id, millis(now))


async def summed(
    statements: "Statements", proposal_id: str, channel: str, now: "datetime"
) -> tuple[str, int, int] | None:
    """Of the summary that a proposal is on there: its lead, and rank and deadline of its delivery; None if on none.

    Until it stands it goes among the cards of what is pending; bringing it up to date afterwards waits behind them.
    """
    found = await statements.rows(_SQL["of"], proposal_id, channel)
    if not found:
        return None
    lead = found[0]["lead"]
    (row,) = await statements.rows(_SQL["stands"], lead, channel)
    if row["ts"] is None and row["soonest"] is not None:
        return lead, 0, row["soonest"]
    return lead, 1, millis(now)
