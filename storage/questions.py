"""What reviewers ask the agent, and its replies: each kept once, beside the proposal they are about."""

from itertools import zip_longest
from typing import TYPE_CHECKING

from approvals.ports import Conflict
from storage.engine.queries import queries
from storage.rows import millis, millis_or_none

if TYPE_CHECKING:
    from approvals.proposal import Proposal
    from storage.engine.database import Statements

_SQL = queries("questions")


async def write_questions(statements: "Statements", before: "Proposal | None", proposal: "Proposal") -> None:
    """Writes what was asked and replied since `before`. Raises Conflict for a second reply."""
    for was, each in zip_longest(before.questions if before else (), proposal.questions):
        if was == each:
            continue
        if was is None:
            asked = (each.text, each.asked_by, millis(each.asked_at))
            await statements.rows(_SQL["ask"], proposal.id, each.number, *asked)
        if each.reply is not None:
            replied = (each.reply, millis_or_none(each.replied_at), each.digest)
            if not await statements.rows(_SQL["reply"], proposal.id, each.number, *replied):
                raise Conflict(f"question {each.number} of {proposal.id} has a reply already")
