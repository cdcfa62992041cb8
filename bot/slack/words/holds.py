"""What is held after a no: what it stopped, how it ended."""
# ruff: noqa: D103 - a sentence says itself what it is

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.holds import HoldEnd
from bot.slack.blocks import person, when

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.ports import Line


def how_ended(why: str, by: str | None) -> str:
    """By whom or why a hold is over."""
    return f"{person(by or '')} ended it" if why == HoldEnd.person else "its time is over"


def stopped(count: object) -> str:
    """How many times it said no since, a sentence."""
    return f"It stopped *{count}*." if isinstance(count, int) and count else "It stopped none."


def _begun(each: "Line") -> str:
    hold = each.facts.get("hold")
    facts = hold if isinstance(hold, dict) else {}
    until = _moment(facts.get("until"))
    return f":lock: {person(str(facts.get('by')))} *holds the same* until {until}: nobody is asked about it till then."


def _ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = how_ended(str(each.facts.get("why")), str(by) if by else None)
    return f":unlock: The same may be proposed again: {over}. {stopped(each.facts.get('stopped'))}"


def _moment(instant: object) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)))
    except ValueError:
        return "its end"


SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {"hold:begun": _begun, "hold:ended": _ended}
"""By audit tag."""


def no_longer_held(over: str, stopped: str) -> str:
    return f":unlock: *No longer held:* {over}. {stopped}"


def holds_the_same_until(by: str, until: str) -> str:
    return f":lock: *Held:* {by} holds the same until {until}."


def proposed_again_by_then(held: str) -> str:
    return f"{held} Proposed again by then, it is rejected at once."


def end_the_hold_on(what: str) -> str:
    return f"End the hold on {what}"
