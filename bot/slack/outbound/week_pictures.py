"""Pictures of weeks, below their digests: what was asked of a role, day by day, and what became of it.

The digest says the same in words and does not wait for this: where nothing draws, or Slack takes no file, it stands
alone. A picture is sent once and by the process that wanted the digest; one that stops meanwhile sends none.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from approvals.oversight import Figure
from approvals.ports import StoreBusy, WorkLimit, WorkRefused
from bot.pictures import Bars, Part, draw, is_installed
from bot.slack.web.client import SlackFault
from bot.slack.web.files import share_picture
from bot.slack.words import digest as say

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from approvals.oversight import Oversight
    from bot.worker import Worker
    from storage import SqlStore

PAUSE, TRIES = 1.0, 600
"""Seconds between looks whether the digest stands, and how many: where Slack is away for longer there is no picture."""
_DAY, _MOMENT = timedelta(days=1), timedelta(milliseconds=1)
_LOOKS: dict[Figure, tuple[str, str]] = {
    Figure.untouched: ("#2f6f5e", ""),
    Figure.edited: ("#b7791f", "//"),
    Figure.rejected: ("#9b2c3f", "xx"),
    Figure.expired: ("#6b6b70", ".."),
    Figure.revoked: ("#5b3a8c", "\\\\"),
    Figure.otherwise: ("#3f4b5c", "--"),
    Figure.waits: ("#3a6ea5", "||"),
}
"""The colour of each, dark enough for white numbers, and how it is told from the others without colours."""


@dataclass(slots=True, kw_only=True)
class WeekPictures:
    """Draws and sends them."""

    client: "AsyncWebClient"
    store: "SqlStore"
    worker: "Worker"
    later: "Callable[[Coroutine[Any, Any, None]], None]"
    """Runs it beside all else."""

    def begin(self, about: str, channel: str, role: str, first: "datetime") -> None:
        """Begins to send the week of the role, where there is what draws."""
        if is_installed():
            self.later(self.send(about, channel, role, first))

    async def send(self, about: str, channel: str, role: str, first: "datetime") -> None:
        """Shows the week of the role that began then, once the notice `about` it stands. Raises nothing of its work."""
        log = structlog.get_logger("slack")
        try:
            days = [await self._day(role, first + number * _DAY) for number in range(7)]
            names = [f"{first + number * _DAY:%a}" for number in range(7)]
            picture = await self.worker.run(draw, bars_of(names, days))
            if not await self._stands(about, channel):
                log.warning("a digest does not stand in its channel, so its picture was not sent", role=role)
                return
            await share_picture(
                self.client,
                channel,
                picture,
                name="week.png",
                title=say.PICTURE_TITLE,
                alt=in_words(say.PICTURE_TITLE, names, days),
            )
        except (SlackFault, StoreBusy, WorkLimit, WorkRefused) as fault:
            log.warning("the picture of a digest was not sent, its text stands alone", role=role, why=str(fault))

    async def _day(self, role: str, begins: "datetime") -> "Oversight":
        last = begins + _DAY - _MOMENT
        found = await self.store.insights.insight(since=begins, now=last, role=role, limit=1, practised=True)
        return found.everything

    async def _stands(self, about: str, channel: str) -> bool:
        for _ in range(TRIES):
            found = await self.store.messages.notice(about, channel)
            if found is None:
                return False
            if found.ts is not None:
                return True
            await asyncio.sleep(PAUSE)
        return False


def bars_of(names: "Sequence[str]", days: "Sequence[Oversight]") -> Bars:
    """A bar a day, or a span of days, of what became of it; what never happened is no part of any."""
    parts = [
        Part(name=say.ENDINGS[figure], colour=colour, hatch=hatch, numbers=tuple(day.number(figure) for day in days))
        for figure, (colour, hatch) in _LOOKS.items()
    ]
    return Bars(names=tuple(names), parts=tuple(part for part in parts if any(part.numbers)))


def in_words(title: str, names: "Sequence[str]", days: "Sequence[Oversight]") -> str:
    """The same in words, for who hears it."""
    told = []
    for name, day in zip(names, days, strict=True):
        counted = [f"{number} {say.ENDINGS[figure]}" for figure in _LOOKS if (number := day.number(figure))]
        told.append(say.day_in_words(name, counted))
    return " ".join([title + ".", *told])
