"""Remembered decisions on cards: `Approve and the next like it`, remembered rejections, and the lists of both."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import (
    Block,
    button,
    confirming,
    context,
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
from bot.slack.words.remembered import approval_ended, rejection_ended, stopped, used
from bot.slack.words.shared import listed, span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from approvals.proposal import Proposal
    from approvals.remembered.approval import RememberedApproval
    from approvals.remembered.rejection import RememberedRejection

NEXT_LABEL = say.APPROVE_AND_THE_NEXT_LIKE_IT
_ASKED = 300
"""What Slack takes in a question."""
_MOST_FIELDS = 5


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


def beyond(approval: "RememberedApproval") -> list[Block]:
    """What the card says of what was approved together with it, with the button that ends it."""
    told = say.up_to_more(person(approval.by), approval.most)
    if approval.ended is not None:
        return [
            section(ours(f"{told}; {approval_ended(str(approval.ended), approval.ended_by)}. {used(approval.used)}"))
        ]
    rest = f" until {when(approval.until)}. *{approval.left} left.*"
    return [section(ours(told + rest), _end_approval(approval)), context(plain_text(_differs(approval)))]


def approvals_listing(approvals: "Sequence[RememberedApproval]") -> "Iterator[Block]":
    """Two blocks for each: what and which agent, with `End`; then who, how many, until when, and what may differ."""
    for each in approvals:
        action = shorten(one_line(each.action), 100)[0]
        agent = shorten(one_line(each.agent), 60)[0]
        left = say.left_until(person(each.by), each.left, each.most, when(each.until))
        yield section(plain_text(f"{action}\nby {agent}"), _end_approval(each))
        yield context(ours(left), plain_text(_differs(each)), plain_text(each.id))


def _end_approval(approval: "RememberedApproval") -> Block:
    what = shorten(one_line(approval.action), 40)[0]
    return button("End", "end_remembered_approval", approval.id, said=say.ask_again_for(what), style="danger")


def _differs(approval: "RememberedApproval") -> str:
    return f"May differ: {_fields(approval.may_differ, 1000)}"


def _fields(paths: "Sequence[str]", most: int) -> str:
    """The fields, as many as fit; the rest are counted."""
    if not paths:
        return "nothing"
    for shown in range(min(len(paths), _MOST_FIELDS), 0, -1):
        more = [f"{len(paths) - shown} more"] if len(paths) > shown else []
        if len(text := listed([*paths[:shown], *more])) <= most:
            return text
    return f"{len(paths)} field{'' if len(paths) == 1 else 's'}"


END_REJECTION = "end_remembered_rejection"
_REASON = 250


def rejected(rejection: "RememberedRejection") -> list[Block]:
    """What the card says of the remembered rejection, with the button that ends it."""
    if rejection.ended is not None:
        over = rejection_ended(str(rejection.ended), rejection.ended_by)
        return [section(ours(say.no_longer_rejected(over, stopped(rejection.stopped))))]
    told = say.rejection_remembered_until(person(rejection.by), when(rejection.until))
    return [section(ours(say.proposed_again_by_then(told)), _end_rejection(rejection))]


def rejections_listing(found: "Sequence[RememberedRejection]", endable: "Collection[str]") -> "Iterator[Block]":
    """For each what and which agent, who, until when, how many it stopped and why; `End` for those `endable` by id."""
    for each in found:
        action = shorten(one_line(each.action), 100)[0]
        agent = shorten(one_line(each.agent), 60)[0]
        reason, left = shorten(visible(each.reason), _REASON, text_weight)
        yield section(plain_text(f"{action}\nby {agent}"), _end_rejection(each) if each.id in endable else None)
        yield rich(quote(f"{reason or '?'}{' …' if left else ''}"))
        yield context(
            ours(f"{person(each.by)} until {when(each.until)} · {stopped(each.stopped)}"), plain_text(each.id)
        )


def _end_rejection(rejection: "RememberedRejection") -> Block:
    what = shorten(one_line(rejection.action), 40)[0]
    return button("End", END_REJECTION, rejection.id, said=say.end_rejection_of(what), style="danger")
