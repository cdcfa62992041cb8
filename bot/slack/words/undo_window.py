"""What people approved settles before the agent can take it: until when, and who undid what."""
# ruff: noqa: D103 - a sentence says itself what it is

from typing import TYPE_CHECKING

from approvals.moves.undo_window import undoable_until
from bot.slack.blockkit.blocks import person, when
from bot.slack.words.labels import listed, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, timedelta

    from approvals.ports import Line
    from approvals.proposal import Proposal


LABEL = "Undo"


def may_take(proposal: "Proposal") -> str:
    """From when on the agent can take what is approved, a sentence; as true afterwards as before."""
    if proposal.claimable_at is None:
        return "The agent has not taken it yet."
    return f"The agent has not taken it yet; it can from {when(proposal.claimable_at, seconds=True)} on."


def retracted_by(proposal: "Proposal") -> str | None:
    """Who took their approval back, a sentence, as far as they have not approved again; None for nobody."""
    standing = {each.reviewer for each in proposal.standing_decisions}
    void = [each for each in proposal.decisions if each.retracted_at is not None and each.round == proposal.round]
    people = [person(user) for user in dict.fromkeys(each.reviewer for each in void) if user not in standing]
    if not people:
        return None
    return f":leftwards_arrow_with_hook: {listed(people)} approved this and undid it; that does not count."


def together(proposals: "Iterable[Proposal]", now: "datetime | None") -> str:
    """How many of several still settle, a line of a card that they share; empty where none does."""
    moments = [] if now is None else [at for each in proposals if (at := undoable_until(each, now)) is not None]
    if not moments:
        return ""
    some = "*1 was approved just now:*" if len(moments) == 1 else f"*{len(moments)} were approved just now:*"
    what = "it" if len(moments) == 1 else "all of them"
    last = when(max(moments), seconds=True)
    told = f"the agent can take {what} from {last} on. Whoever approved one can open it and undo that."
    return f"\n:hourglass: {some} {told}"


def thanks(proposal: "Proposal") -> str:
    """What a person reads who just gave the last approval, after the thanks; empty where it does not settle."""
    if proposal.claimable_at is None:
        return ""
    return f" The agent can take it from {when(proposal.claimable_at, seconds=True)} on; until then you can undo this."


def after_several(longest: "timedelta") -> str:
    """What a person reads who just approved several from a list, a sentence."""
    return (
        f"The agent can take these after {span(longest)}. Until then: Review on the card, Open, and {LABEL} takes back "
        "your approval of one."
    )


def _retracted(each: "Line") -> str:
    who = person(str(each.facts.get("by")))
    return f":leftwards_arrow_with_hook: {who} *undid their approval:* it waits again, until its deadline as before."


SENTENCES: "Mapping[str, str | Callable[[Line], str]]" = {"proposal:retracted": _retracted}
"""By audit tag."""


def retract_your_approval_of(what: str) -> str:
    return f"Undo your approval of {what}"


def whoever_approved_this_can_undo(at: str) -> str:
    return f":hourglass: Whoever approved this can undo that until {at}."
