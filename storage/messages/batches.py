"""Cards that several proposals share: joined as they are submitted, left when one of them is asked something else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.proposal import Status
from storage.engine.queries import queries
from storage.proposals import readable
from storage.rows import millis, moment

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
    """In the order in which they came; the row in `cards` is that of the first."""
    shown: str | None
    """The digest of the card as Slack last took it."""


class Batches:
    """The shared cards."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    async def of(self, proposal_id: str, channel: str) -> SharedCard | None:
        """The card that the proposal shares there; None where it has one of its own.

        Where one of them is damaged none shares: the others must not go unseen for its sake.
        """
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["of"], proposal_id, channel)
            if not found:
                return None
            (row,) = found
            members = [each["proposal_id"] for each in await statements.rows(_SQL["members"], row["lead"])]
            proposals, damaged = await readable(statements, members, self._seal)
        if damaged or len(proposals) < 2:
            return None
        return SharedCard(closes_at=moment(row["closes_at"]), proposals=tuple(proposals), shown=row["shown"])

    async def shows(self, lead: str, digest: str) -> None:
        """Notes what Slack shows of the card."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["shown"], lead, digest)


_SQL = queries("batches")


async def settle_in(
    statements: "Statements", before: "Proposal | None", proposal: "Proposal", now: "datetime"
) -> list[str]:
    """Lets a new proposal join a card, or open one, and takes out one that may no longer share.

    Gives the ids of the others whose cards are different from now on.
    """
    if before is None:
        if proposal.status is Status.pending and proposal.gate.batch is not None:
            await _join(statements, proposal, now)
        return []
    stays = proposal.gate.batch is not None and proposal.gate.roles == before.gate.roles
    return [] if stays or before.gate.batch is None else await leave(statements, proposal.id)


async def _join(statements: "Statements", proposal: "Proposal", now: "datetime") -> None:
    batch = proposal.gate.batch
    assert batch is not None
    (role,), (channel,) = proposal.gate.roles, proposal.gate.channels
    kind = (proposal.ask.agent, proposal.action.name, role, channel)
    window = batch.window * 1000
    found = await statements.rows(_SQL["joinable"], *kind, millis(now), window, batch.most)
    if found:
        lead = found[0]["lead"]
        await statements.rows(_SQL["narrow"], lead, window, batch.most)
    else:
        lead = proposal.id
        await statements.rows(_SQL["open"], lead, *kind, millis(now), millis(now) + window, batch.most)
    await statements.rows(_SQL["join"], proposal.id, lead)


async def follows(statements: "Statements", proposal_id: str) -> bool:
    """Whether the proposal is on a card that another one opened."""
    found = await statements.rows(_SQL["lead_of"], proposal_id)
    return bool(found) and found[0]["lead"] != proposal_id


async def leave(statements: "Statements", proposal_id: str) -> list[str]:
    """Takes it off the card that it shares, if any; the ids of those whose cards are different from now on.

    Without its first member a batch ends: the card is that one's own again, and the others get theirs.
    """
    found = await statements.rows(_SQL["lead_of"], proposal_id)
    if not found:
        return []
    lead = found[0]["lead"]
    if lead != proposal_id:
        await statements.rows(_SQL["leave"], proposal_id)
        return [lead]
    members = [row["proposal_id"] for row in await statements.rows(_SQL["members"], lead)]
    await statements.rows(_SQL["empty"], lead)
    await statements.rows(_SQL["dissolve"], lead)
    return [each for each in members if each != lead]
