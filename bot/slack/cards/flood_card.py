"""Flood cards: the summary of a flood. Nothing is decided on one: `Review` opens the list. Pure."""

from typing import TYPE_CHECKING

from bot.slack.blockkit.blocks import (
    actions,
    bullets,
    button,
    context_block,
    header,
    ours,
    paragraph,
    plain_text,
    rich,
    run,
    section,
    when,
)
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.cards.card import Card, made
from bot.slack.cards.title import notified
from bot.slack.words import cards as say

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
    kinds = _kinds(flood)
    blocks = [
        header(say.APPROVAL_NEEDED),
        section(ours(say.requests_wait(count, when(flood.soonest)))),
        rich(bullets([paragraph(run(each)) for each in kinds])),
        context_block(plain_text(f"{agent} · {say.CAME_FASTER_THAN_CARDS}")),
        actions(button("Review", REVIEW, flood.lead, said=say.REVIEW_WHAT_WAITS_HERE, style="primary")),
        *([context_block(ours(f":bell: {mention}"))] if mention else []),
    ]
    some, waits = ("1 request of ", "waits") if count == 1 else (f"{count} requests of ", "wait")
    return made(blocks, notified(f"{some}{agent} {waits} here: {', '.join(kinds)}. {say.ends(flood.soonest)}"))


def agent_name(flood: "Flood") -> str:
    """The name of the agent whose proposals it sums up, on one line."""
    return shorten(one_line(flood.agent), 80)[0] or "?"


def _kinds(flood: "Flood") -> list[str]:
    named = [f"{count} {_TIMES} {shorten(one_line(action), 80)[0] or '?'}" for action, count in flood.kinds]
    rest = sum(count for _, count in flood.kinds[_MOST_KINDS:])
    return [*named[:_MOST_KINDS], *([say.of_other_kinds(rest)] if rest else [])]
