"""The home tab: what waits for the person, and what they own."""

from typing import TYPE_CHECKING

from bot.slack.blocks import Block, context, divider, header, ours, plain, section
from bot.slack.queue import entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import Proposal


def home(
    waiting: "Sequence[Proposal]",
    waiting_total: int,
    owned: "Sequence[Proposal]",
    owned_total: int,
    lent: "Sequence[Block]" = (),
) -> Block:
    """The view of the home tab; of at most 20 proposals a list, so that the blocks stay below 100.

    `lent` says above it all for whom the person stands in.
    """
    return {
        "type": "home",
        "blocks": [
            *lent,
            *_list("Waiting for you", waiting, waiting_total, "Nothing waits for you.", "/approvals"),
            divider(),
            *_list("What you own or asked for", owned, owned_total, "No proposal is yours.", "/approvals mine"),
        ],
    }


def _list(title: str, proposals: "Sequence[Proposal]", total: int, nothing: str, command: str) -> list[Block]:
    blocks = [header(f"{title} ({total})" if proposals else title)]
    if not proposals:
        blocks.append(section(plain(nothing)))
    for each in proposals:
        blocks += entry(each)
    if total > len(proposals):
        blocks.append(context(ours(f"… and {total - len(proposals)} more: `{command}`")))
    return blocks
