"""Drill words: that it was a drill, how it ended, and what to look at next time. Nobody who missed one is named."""

from typing import TYPE_CHECKING

from approvals.drill import DrillResult
from bot.slack.blockkit.blocks import person, when
from bot.slack.blockkit.text import escape, one_line, shorten

if TYPE_CHECKING:
    from approvals.ports import Line
    from approvals.proposal import Proposal

_MOST = 300


def is_over(proposal: "Proposal") -> bool:
    """Whether it may be told that it was a drill."""
    return proposal.drill is not None and proposal.drill.result is not None


def over(proposal: "Proposal") -> str:
    """What its card says once it is over."""
    drill = proposal.drill
    assert drill is not None
    at = f" · {when(proposal.resolved_at)}" if proposal.resolved_at else ""
    return f"{_ended(str(drill.result), proposal.resolved_by)}{at}\n{_lesson(drill.wrong, drill.look_at)}"


def line(each: "Line") -> str:
    """The line below its card."""
    facts = each.facts
    told = _ended(str(facts.get("result")), facts.get("by"))
    return f"{told}\n{_lesson(facts.get('wrong'), facts.get('look_at'))}"


def without_who_missed(history: "list[Line]") -> "list[Line]":
    """The lines without the approvals of a drill that they tell the end of: nobody is named for it."""
    if not any(each.tag == "proposal:drilled" and each.facts.get("result") == DrillResult.missed for each in history):
        return history
    return [each for each in history if each.tag != "proposal:decided"]


def told_privately(proposal: "Proposal") -> str:
    """What the person reads whose decision ended it, at once and alone."""
    drill = proposal.drill
    assert drill is not None
    said = _YOURS.get(str(drill.result), "It is over.")
    return f":dart: *This was a drill.* {said} {_NOTHING}\n{_lesson(drill.wrong, drill.look_at)}"


_NOTHING = "Nothing of a drill can run, and no agent hears of it."
_YOURS: "dict[str, str]" = {
    DrillResult.caught: "Well caught: you said no to what should not run.",
    DrillResult.missed: (
        "With your approval a real one would have run. That happens to everybody; it is what drills are for."
    ),
    DrillResult.edited: "You changed it instead of letting it pass. Was this what you mended?",
    DrillResult.asked: "You asked instead of letting it pass: that is right wherever something is unclear.",
}


def _ended(result: str, by: object) -> str:
    who = person(str(by)) if by else "Somebody"
    match result:
        case DrillResult.caught:
            how = f"{who} caught it."
        case DrillResult.missed:
            how = "It was approved: a real one would have run."
        case DrillResult.edited:
            how = f"{who} changed it instead of letting it pass."
        case DrillResult.asked:
            how = f"{who} asked about it instead of letting it pass."
        case DrillResult.unanswered:
            how = "Nobody decided it in time."
        case _:
            how = "It was called off, since something else matters more."
    return f":dart: *This was a drill.* {how} {_NOTHING}"


def _lesson(wrong: object, look_at: object) -> str:
    return f"*What was wrong:* {_said(wrong)}\n*Where it shows:* {_said(look_at)}"


def _said(words: object) -> str:
    return escape(shorten(one_line(str(words or "")), _MOST)[0])
