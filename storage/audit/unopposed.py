"""Unopposed digests: those of which the log knows nobody's no, asked at once for all who wait to write.

Each submission has to know whether people said no to exactly this, and mostly nobody did. What was found holds until a
person does anything again, or somebody else writes.
"""

from typing import TYPE_CHECKING

from storage.engine.queries import queries
from storage.json_codec import encode_json

if TYPE_CHECKING:
    from approvals.events import Actor
    from storage.engine.database import Statements

_SQL = queries("past")
NOES = encode_json(["proposal:rejected", "proposal:revoked", "proposal:objected"])
"""The tags of the entries by which people say no."""
_UNOPPOSED = "unopposed digests"
"""Under which those are remembered that were asked for last."""


async def is_unopposed(statements: "Statements", digest: str) -> bool:
    """Whether no entry tells of a no to a proposal that ever had the digest, nor that one was remembered for it."""
    known: frozenset[str] = statements.memory.get(_UNOPPOSED, frozenset())
    if digest not in known:
        asked = {digest, *statements.expected()}
        found = await statements.rows(_SQL["opposed"], encode_json(sorted(asked)), NOES)
        known = statements.memory[_UNOPPOSED] = frozenset(asked - {row["digest"] for row in found})
    return digest in known


def acted(statements: "Statements", actor: "Actor") -> None:
    """Forgets it all where a person acts: that may be a no."""
    if actor.kind == "reviewer":
        statements.memory.pop(_UNOPPOSED, None)
