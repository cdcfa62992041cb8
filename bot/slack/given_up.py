"""What the operators see above what waits: that agents could not be told."""

from typing import TYPE_CHECKING

from bot.slack.blocks import Block, context, ours
from bot.slack.words.trouble import callbacks_given_up

if TYPE_CHECKING:
    from bot.slack.desk import Desk


async def given_up(desk: "Desk", user: str) -> list[Block]:
    """A line for an operator as long as callbacks are given up; nothing for anybody else."""
    if user not in desk.policy().operators:
        return []
    parked = (await desk.store.callbacks.counts()).parked
    return [context(ours(callbacks_given_up(parked)))] if parked else []
