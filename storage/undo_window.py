"""Undo windows in the database: approvals taken back in one, and whose cards change once it is over."""

from typing import TYPE_CHECKING

from approvals.proposal import Status
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.engine.database import Statements

_PROPOSALS = queries("proposals")
_SQL = queries("undo_window")


async def retract(statements: "Statements", before: "Proposal", proposal: "Proposal") -> None:
    """Makes the approvals void that a change takes back: ahead of the change itself, which is guarded by them."""
    decided = zip(before.decisions, proposal.decisions, strict=False)  # those that came with it are not taken back
    for number, (was, now) in enumerate(decided, start=1):
        if was.retracted_at is None and now.retracted_at is not None:
            at = millis(now.retracted_at)
            await statements.rows(_PROPOSALS["retract"], proposal.id, number, at, before.version)


async def watch(statements: "Statements", before: "Proposal | None", proposal: "Proposal") -> None:
    """Keeps when the cards are to be shown anew, as long as that changes them."""
    was = None if before is None or before.status is not Status.approved else before.claimable_at
    at = proposal.claimable_at if proposal.status is Status.approved else None
    if at is not None and at != was:
        await statements.rows(_SQL["watch"], proposal.id, millis(at))
    elif at is None and was is not None:
        await statements.rows(_SQL["over"], encode_json([proposal.id]))


async def newly_claimable(statements: "Statements", now: "datetime", limit: int) -> list[str]:
    """Ids of what can be claimed by now and whose cards do not show it yet, longest first."""
    return [row["proposal_id"] for row in await statements.rows(_SQL["newly_claimable"], millis(now), limit)]


async def show_claimable(statements: "Statements", ids: "Sequence[str]") -> None:
    """Notes that their cards were enqueued."""
    await statements.rows(_SQL["over"], encode_json(list(ids)))
