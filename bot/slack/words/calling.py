"""What calls people to a card again."""

from typing import TYPE_CHECKING

from bot.slack.blocks import when

if TYPE_CHECKING:
    from datetime import datetime


def joined_later(calling: str) -> str:
    """Calls those whom only what joined a summary later needs; `calling` is markup of ours."""
    return f":bell: Please decide: {calling}"


def still_waiting(count: int, soonest: "datetime", calling: str) -> str:
    """Reminds people of what waits on a summary; `calling` is markup of ours."""
    wait = "1 request still waits" if count == 1 else f"{count} requests still wait"
    return f":bell: {wait} here, and the first is rejected {when(soonest)}: {calling}"
