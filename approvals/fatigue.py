"""Fatigue: from when on a person decided so much, or so fast, that a grave approval takes more than a click. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 200
"""So many of a person's decisions are looked at, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentDecision:
    """One decision of a person, whatever it was about."""

    at: datetime
    rushed: bool = False
    """Whether it is an approval that came sooner than what there was to read can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FatigueTerms:
    """What a role takes for tired: so many decisions, or so many rushed approvals, within so many seconds."""

    within: int
    decisions: int | None = None
    rushed: int | None = None
    somebody_else: bool = False
    """Whether others of the role come first then."""

    def tires(self, recent: "Sequence[RecentDecision]", now: datetime) -> bool:
        """Whether whoever made these, the newest first, is tired now."""
        since = now - timedelta(seconds=self.within)
        lately = [each for each in recent if each.at > since]
        rushed = sum(each.rushed for each in lately)
        return _reached(len(lately), self.decisions) or _reached(rushed, self.rushed)

    def suggests_break(self, recent: "Sequence[RecentDecision]", made: int = 1) -> bool:
        """Whether one of the `made` newest made its person tired for the first time in this run.

        A run ends with a pause of `within`. Of one that began before what is known it was suggested before.
        """
        run = _run(recent, timedelta(seconds=self.within))
        if len(run) == MOST:
            return False
        first = next((place for place in reversed(range(len(run))) if self.tires(run[place:], run[place].at)), None)
        return first is not None and first < made


def _reached(count: int, most: int | None) -> bool:
    return most is not None and count >= most


def _run(recent: "Sequence[RecentDecision]", pause: timedelta) -> "Sequence[RecentDecision]":
    """Those of them, the newest first, between which there was no pause."""
    ends = (place for place in range(1, len(recent)) if recent[place - 1].at - recent[place].at >= pause)
    return recent[: next(ends, len(recent))]
