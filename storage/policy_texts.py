"""Policy texts in the database, for who looks back: what a file said that came into force.

A text is believed where it has the digest that its sealed entry names, so a hand that changes one only loses it.
"""

import hashlib
from typing import TYPE_CHECKING

from storage.engine.database import reads, writes
from storage.engine.queries import queries

if TYPE_CHECKING:
    from storage.engine.database import Database, Statements

_SQL = queries("policy_texts")


class PolicyTexts:
    """Those that are kept, by the digest of the file's bytes."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @writes
    async def keep(self, statements: "Statements", digest: str, text: str) -> None:
        """Keeps one; the same again changes nothing. Raises StoreBusy."""
        await statements.rows(_SQL["keep"], digest, text)

    @reads
    async def of(self, statements: "Statements", digest: str) -> str | None:
        """The text that has the digest; None where none is kept, or another stands there."""
        found = await statements.rows(_SQL["of"], digest)
        text = found[0]["text"] if found else None
        return text if text is not None and policy_digest(text.encode()) == digest else None


def policy_digest(content: bytes) -> str:
    """As entries name what a policy file says."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
