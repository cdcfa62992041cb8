"""Digest: what a role reads once a week of how it went. Of the role alone: no person is in it."""

# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

from approvals.oversight import Figure
from bot.slack.words.shared import listed, name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PICTURE_COMES = (
    "I draw it, and send it to you as a direct message. If none comes within a minute, click again; the log says why."
)
PICTURE_TITLE = "The week day by day"
ENDINGS = {
    Figure.untouched: "approved untouched",
    Figure.edited: "edited",
    Figure.rejected: "rejected",
    Figure.expired: "expired",
    Figure.revoked: "revoked",
    Figure.otherwise: "ended otherwise",
    Figure.waits: "still open",
}
"""What became of what was asked."""
OWN_FIGURES = "`/approvals stats` shows you how you decided; nobody else sees that but who leads the role."


def role_by_day(role: str, days: int) -> str:
    spans = "by the day it came" if days == 1 else f"in spans of {days} days, each called by its first"
    return f"What was asked of {name(role)}, {spans}"


def day_in_words(day: str, counted: "Sequence[str]") -> str:
    return f"{day}: {', '.join(counted) or 'nothing'}."


def title(role: str, first: "datetime", last: "datetime") -> str:
    return f":calendar: *The week of {name(role)}*, {first:%d %b} to {last:%d %b}"


def asked(number: int, counted: "Sequence[str]", median: str | None) -> str:
    took = f"; the median took {median}" if median else ""
    return f"• *Asked:* {number}: {listed(list(counted))}{took}."


def read(times: float, unread: int, known: int, drills: str | None) -> str:
    said = (
        f"• *Read:* half of the cards were seen for {times:.1f} times their reading time or longer; "
        f"{unread} of {known} for less than half of it."
    )
    return said if drills is None else f"{said} {drills}"


def always_approved(rules: "Sequence[str]") -> str:
    return (
        f"• *Always approved as it was:* {listed(list(rules))}. "
        "Looking over a part of it may be enough: the policy's `sample`."
    )


def expired(number: int, rule: str | None) -> str:
    most = f", most of it asked by {rule}" if rule else ""
    return f"• *Nobody answered:* {number}{most}. Unanswered is a no: hours, or another role, may help."


def rule_count(rule: str, hits: int, cases: int) -> str:
    return f"{name(rule)} ({hits} of {cases})"


def samples(not_fine: int, judged: int, low: float, high: float, more: int | None, bound: float) -> str:
    further = f"; {more} more that are fine would show less than {bound:.0%}" if more else ""
    return f"• *Samples:* {not_fine} of {judged} not fine: likely {low:.0%} to {high:.0%}{further}."


def drills(caught: int, decided: int) -> str:
    return f"Of {decided} drill{'' if decided == 1 else 's'}, {caught} {'was' if caught == 1 else 'were'} caught."


def practised(drills: str) -> str:
    return f"• *Read:* {drills}"


def samples_wait(waiting: int) -> str:
    return f"• *Samples:* {waiting} wait to be judged, so nothing is known of what runs by itself."
