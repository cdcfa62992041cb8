"""Effects in the database: who has which, kept with each change of a proposal; of each one is open, by an index.

A row that a hand adds makes people be asked; one that it takes away is found by `signoff fsck`, which knows from the
gates who has what.
"""

from typing import TYPE_CHECKING

from approvals.effect_holds import EffectHolder, EffectState, hold_state
from approvals.events import Claimed, Edited, Rejudged, Revised
from approvals.past import PastAnswer
from approvals.proposal import Status
from storage.engine.queries import queries
from storage.json_codec import encode_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.events import Event
    from approvals.proposal import Proposal
    from storage.engine.database import Statements

_SQL = queries("effects")
_NAMED_ANEW = (Edited, Revised, Rejudged)


async def keep(
    statements: "Statements", before: "Proposal | None", proposal: "Proposal", events: "Sequence[Event]"
) -> None:
    """Writes who has which effect after a change. What was first goes on having it; a second one is a Violation."""
    was, state = None if before is None else hold_state(before), hold_state(proposal)
    if state is was and (state is not EffectState.open or not _touched(before, proposal, events)):
        return
    named = encode_json(list(proposal.gate.effects))
    if state is EffectState.open:
        await _take(statements, before, proposal, events)
    elif state is None:
        await statements.rows(_SQL["free"], proposal.id)
        await statements.rows(_SQL["promote"], named)
    else:
        await statements.rows(_SQL["ran"], proposal.id, str(state))
        await statements.rows(_SQL["overtake"], named)


async def in_the_way(statements: "Statements", named: "Sequence[str]", proposal_id: str) -> list[EffectHolder]:
    """See Transaction."""
    wanted = encode_json(list(named))
    rows = [*await statements.rows(_SQL["holders"], wanted, proposal_id)]
    if not rows:
        rows = [*await statements.rows(_SQL["overtook"], wanted, proposal_id)]
    return [
        EffectHolder(
            effect=row["effect"], proposal_id=row["proposal_id"], status=Status(row["status"]), agent=row["agent"]
        )
        for row in rows
    ]


async def answer(statements: "Statements", effect: str, apart_from: str) -> PastAnswer:
    """What is known of an effect."""
    (row,) = await statements.rows(_SQL["known"], effect, apart_from)
    return PastAnswer(holder=row["holder"], done=row["done"], tried=row["tried"])


def _touched(before: "Proposal | None", proposal: "Proposal", events: "Sequence[Event]") -> bool:
    """Whether a proposal that has effects, or waits for them, may have others, or is to run."""
    changed = before is None or before.gate.effects != proposal.gate.effects
    return changed or any(isinstance(each, (*_NAMED_ANEW, Claimed)) for each in events)


async def _take(
    statements: "Statements", before: "Proposal | None", proposal: "Proposal", events: "Sequence[Event]"
) -> None:
    named = encode_json(list(proposal.gate.effects))
    judged_again = any(isinstance(each, Rejudged) for each in events)
    if before is not None:
        others = encode_json(sorted(set(before.gate.effects) - set(proposal.gate.effects)))
        await statements.rows(_SQL["let_go"], proposal.id, named)
        await statements.rows(_SQL["promote"], others)
    if judged_again:
        await statements.rows(_SQL["known_by_now"], proposal.id)
    behind = EffectState.waiting if judged_again else EffectState.open
    await statements.rows(_SQL["take"], proposal.id, named, str(behind))
