"""Timetables: when the timed steps of a gate would happen, by the clock of its hours or for a given moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from approvals.hours import inside, soonest_after
from approvals.moves.deadlines import deadline
from policy.file.durations import duration_text
from policy.file.scalars import WEEKDAYS

if TYPE_CHECKING:
    from approvals.digest import JSON
    from approvals.gate import Escalation, Gate
    from approvals.hours import Hours
    from approvals.proposal import Ask

_NEVER = "never: it expires before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What happens to a proposal while nobody decides."""

    gate: "Gate"
    ask: "Ask"
    at: datetime | None
    """When it would be made; a time without a zone is one of the hours' own. None: only durations can be told."""

    @property
    def zone(self) -> str:
        """The zone of the hours, or of the first of them; UTC where there are none."""
        away = [hours for step in self.gate.escalate for hours in step.outside]
        return next((hours.tz for hours in (*self.gate.hours, *away)), "UTC")

    @property
    def begins(self) -> datetime | None:
        """When it would be made, in that zone."""
        if self.at is None or self.at.tzinfo is not None:
            return self.at
        return self.at.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def expires_in(self) -> int:
        """Seconds of the clock."""
        wish = self.ask.expires_in
        return self.gate.expires_in if wish is None else min(self.gate.expires_in, wish)

    def steps(self) -> list[str]:
        """What comes before the deadline, and by which clock, for a person."""
        gate = self.gate
        reminders = [f"{duration_text(each)}{self._when(each)}" for each in gate.remind]
        return [
            *([f"made on {self._moment_text(self.begins)} in {self.zone}, it"] if self.begins else []),
            *([f"reminds after {', '.join(reminders)}"] if reminders else []),
            *(self._step(each) for each in gate.escalate),
            *(f"{_there(each)}; only time inside counts" for each in gate.hours),
            *(
                f"{_there(each)}; outside {step.to} is called in at once"
                for step in gate.escalate
                for each in step.outside
            ),
        ]

    def end(self) -> str:
        """The deadline, and how far it can be moved, for a person."""
        most = self.gate.max_expires_in
        extended = "" if most is None else f", extended to {duration_text(most)}{self._moment(most)} at most"
        return f"expires in {duration_text(self.expires_in)}{self._moment(self.expires_in)}{extended}"

    def as_json(self) -> "dict[str, JSON]":
        """The moments for a program, as ISO 8601 in the zone; empty where only durations can be told."""
        if self.begins is None:
            return {}
        gate, begins = self.gate, self.begins
        ahead = [each for each in gate.escalate if self._away(each) or each.after < self.expires_in]
        most = gate.max_expires_in
        return {
            "proposed_at": self._iso(begins),
            "remind": [self._iso(self._after(begins, each)) for each in gate.remind if each < self.expires_in],
            "escalate": [
                {"to": each.to, "at": self._iso(begins if self._away(each) else self._after(begins, each.after))}
                for each in ahead
            ],
            "expires_at": self._iso(deadline(gate, self.ask, begins)),
            "extended_to_at_most": None if most is None else self._iso(self._after(begins, most)),
        }

    def _step(self, step: "Escalation") -> str:
        when = " (at once)" if self._away(step) else self._when(step.after)
        return f"calls in {step.to} for {' and '.join(step.roles)} after {duration_text(step.after)}{when}"

    def _away(self, step: "Escalation") -> bool:
        begins = self.begins
        return begins is not None and any(not inside(each, begins) for each in step.outside)

    def _when(self, seconds: int) -> str:
        """When a step comes; by one clock it is before the deadline where its seconds are fewer."""
        return self._moment(seconds) if seconds < self.expires_in else f" ({_NEVER})"

    def _moment(self, seconds: int) -> str:
        return "" if self.begins is None else f" ({self._moment_text(self._after(self.begins, seconds))})"

    def _after(self, begins: datetime, seconds: int) -> datetime:
        return soonest_after(self.gate.hours, begins, seconds)

    def _moment_text(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.zone)):%a %Y-%m-%d %H:%M}"

    def _iso(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self.zone)).isoformat(timespec="seconds")


def _there(hours: "Hours") -> str:
    days = ", ".join(WEEKDAYS[day] for day in hours.days)
    return f"people are there {days}, {_clock(hours.start)} to {_clock(hours.end)} in {hours.tz}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
