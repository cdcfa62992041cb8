"""What is approved with the next like it: what was used of it, how it ended."""

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.standing import StandingEnd
from bot.slack.blocks import person, when
from bot.slack.words.labels import name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.ports import Line


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
