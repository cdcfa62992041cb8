"""Absence: whether what expires comes when nobody is there to decide it, by the hours of their decisions. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from approvals.estimate import Share
from policy.checks.suggestion import Suggestion, share_text
from policy.file.edits import RuleEdit

if TYPE_CHECKING:
    from datetime import datetime

    from policy.checks.suggestion import Bounds

MOST = 0.8
"""Of what expired, so much has to have come when nobody was there."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST = 4
"""Hours of quiet a day: less is no night."""


@dataclass(slots=True, kw_only=True)
class Absence:
    """When what a rule asks about came, and when people decided; in UTC."""

    decided: "Counter[int]" = field(default_factory=Counter)
    """By the hour of the day of the decision."""
    days: "Counter[int]" = field(default_factory=Counter)
    """By its day of the week."""
    came: "Counter[int]" = field(default_factory=Counter)
    """By the hour in which it was proposed, of what was decided or expired."""
    expired: "Counter[int]" = field(default_factory=Counter)
    """The same of what expired."""

    def add_decided(self, proposed: "datetime", decided: "datetime") -> None:
        """One more that people decided."""
        self.came[proposed.hour] += 1
        self.decided[decided.hour] += 1
        self.days[decided.weekday()] += 1

    def add_expired(self, proposed: "datetime") -> None:
        """One more that nobody decided."""
        self.came[proposed.hour] += 1
        self.expired[proposed.hour] += 1

    def suggestion(self, rule: str, bounds: "Bounds", *, routed: bool) -> Suggestion | None:
        """Hours for the rule, or another role where it has hours or an escalation already (`routed`)."""
        night = self._night()
        if night is None:
            return None
        begin, end = night
        quiet = {(begin + step) % 24 for step in range((end - begin) % 24)}
        outside = Share(sum(self.expired[hour] for hour in quiet), sum(self.came[hour] for hour in quiet))
        inside = Share(self.expired.total() - outside.hits, self.came.total() - outside.cases)
        enough = outside.hits >= bounds.expiries and outside.hits >= MOST * self.expired.total()
        if not enough or not outside.surely_above(inside):
            return None
        why = (
            f"nobody ever decided between {begin:02}:00 and {end:02}:00 UTC, in {self.decided.total():,} decisions",
            f"of what came then expired: {share_text(outside)}",
            f"of what came at other times: {share_text(inside)}",
        )
        shares = {"expired_outside": outside, "expired_inside": inside}
        if routed:
            what = "Name another role that is there then (escalate, or outside: escalate in its hours)."
            return Suggestion(kind="hours", rule=rule, what=what, why=why, shares=shares)
        return Suggestion(
            kind="hours",
            rule=rule,
            what="Give it the hours in which people are there, so that time outside does not count; put your own time "
            "zone in. Or name a role that is there then (escalate).",
            why=why,
            shares=shares,
            edit=RuleEdit(rule=rule, values={"hours": self._hours(end, begin)}),
        )

    def _night(self) -> tuple[int, int] | None:
        """The longest run of hours without a decision: its first hour, and the first after it."""
        runs = []
        for begin in range(24):
            length = 0
            while length < 24 and not self.decided[(begin + length) % 24]:
                length += 1
            runs.append((length, begin))
        length, begin = max(runs, key=lambda run: (run[0], -run[1]))
        return None if length in range(SHORTEST) or length == 24 else (begin, (begin + length) % 24)

    def _hours(self, begin: int, end: int) -> str:
        """As the policy has them; a day that goes on beyond midnight in UTC is told by a zone in which it does not."""
        zone = "UTC"
        if end <= begin and end != 0:
            zone, begin, end = f"Etc/GMT+{end}" if end <= 12 else f"Etc/GMT-{24 - end}", (begin - end) % 24, 24
        days = ", ".join(name for number, name in enumerate(DAYS) if self.days[number])
        return f'{{tz: {zone}, days: [{days}], from: "{begin:02}:00", to: "{end or 24:02}:00", outside: extend}}'
