"""What the operators see above what waits: that agents could not be told."""

from typing import TYPE_CHECKING

from bot.slack.blocks import Block, context, ours

if TYPE_CHECKING:
    from bot.slack.desk import Desk


async def given_up(desk: "Desk", user: str) -> list[Block]:
    """A line for an operator as long as callbacks are given up; nothing for anybody else."""
    if user not in desk.policy().operators:
        return []
    parked = (await desk.store.callbacks.counts()).parked
    if not parked:
        return []
    many = "1 callback to an agent was" if parked == 1 else f"{parked} callbacks to agents were"
    return [
        context(ours(f"{many} given up: `signoff callbacks list` shows why, `signoff callbacks retry` begins anew."))
    ]
