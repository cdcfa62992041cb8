"""Fills what is known of the past anew, in the migration that keeps it in another way."""

import json
from typing import TYPE_CHECKING

from storage.audit.facts import COUNTING, values_of
from storage.json_codec import parsed, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from storage.engine.sqlite import Setup

_AT_ONCE = 500
_APPROVED = """
SELECT p.id, p.agent, p.action, r.payload FROM proposals AS p
JOIN revisions AS r ON r.proposal_id = p.id AND r.number = p.revision
WHERE p.id > $1 AND p.cause = 'reviewer' AND p.undo IS NULL AND p.status IN (SELECT value FROM json_each($2))
ORDER BY p.id LIMIT $3
"""
_KEEP = """
INSERT INTO approved_values (agent, action, field, value, proposal_id)
SELECT $1, $2, key, value, $3 FROM json_each($4)
"""


async def approved_values(setup: "Setup") -> None:
    """Keeps the values of all that people approved and nobody took back."""
    newest = ""
    while rows := await setup.rows(_APPROVED, {"1": newest, "2": text(list(COUNTING)), "3": _AT_ONCE}):
        for row in rows:
            values = json.dumps(values_of(parsed(row["payload"])))
            await setup.rows(_KEEP, {"1": row["agent"], "2": row["action"], "3": row["id"], "4": values})
        newest = rows[-1]["id"]


RECOUNTED: "Mapping[int, Callable[[Setup], Awaitable[None]]]" = {40: approved_values}
"""What a migration does beside its script, by its number; in the same transaction."""
