"""Remembered decisions: what each was used for or stopped, how it ended, and the form that ends it."""

# ruff: noqa: D103 - a sentence says itself what it is

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.remembered.approval import StandingEnd
from approvals.remembered.rejection import HoldEnd
from bot.slack.blockkit.blocks import person, when
from bot.slack.words.shared import name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.ports import Line


APPROVE_AND_THE_NEXT_LIKE_IT = "Approve and the next like it"
WHO_CAN_END_IT = "Anybody who may decide this can end it."


def approval_ended(why: str, by: str | None) -> str:
    """By whom or why it is over."""
    match why:
        case StandingEnd.person:
            return f"{person(by or '')} ended it"
        case StandingEnd.retracted:
            return f"it ended when {person(by) if by else 'the policy'} took an approval back"
        case StandingEnd.policy_changed:
            return "it ended when the policy changed"
        case StandingEnd.expired:
            return "its time is over"
        case _:
            return "all are used"


def used(count: int) -> str:
    """How many more were approved by it, a sentence."""
    return "None was used." if count == 0 else f"{count} {'was' if count == 1 else 'were'} used."


def _allowed(each: "Line") -> str:
    approval = each.facts.get("approval")
    facts = approval if isinstance(approval, dict) else {}
    by, until = person(str(facts.get("by"))), _moment(facts.get("until"))
    return f":repeat: {by} approved this *and the next {name(str(facts.get('most')))} like it* until {until}."


def _one_more(each: "Line") -> str:
    by, left = person(str(each.facts.get("by"))), each.facts.get("left")
    told = f"one more like this was approved as {by} had allowed, {name(str(left))} left"
    return f":repeat: {name(str(each.facts.get('proposal')))}: {told}."


def _approval_ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = approval_ended(str(each.facts.get("why")), str(by) if by else None)
    return f":stop_sign: People are asked again about the next like this: {over}."


def _moment(instant: object) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)))
    except ValueError:
        return "its end"


APPROVAL_SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "standing:allowed": _allowed,
    "standing:used": _one_more,
    "standing:exhausted": ":stop_sign: That was the last one: people are asked again about the next like this.",
    "standing:ended": _approval_ended,
}
"""By audit tag."""


def approve_and_the_next(what: str) -> str:
    return f"Approve {what} and the next like it"


def approves_up_to(most: int, within: str) -> str:
    return f"Approves this, and without asking again up to {most} more like it within {within}. "


def up_to_more(by: str, most: int) -> str:
    return f":repeat: *And the next like it:* {by} approved up to {most} more"


def left_until(by: str, left: int, most: int, until: str) -> str:
    return f"{by} · *{left} of {most} left* until {until}"


def ask_again_for(what: str) -> str:
    return f"End it: ask again for {what}"


def rejection_ended(why: str, by: str | None) -> str:
    """By whom or why a hold is over."""
    return f"{person(by or '')} ended it" if why == HoldEnd.person else "its time is over"


def stopped(count: object) -> str:
    """How many times it said no since, a sentence."""
    return f"It stopped *{count}*." if isinstance(count, int) and count else "It stopped nothing."


def _begun(each: "Line") -> str:
    hold = each.facts.get("hold")
    facts = hold if isinstance(hold, dict) else {}
    until = _moment(facts.get("until"))
    return f":lock: {person(str(facts.get('by')))} *holds the same* until {until}: nobody is asked about it till then."


def _rejection_ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = rejection_ended(str(each.facts.get("why")), str(by) if by else None)
    return f":unlock: The same may be proposed again: {over}. {stopped(each.facts.get('stopped'))}"


REJECTION_SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "hold:begun": _begun,
    "hold:ended": _rejection_ended,
}
"""By audit tag."""


def no_longer_held(over: str, stopped: str) -> str:
    return f":unlock: *No longer held:* {over}. {stopped}"


def holds_the_same_until(by: str, until: str) -> str:
    return f":lock: *Held:* {by} holds the same until {until}."


def proposed_again_by_then(held: str) -> str:
    return f"{held} If it is proposed again by then, it is rejected at once."


def end_the_hold_on(what: str) -> str:
    return f"End the hold on {what}"


END = "End it"
END_HOLD = "End the hold"
END_STANDING = "Ask again"
HOLD = "*End this hold?* If the same is proposed again, it is judged anew and people are asked about it."
HOLD_ENDED = ":unlock: The hold is ended: the same may be proposed again."
STANDING = "*End this?* People are asked again about the next like it. What was approved by it stays approved."
STANDING_ENDED = ":stop_sign: It is ended: people are asked again about the next like it."


def held_by(by: str, until: str) -> str:
    return f"Held by {by} until {until}."


def left_of(by: str, left: int, most: int, until: str) -> str:
    return f"Allowed by {by}: *{left} of {most} left* until {until}."
