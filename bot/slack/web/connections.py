"""Who else has a socket of this app: Slack gives each click to one of them, so another one swallows some."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from approvals.events import instant
from approvals.ports import Clock, StoreBusy
from bot.slack.words import alerts
from policy import WrittenPolicy
from storage.messages.notices import Notices

log = structlog.get_logger("socket")


@dataclass(slots=True, kw_only=True)
class Connections:
    """What Slack last counted beside our own. The operators are told once of others, and once that they are gone."""

    notices: Notices
    policy: Callable[[], WrittenPolicy]
    clock: Clock
    others: int = field(default=0, init=False)
    _since: datetime | None = field(default=None, init=False)
    _owed: tuple[str, str] | None = field(default=None, init=False)
    """What a busy store has not taken yet: about what, and the words."""

    @property
    def trouble(self) -> str | None:
        """What readiness says of it; None if we are alone."""
        return alerts.other_connections(self.others) if self.others else None

    async def counted(self, others: int) -> None:
        """Slack has just told how many there are beside ours."""
        now = self.clock.now()
        if others and self._since is None:
            self._since = now
            self._owed = (f"sockets:{instant(now)}", alerts.others_connected(others))
            log.warning("another connection of this app is open: it gets some of the clicks", others=others)
        elif not others and self._since is not None:
            self._owed = (f"sockets:{instant(self._since)}:over", alerts.others_gone(self._since))
            self._since = None
            log.info("no other connection of this app is open any more")
        self.others = others
        await self._tell(now)

    async def _tell(self, now: datetime) -> None:
        ops = self.policy().ops
        if self._owed is None or ops is None:
            return
        about, text = self._owed
        try:
            await self.notices.add(about, ops.channel, text, now)
        except StoreBusy:
            return  # at the next count
        self._owed = None
