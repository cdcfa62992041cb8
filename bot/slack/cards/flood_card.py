"""Flood cards: the summary of a flood. Nothing is decided on one: `Review` opens the list. Pure."""

from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import actions, button, context_block, header, ours, paragraph, rich, run, section, when
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.cards.card import Card, made
from bot.slack.cards.title import notified
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from storage import Flood

REVIEW = "flood_review"
MOST_CALLED = 40
"""People and groups that one card calls."""
_MOST_KINDS = 8
_TIMES = "\u00d7"


def flood_card(flood: "Flood", *, mention: str = "") -> Card:
    """The card as the flood stands. `mention` is markup of ours that calls the reviewers."""
    agent, count = agent_name(flood), flood.count
    if flood.soonest is None:
        said = [run("Nothing of "), run(agent, bold=True), run(say.WAITS_HERE_NO_MORE)]
        blocks = [header(say.DECIDED), rich(paragraph(*said))]
        blocks.append(context_block(ours(say.WHAT_BECAME_OF_EACH)))
        return made(blocks, notified(say.nothing_waits_any_more(agent)))
    some = "1 request of " if count == 1 else f"{count} requests of "
    waits = " waits here: " if count == 1 else " wait here: "
    blocks = [
        header(say.APPROVAL_NEEDED),
        rich(paragraph(run(some), run(agent, bold=True), run(waits), run(f"{_kinds(flood)}."))),
        section(ours(say.first_rejected(when(flood.soonest)))),
        *([context_block(ours(shared.please_decide(mention)))] if mention else []),
        actions(button("Review", REVIEW, flood.lead, said=say.REVIEW_WHAT_WAITS_HERE, style="primary")),
    ]
    ends = say.ends(flood.soonest)
    return made(blocks, notified(f"{some}{agent}{waits}{_kinds(flood)}. {ends}"))


def agent_name(flood: "Flood") -> str:
    """The name of the agent whose proposals it sums up, on one line."""
    return shorten(one_line(flood.agent), 80)[0] or "?"


def _kinds(flood: "Flood") -> str:
    named = [f"{count} {_TIMES} {shorten(one_line(action), 80)[0] or '?'}" for action, count in flood.kinds]
    rest = sum(count for _, count in flood.kinds[_MOST_KINDS:])
    return ", ".join([*named[:_MOST_KINDS], *([say.of_other_kinds(rest)] if rest else [])])
