"""The cards that several proposals share, for whoever shows them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.proposals import readable
from storage.queries import queries
from storage.rows import moment

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.database import Database
    from storage.ledger import Seal

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
