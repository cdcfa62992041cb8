"""What is approved with the next like it, in Slack: the button with its question, the line on the card, the list."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.slack.blocks import Block, button, confirming, context, ours, person, plain, section, when
from bot.slack.text import one_line, shorten
from bot.slack.words import standing as say
from bot.slack.words.labels import listed, span
from bot.slack.words.standing import how_ended, used

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from approvals.proposal import Proposal
    from approvals.standing import StandingApproval

NEXT_LABEL = say.APPROVE_AND_THE_NEXT_LIKE_IT
_ASKED = 300
"""What Slack takes in a question."""
_MOST_FIELDS = 5


def approve_next(proposal: "Proposal", value: str) -> Block:
    """The button. Before it counts it asks, with how many, how long, and which fields may differ."""
    terms = proposal.gate.standing
    assert terms is not None
    what = shorten(one_line(proposal.action.name), 40)[0]
    made = button(NEXT_LABEL, "approve_next", value, said=say.approve_and_the_next(what))
    end = say.WHO_CAN_END_IT
    text = say.approves_up_to(terms.most, span(timedelta(seconds=terms.lasts)))
    differs = f"May differ: {_fields(terms.may_differ, _ASKED - len(text) - len(end) - 20)}. "
    return confirming(made, f"{NEXT_LABEL}?", text + differs + end, "Approve")


def beyond(approval: "StandingApproval") -> list[Block]:
    """What the card says of what was approved together with it, with the button that ends it."""
    told = say.up_to_more(person(approval.by), approval.most)
    if approval.ended is not None:
        return [section(ours(f"{told}; {how_ended(str(approval.ended), approval.ended_by)}. {used(approval.used)}"))]
    rest = f" until {when(approval.until)}. *{approval.left} left.*"
    return [section(ours(told + rest), _end(approval)), context(plain(_differs(approval)))]


def listing_of(approvals: "Sequence[StandingApproval]") -> "Iterator[Block]":
    """Two blocks for each: what and which agent, with `End`; then who, how many, until when, and what may differ."""
    for each in approvals:
        action = shorten(one_line(each.action), 100)[0]
        agent = shorten(one_line(each.agent), 60)[0]
        left = say.left_until(person(each.by), each.left, each.most, when(each.until))
        yield section(plain(f"{action}\nby {agent}"), _end(each))
        yield context(ours(left), plain(_differs(each)), plain(each.id))


def _end(approval: "StandingApproval") -> Block:
    what = shorten(one_line(approval.action), 40)[0]
    return button("End", "end_standing", approval.id, said=say.ask_again_for(what), style="danger")


def _differs(approval: "StandingApproval") -> str:
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
