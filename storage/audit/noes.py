"""Noes lately, by agent and action: read from the log once, and then as far as it went on.

An entry that tells of a no names neither the agent nor the action, and a table that did could be changed by a hand. So
what the log tells is remembered while the process lives, and each question reads only what is new.
"""

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.queries import queries

if TYPE_CHECKING:
    from storage.engine.database import Statements

_SQL = queries("past")


_SPARE = 86_400_000
"""A clock that is set back by so many milliseconds finds what it would have found before."""


class _No(NamedTuple):
    at: int
    proposal_id: str


class Noes:
    """Where people said no; what it was is asked of each proposal's own entries."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], deque[_No]] = {}
        self._seq, self._hash = 0, ""
        self._lock = Lock()

    async def of(self, statements: "Statements", agent: str, action: str, since: int) -> list[str]:
        """The proposals of an agent's action that people said no to since a moment, the latest first."""
        seq, known = self._seq, self._hash
        # Where the entry up to which the log was read is another one, its transaction was rolled back.
        last = await statements.rows(_SQL["hash_of"], seq)
        anew = not last or last[0]["hash"] != known
        rows = await statements.rows(_SQL["noes_since" if anew else "noes_after"], since - _SPARE if anew else seq)
        with self._lock:
            if anew:
                self._of, self._seq = {}, 0
            for row in rows:
                if row["seq"] > self._seq:
                    noes = self._of.setdefault((row["agent"], row["action"]), deque())
                    noes.append(_No(row["at"], row["proposal_id"]))
                    self._seq, self._hash = row["seq"], row["hash"]
            found = self._of.get((agent, action), deque())
            while found and found[0].at <= since - _SPARE:
                found.popleft()
            return list(dict.fromkeys(each.proposal_id for each in reversed(found) if each.at > since))
