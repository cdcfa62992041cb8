"""What came with a verdict: the words typed with it, and since when the reviewer saw it. Pure.

Whether that was sooner than anybody can read what there was is found here too; it refuses nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The manner of one verdict."""

    typed: "Sequence[str] | None" = ()
    """In the order of `confirmation.words`; None looks ahead, before there is anything to type."""
    seen: "FirstSeen | None" = None
    """None where nobody knows."""

    def marked(self, decision: "Decision") -> "Decision":
        """The decision with when its reviewer first saw it, and whether it came too soon after that."""
        if self.seen is None:
            return decision
        return replace(decision, rushed=self.seen.too_soon(decision.at), first_seen_at=self.seen.at)


PLAIN = Attestation()
"""A click alone."""
AHEAD = Attestation(typed=None)
"""A look ahead."""


WORDS_A_SECOND = 15
"""Nobody reads faster than this; who reads to understand is four times as slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """What a person had before them, and since when."""

    at: datetime
    words: int
    """How many there were to read."""

    def too_soon(self, now: datetime) -> bool:
        """Whether less time has passed than the words take. A clock that was set back says nothing."""
        passed = now - self.at
        return timedelta(0) <= passed and passed * WORDS_A_SECOND < timedelta(seconds=self.words)
