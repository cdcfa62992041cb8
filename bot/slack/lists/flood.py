"""Flood list, behind `Review` of a flood's summary: what waits on it and the reader may see."""

from typing import TYPE_CHECKING, Any

from bot.slack.blockkit.blocks import context_block, paragraph, plain_text, rich, run, section
from bot.slack.blockkit.modals import modal, turning
from bot.slack.cards.flood_card import agent_name
from bot.slack.lists.pages import entry
from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import Proposal
    from storage import Flood

PAGE_SIZE = 8


def flood_list(flood: "Flood", proposals: "Sequence[Proposal]", total: int, page: int, form_id: str) -> dict[str, Any]:
    """One page of what waits on a flood and the reader may see; pages count from 0."""
    agent = agent_name(flood)
    if not total:
        said = say.NOTHING_THAT_YOU_MAY_SEE_WAITS if not flood.count else say.NOTHING_HERE_IS_YOURS_TO_SEE
        return modal("Review", [section(plain_text(said))], form_id=form_id, callback_id="flood")
    pages = pages_of(total)
    blocks = [
        rich(paragraph(run(f"{total} of "), run(agent, bold=True), run(say.THE_SOONEST_DEADLINE_FIRST))),
        *(block for each in proposals for block in entry(each, label="Open")),
        *turning("flood", page, pages, form_id),
        context_block(plain_text(say.OPEN_ONE_TO_SEE_IT_WHOLE)),
    ]
    return modal("Review", blocks, form_id=form_id, callback_id="flood")


def pages_of(total: int) -> int:
    """How many pages the list has, at least one."""
    return max(1, -(-total // PAGE_SIZE))
