"""Digests: each week, to each role that wants it, how the week before went; as a notice, so that it is sent once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.slack.cards.digest import Week, digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.ports import Clock
    from policy import LoadedPolicy
    from storage import SqlStore

AFTER = timedelta(hours=8)
"""Of the week's beginning, Monday at midnight UTC, so that it is read in the morning and not missed at night."""
_WEEK = timedelta(days=7)
_MOMENT = timedelta(milliseconds=1)


@dataclass(slots=True, kw_only=True)
class Digests:
    """Wants them once the week before is over, whenever in a week that is noticed."""

    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    clock: "Clock"
    picture: "Callable[[str, str, str, datetime], None]"
    """Begins to draw the week: of which notice, in which channel, of which role, and when it began."""
    _looked: dict[str, datetime] = field(default_factory=dict, init=False)
    """By role, the beginning of the week in which this process looked last: the store knows what was sent."""

    async def sweep(self) -> int:
        """Wants what is due; how many. Raises StoreBusy."""
        now = self.clock.now()
        monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time(), UTC)
        if now < monday + AFTER:
            return 0
        sent = 0
        for role in self.policy().roles.values():
            if role.digest != "weekly" or self._looked.get(role.name) == monday:
                continue
            first, last = monday - _WEEK, monday - _MOMENT
            found = await self.store.insights.insight(since=first, now=last, role=role.name, practised=True)
            everything = found.everything
            week = Week(everything=everything, rules=found.rules, people=len(found.reviewers))
            text = digest(role.name, week, first, last)
            if text is not None:
                about = f"digest:{role.name}:{monday:%Y-%m-%d}"
                wanted = await self.store.messages.notify(about, role.channel, text)
                sent += wanted
                if wanted and everything.asked:
                    self.picture(about, role.channel, role.name, first)
            self._looked[role.name] = monday
        return sent
