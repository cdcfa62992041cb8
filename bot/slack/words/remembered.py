"""Remembered decisions: what each counts for, how it ended, and the form that ends it."""

# ruff: noqa: D103 - a sentence says itself what it is

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.remembered.decision import RememberedEnding
from bot.slack.blockkit.blocks import person, when
from bot.slack.words.shared import name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.ports import Line


APPROVE_AND_THE_NEXT_LIKE_IT = "Approve and the next like it"
WHO_CAN_END_IT = "Anybody who may decide this can end it."
ASK_AGAIN = "Ask again"
END = "End it"
END_APPROVAL = (
    "*End this remembered approval?* People are asked again about the next like it. "
    "What was approved by it stays approved."
)
END_REJECTION = (
    "*End this remembered rejection?* If the same is proposed again, it is judged anew and people are asked about it."
)
APPROVAL_ENDED = ":stop_sign: It is ended: people are asked again about the next like it."
REJECTION_ENDED = ":unlock: It is ended: the same may be proposed again."
_EXHAUSTED = ":stop_sign: That was the last one: people are asked again about the next like this."


def over(why: str, by: str | None) -> str:
    """By whom or why it ended."""
    match why:
        case RememberedEnding.person:
            return f"{person(by or '')} ended it"
        case RememberedEnding.retracted:
            return f"it ended when {person(by) if by else 'the policy'} took an approval back"
        case RememberedEnding.policy_changed:
            return "it ended when the policy changed"
        case RememberedEnding.expired:
            return "its time is over"
        case _:
            return "all are used"


def used(count: int) -> str:
    """How many more were approved by it, a sentence."""
    return "None was used." if count == 0 else f"{count} {'was' if count == 1 else 'were'} used."


def rejected(count: object) -> str:
    """How many times it said no since, a sentence."""
    return f"It stopped *{count}*." if isinstance(count, int) and count else "It stopped nothing."


def approve_and_the_next(what: str) -> str:
    return f"Approve {what} and the next like it"


def approves_up_to(most: int, within: str) -> str:
    return f"Approves this, and without asking again up to {most} more like it within {within}. "


def up_to_more(by: str, most: int) -> str:
    return f":repeat: *And the next like it:* {by} approved up to {most} more"


def left_on_card(sentence: str, left: int, until: str) -> str:
    return f"{sentence} until {until}. *{left} left.*"


def no_longer_approves(sentence: str, over: str, count: int) -> str:
    return f"{sentence}; {over}. {used(count)}"


def rejection_remembered_until(by: str, until: str) -> str:
    return (
        f":lock: *Rejection remembered* by {by} until {until}. If it is proposed again by then, it is rejected at once."
    )


def no_longer_rejects(_: str, over: str, count: int) -> str:
    return f":unlock: *No longer remembered:* {over}. {rejected(count)}"


def approval_summary(by: str, left: int, most: int, until: str) -> str:
    return f":repeat: Approved by {by}: *{left} of {most} left* until {until}"


def rejection_summary(by: str, until: str, count: int) -> str:
    return f":lock: Rejected by {by} until {until} · {rejected(count)}"


def ask_again_for(what: str) -> str:
    return f"End it: ask again for {what}"


def _decision(each: "Line") -> "Mapping[str, object]":
    facts = each.facts.get("decision")
    return facts if isinstance(facts, dict) else {}


def _approval_begun(each: "Line") -> str:
    facts = _decision(each)
    by, until = person(str(facts.get("by"))), _moment(facts.get("until"))
    return f":repeat: {by} approved this *and the next {name(str(facts.get('most')))} like it* until {until}."


def _rejection_begun(each: "Line") -> str:
    facts = _decision(each)
    by, until = person(str(facts.get("by"))), _moment(facts.get("until"))
    return f":lock: {by} had this *rejection remembered* until {until}: nobody is asked about the same till then."


def _one_more(each: "Line") -> str:
    by, left = person(str(each.facts.get("by"))), each.facts.get("left")
    told = f"one more like this was approved as {by} had allowed, {name(str(left))} left"
    return f":repeat: {name(str(each.facts.get('proposal')))}: {told}."


def _approval_ended(each: "Line") -> str:
    return f":stop_sign: People are asked again about the next like this: {_over(each)}."


def _rejection_ended(each: "Line") -> str:
    return f":unlock: The same may be proposed again: {_over(each)}. {rejected(each.facts.get('used'))}"


def _over(each: "Line") -> str:
    by = each.facts.get("by")
    return over(str(each.facts.get("why")), str(by) if by else None)


def _moment(instant: object) -> str:
    try:
        return when(datetime.fromisoformat(str(instant)))
    except ValueError:
        return "its end"


SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "remembered_approval:begun": _approval_begun,
    "remembered_approval:used": _one_more,
    "remembered_approval:exhausted": _EXHAUSTED,
    "remembered_approval:ended": _approval_ended,
    "remembered_rejection:begun": _rejection_begun,
    "remembered_rejection:ended": _rejection_ended,
}
"""By audit tag."""
