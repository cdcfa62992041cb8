"""Samples in the database: drawn within the proposal's transaction, judged once."""

from typing import TYPE_CHECKING

from approvals.effects import Effect
from approvals.ports import Conflict
from approvals.sample import Judged, Sample, SampleVerdict
from storage.audit import testimony
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.messages.outbox import enqueue
from storage.rows import from_milliseconds, millis, strings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("samples")


async def draw(statements: "Statements", proposal: "Proposal", sample: Sample) -> None:
    """Keeps one more that was drawn, and enqueues its cards."""
    roles, channels = encode_json(list(sample.roles)), encode_json(list(sample.channels))
    values = (proposal.id, proposal.action.name, roles, channels, sample.nonce, millis(sample.sampled_at))
    await statements.rows(_SQL["draw"], *values)
    await enqueue_cards(statements, proposal, sample.channels, sample.sampled_at)


async def sampled(statements: "Statements", proposal_id: str, seal: "Seal") -> Sample | None:
    """What was drawn of a proposal, if anything, as row and sealed entries tell alike. Raises RowDamaged."""
    rows = await statements.rows(_SQL["get"], proposal_id)
    meant = await testimony.sample_entry(statements, proposal_id, seal)
    found = testimony.entry_of(f"samples {proposal_id}", rows, _sample, seal)
    testimony.agree(
        f"samples {proposal_id}", None if found is None else testimony.sample_without_secret(found), meant, seal
    )
    return found


async def keep_review(statements: "Statements", proposal: "Proposal", judged: Judged) -> None:
    """Keeps what a person thinks of it, and enqueues its cards. Raises Conflict if somebody said so before."""
    said = (str(judged.judgement), judged.by, millis(judged.at), judged.reason)
    changed = await statements.rows(_SQL["judge"], proposal.id, *said)
    if not changed:
        raise Conflict(f"the sample of {proposal.id} was judged before")
    await enqueue_cards(statements, proposal, strings(changed[0]["channels"]), judged.at)


async def enqueue_cards(
    statements: "Statements", proposal: "Proposal", channels: "Sequence[str]", now: "datetime"
) -> None:
    """Enqueues the sample's cards in these channels."""
    for channel in channels:
        await enqueue(statements, proposal, channel, Effect.sample, now)


def _sample(row: "Row") -> Sample:
    judged = None
    if row["judgement"] is not None:
        judged = Judged(
            judgement=SampleVerdict(row["judgement"]),
            by=row["judged_by"],
            at=from_milliseconds(row["judged_at"]),
            reason=row["reason"],
        )
    return Sample(
        proposal_id=row["proposal_id"],
        roles=strings(row["roles"]),
        channels=strings(row["channels"]),
        nonce=row["nonce"],
        sampled_at=from_milliseconds(row["sampled_at"]),
        judged=judged,
    )


class Samples:
    """The samples, for those who show them."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def get(self, statements: "Statements", proposal_id: str) -> "Sample | None":
        """What was drawn of the proposal, if anything."""
        return await sampled(statements, proposal_id, self._seal)

    @reads
    async def ever(self, statements: "Statements") -> bool:
        """Whether anything was ever drawn."""
        return bool(await statements.rows(_SQL["ever"]))
