"""Remembered decisions on cards and in their list: the button, what still counts, and how it ends."""

from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.remembered.approval import RememberedApproval
from approvals.remembered.rejection import RememberedRejection
from bot.slack.blockkit.blocks import (
    Block,
    button,
    confirming,
    context_block,
    ours,
    person,
    plain_text,
    quote,
    rich,
    section,
    when,
)
from bot.slack.blockkit.text import one_line, shorten, text_weight, visible
from bot.slack.words import remembered as say
from bot.slack.words.shared import listed, span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from approvals.proposal import Proposal
    from approvals.remembered.decision import RememberedDecision

NEXT_LABEL = say.APPROVE_AND_THE_NEXT_LIKE_IT
END_REMEMBERED = "end_remembered"
_ASKED = 300
"""What Slack takes in a question."""
_MOST_FIELDS = 5
_MOST_DIFFERING = 1000
_LISTED = 250
"""Of a reason, or of what may differ, in a list."""


def approve_next(proposal: "Proposal", value: str) -> Block:
    """The button. Before it counts it asks, with how many, how long, and which fields may differ."""
    terms = proposal.gate.remember_approval
    assert terms is not None
    what = shorten(one_line(proposal.action.name), 40)[0]
    made = button(NEXT_LABEL, "approve_next", value, said=say.approve_and_the_next(what))
    end = say.WHO_CAN_END_IT
    text = say.approves_up_to(terms.most, span(timedelta(seconds=terms.lasts)))
    differs = f"May differ: {_fields(terms.may_differ, _ASKED - len(text) - len(end) - 20)}. "
    return confirming(made, f"{NEXT_LABEL}?", text + differs + end, "Approve")


def remembered_on_card(decision: "RememberedDecision") -> list[Block]:
    """What the card says of what was remembered with a decision on it, with the button that ends it."""
    by, until = person(decision.by), when(decision.until)
    told = say.up_to_more(by, decision.most) if isinstance(decision, RememberedApproval) else ""
    if decision.ended is not None:
        over = say.over(str(decision.ended), decision.ended_by)
        made = say.no_longer_approves if isinstance(decision, RememberedApproval) else say.no_longer_rejects
        return [section(ours(made(told, over, decision.used)))]
    if isinstance(decision, RememberedApproval):
        return [section(ours(say.left_on_card(told, decision.left, until)), _end(decision)), *_differs(decision)]
    return [section(ours(say.rejection_remembered_until(by, until)), _end(decision))]


def remembered_listing(decisions: "Sequence[RememberedDecision]", endable: "Collection[str]") -> "Iterator[Block]":
    """For each what and which agent, who, until when, how often it counted, and what of it; `End` for those `endable`.

    These are named by the values of their buttons.
    """
    for each in decisions:
        yield section(described(each), _end(each) if value_of(each) in endable else None)
        yield from terms_of(each, _LISTED)
        yield context_block(ours(summary(each)), plain_text(each.id))


def described(decision: "RememberedDecision") -> Block:
    """The action and the agent."""
    action, agent = shorten(one_line(decision.action), 100)[0], shorten(one_line(decision.agent), 60)[0]
    return plain_text(f"{action}\nby {agent}")


def terms_of(decision: "RememberedDecision", longest: int) -> list[Block]:
    """Why it was rejected, or what may differ from what was approved."""
    if isinstance(decision, RememberedRejection):
        reason, left = shorten(visible(decision.reason), longest, text_weight)
        return [rich(quote(f"{reason or '?'}{' …' if left else ''}"))]
    return _differs(decision, longest)


def summary(decision: "RememberedDecision") -> str:
    """Which kind, by whom, until when, and how often it counted; our markup."""
    by, until = person(decision.by), when(decision.until)
    if isinstance(decision, RememberedApproval):
        return say.approval_summary(by, decision.left, decision.most, until)
    return say.rejection_summary(by, until, decision.used)


def value_of(decision: "RememberedDecision") -> str:
    """What the button that ends it carries: the verdict and the proposal."""
    return f"{decision.verdict} {decision.id}"


def _end(decision: "RememberedDecision") -> Block:
    what = shorten(one_line(decision.action), 40)[0]
    return button("End", END_REMEMBERED, value_of(decision), said=say.ask_again_for(what), style="danger")


def _differs(decision: "RememberedDecision", longest: int = _MOST_DIFFERING) -> list[Block]:
    paths = decision.may_differ if isinstance(decision, RememberedApproval) else ()
    return [context_block(plain_text(f"May differ: {_fields(paths, longest)}"))]


def _fields(paths: "Sequence[str]", most: int) -> str:
    """The fields, as many as fit; the rest are counted."""
    if not paths:
        return "nothing"
    for shown in range(min(len(paths), _MOST_FIELDS), 0, -1):
        more = [f"{len(paths) - shown} more"] if len(paths) > shown else []
        if len(text := listed([*paths[:shown], *more])) <= most:
            return text
    return f"{len(paths)} field{'' if len(paths) == 1 else 's'}"
