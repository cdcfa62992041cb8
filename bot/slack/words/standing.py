"""What is approved with the next like it: what was used of it, how it ended."""
# ruff: noqa: D103 - a sentence says itself what it is

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.standing import StandingEnd
from bot.slack.blocks import person, when
from bot.slack.words.labels import name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.ports import Line

APPROVE_AND_THE_NEXT_LIKE_IT = "Approve and the next like it"
WHO_CAN_END_IT = "Anybody who may decide this can end it."


def how_ended(why: str, by: str | None) -> str:
    """By whom or why it is over."""
    match why:
        case StandingEnd.person:
            return f"{person(by or '')} ended it"
        case StandingEnd.taken_back:
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


def _ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = how_ended(str(each.facts.get("why")), str(by) if by else None)
    return f":stop_sign: The next like this are asked for again: {over}."


def _moment(instant: object) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)))
    except ValueError:
        return "its end"


SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "standing:allowed": _allowed,
    "standing:used": _one_more,
    "standing:exhausted": ":stop_sign: That was the last one: the next like this is asked for again.",
    "standing:ended": _ended,
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
