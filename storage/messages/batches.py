"""Batches: proposals that share a card. Joined on submission, left when one is asked something else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.card_sharing import CardSharing, OpenBatch
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.proposals import readable
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements

_SQL = queries("batches")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCard:
    """A card in one channel and the proposals on it, two at least."""

    closes_at: "datetime"
    """From then on nobody joins."""
    proposals: "tuple[Proposal, ...]"
    """In the order in which they came; the message is named by the first."""


class Batches:
    """The shared cards."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of(self, statements: "Statements", proposal_id: str, channel: str) -> SharedCard | None:
        """The card that the proposal shares there; None where it has one of its own.

        Where one of them is damaged none shares: the others must not go unseen for its sake.
        """
        found = await statements.rows(_SQL["of"], proposal_id, channel)
        if not found:
            return None
        (row,) = found
        on = [each["proposal_id"] for each in await statements.rows(_SQL["members"], row["lead"])]
        proposals, damaged = await readable(statements, on, self._seal)
        if damaged or len(proposals) < 2:
            return None
        return SharedCard(closes_at=from_milliseconds(row["closes_at"]), proposals=tuple(proposals))


async def members(statements: "Statements", proposal_id: str) -> tuple[str, ...]:
    """The ids of all in the batch that the proposal is in, its lead first; empty if it is in none."""
    found = await statements.rows(_SQL["batch_of"], proposal_id)
    return tuple(row["proposal_id"] for row in found)


async def open_batches(statements: "Statements", proposal: "Proposal", now: "datetime") -> tuple[OpenBatch, ...]:
    """See Transaction."""
    found = await statements.rows(_SQL["with_room"], *_kind(proposal), millis(now))
    return tuple(
        OpenBatch(lead=row["lead"], opened_at=from_milliseconds(row["opened_at"]), members=row["members"])
        for row in found
    )


async def share(statements: "Statements", proposal: "Proposal", sharing: CardSharing, now: "datetime") -> None:
    """Writes which batch the proposal joins, opens or leaves.

    Without its lead a batch ends: the card is that one's own again, and the others get theirs.
    """
    if sharing.leaves and sharing.leaves[0] == proposal.id:
        await statements.rows(_SQL["empty"], proposal.id)
        await statements.rows(_SQL["dissolve"], proposal.id)
    elif sharing.leaves:
        await statements.rows(_SQL["leave"], proposal.id)
    rules = proposal.gate.batch
    if sharing.batch is None or rules is None:
        return
    window = rules.window * 1000
    if sharing.batch == proposal.id:
        opened = (millis(now), millis(now) + window, rules.most)
        await statements.rows(_SQL["open"], proposal.id, *_kind(proposal), *opened)
    else:
        await statements.rows(_SQL["narrow"], sharing.batch, window, rules.most)
    await statements.rows(_SQL["join"], proposal.id, sharing.batch)


def _kind(proposal: "Proposal") -> tuple[str, str, str, str]:
    """Agent, action, role and channel: what shares a card is alike in them."""
    (role,), (channel,) = proposal.gate.roles, proposal.gate.channels
    return proposal.ask.agent, proposal.action.name, role, channel
