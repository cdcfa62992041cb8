"""Whether a decision came sooner than its reviewer can have read what there was to read. Pure; it refuses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WORDS_A_SECOND = 15
"""Nobody reads faster than this; who reads to understand is four times as slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person had before them, and since when."""

    at: datetime
    words: int
    """How many there were to read."""

    def too_soon(self, now: datetime) -> bool:
        """Whether less time has passed than the words take. A clock that was set back says nothing."""
        passed = now - self.at
        return timedelta(0) <= passed and passed * WORDS_A_SECOND < timedelta(seconds=self.words)
