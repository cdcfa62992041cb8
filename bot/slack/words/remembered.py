"""Remembered decisions: what each was used for or stopped, how it ended, and the form that ends it."""

# ruff: noqa: D103 - a sentence says itself what it is

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.remembered.approval import ApprovalEnd
from approvals.remembered.rejection import RejectionEnd
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
        case ApprovalEnd.person:
            return f"{person(by or '')} ended it"
        case ApprovalEnd.retracted:
            return f"it ended when {person(by) if by else 'the policy'} took an approval back"
        case ApprovalEnd.policy_changed:
            return "it ended when the policy changed"
        case ApprovalEnd.expired:
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


_EXHAUSTED = ":stop_sign: That was the last one: people are asked again about the next like this."
_EXHAUSTED = ":stop_sign: That was the last one: people are asked again about the next like this."
_EXHAUSTED = ":stop_sign: That was the last one: people are asked again about the next like this."
_EXHAUSTED = ":stop_sign: That was the last one: people are asked again about the next like this."
APPROVAL_SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "remembered_approval:begun": _allowed,
    "remembered_approval:used": _one_more,
    "remembered_approval:exhausted": _EXHAUSTED,
    "remembered_approval:ended": _approval_ended,
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
    """By whom or why a remembered rejection is over."""
    return f"{person(by or '')} ended it" if why == RejectionEnd.person else "its time is over"


def stopped(count: object) -> str:
    """How many times it said no since, a sentence."""
    return f"It stopped *{count}*." if isinstance(count, int) and count else "It stopped nothing."


def _begun(each: "Line") -> str:
    rejection = each.facts.get("rejection")
    facts = rejection if isinstance(rejection, dict) else {}
    until = _moment(facts.get("until"))
    by = person(str(facts.get("by")))
    return f":lock: {by} had this *rejection remembered* until {until}: nobody is asked about the same till then."


def _rejection_ended(each: "Line") -> str:
    by = each.facts.get("by")
    over = rejection_ended(str(each.facts.get("why")), str(by) if by else None)
    return f":unlock: The same may be proposed again: {over}. {stopped(each.facts.get('stopped'))}"


REJECTION_SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {
    "remembered_rejection:begun": _begun,
    "remembered_rejection:ended": _rejection_ended,
}
"""By audit tag."""


def no_longer_rejected(over: str, stopped: str) -> str:
    return f":unlock: *No longer remembered:* {over}. {stopped}"


def rejection_remembered_until(by: str, until: str) -> str:
    return f":lock: *Rejection remembered* by {by} until {until}."


def proposed_again_by_then(told: str) -> str:
    return f"{told} If it is proposed again by then, it is rejected at once."


def end_rejection_of(what: str) -> str:
    return f"End it: ask again for {what}"


END = "End it"
END_REJECTION = "Ask again"
END_APPROVAL = "Ask again"
REJECTION = (
    "*End this remembered rejection?* If the same is proposed again, it is judged anew and people are asked about it."
)
REJECTION_ENDED = ":unlock: It is ended: the same may be proposed again."
APPROVAL = "*End this?* People are asked again about the next like it. What was approved by it stays approved."
APPROVAL_ENDED = ":stop_sign: It is ended: people are asked again about the next like it."


def rejected_by(by: str, until: str) -> str:
    return f"Remembered by {by} until {until}."


def left_of(by: str, left: int, most: int, until: str) -> str:
    return f"Allowed by {by}: *{left} of {most} left* until {until}."
