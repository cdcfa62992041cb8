"""Retention: erases, some at a time, what was written of proposals that are over for longer than the policy keeps it.

What is erased cannot be brought back. So new times hold only a while after the log and the operators were told of them,
and whatever is in doubt erases nothing: a policy with faults, another one in force, a stop of everything, a clock that
jumped.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from approvals.events import Actor, RetentionChanged, as_json
from approvals.moves import StillNeeded
from approvals.ports import Damaged
from approvals.services.erasures import Erasing
from bot.slack.words.alerts import retention_changed
from policy.file.durations import duration_text
from storage import database_file, empty_log
from storage.erasure import BEGINNING, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from approvals.ports import Clock
    from policy import LoadedPolicy
    from policy.keys.retention import Retention
    from storage import SqlStore

GRACE = timedelta(days=1)
"""How long after they came into the policy times begin to hold."""
CALM = 3600.0
"""Seconds after a start, and a day after the clock jumped, in which nothing is erased: time to see what is wrong."""
JUMP = 3600.0
"""Seconds by which the clock may go another way than the machine counts."""
EVERY = 10.0
"""Seconds between two turns."""
MOST = 10
"""So many are looked at in a turn: each one erased has its card brought up to date, and Slack takes one a second."""
REST = 600.0
"""Seconds after all that was due has been erased."""
log = structlog.get_logger("retention")


@dataclass(slots=True, kw_only=True)
class Eraser:
    """Goes through the actions by name, and in each from what has been over the longest."""

    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    troubles: "Callable[[], list[str]]"
    """What is wrong with the policy."""
    clock: "Clock"
    monotonic: "Callable[[], float]"
    file: "Path | None"
    """The database, where it is one."""
    _erasing: Erasing = field(init=False)
    _next: float = field(default=0.0, init=False)
    _calm_until: float = field(init=False)
    _began: tuple[datetime, float] = field(init=False)
    _in_force: "tuple[Retention, datetime] | None" = field(default=None, init=False)
    """The times in force, and from when on they hold, as the log has it, once it was asked."""
    _action: str = field(default="", init=False)
    _place: Place = field(default=BEGINNING, init=False)
    _left: bool = field(default=False, init=False)
    """Whether the write-ahead log may hold what was erased."""

    def __post_init__(self) -> None:
        self._erasing = Erasing(self.store, self.clock)
        self._began = self.clock.now(), self.monotonic()
        self._calm_until = self.monotonic() + CALM

    async def sweep(self) -> int:
        """Erases some of what is due; how many. Raises StoreBusy."""
        if self.monotonic() < self._next:
            return 0
        self._next = self.monotonic() + EVERY
        if self.troubles():
            return 0
        await self._tell()
        if not await self._may_erase():
            return 0
        return await self._erase_some()

    async def _tell(self) -> None:
        """Has the log and the operators know of times that are not those of before."""
        policy, now = self.policy(), self.clock.now()
        kept = policy.retention
        if self._in_force is not None and self._in_force[0] == kept:
            return
        newest = await self.store.reads.newest_note(RetentionChanged.tag)
        if newest is not None and (newest["all_else"], newest["patterns"]) == (kept.content, dict(kept.actions)):
            holds_from = datetime.fromisoformat(str(newest["holds_from"]))
        else:
            holds_from = now + GRACE
            if kept or newest is not None:
                await self._note(policy, holds_from, now)
        self._in_force = kept, holds_from
        self._action, self._place = "", BEGINNING
        if kept:
            log.info(
                "what was written is erased once it is over for so long",
                times=str(kept),
                holds_from=as_json(holds_from),
            )
        else:
            log.info("nothing that was written is erased by itself")

    async def _note(self, policy: "LoadedPolicy", holds_from: datetime, now: datetime) -> None:
        kept = policy.retention
        channel = policy.ops.channel if policy.ops is not None else policy.roles[policy.defaults.role].channel
        told = retention_changed(str(kept), holds_from)
        changed = RetentionChanged(at=now, all_else=kept.content, patterns=dict(kept.actions), holds_from=holds_from)
        await self._erasing.note(changed, Actor(kind="policy", id=policy.version))
        await self.store.messages.notify(f"retention:{as_json(now)}", channel, told)

    async def _may_erase(self) -> bool:
        kept, in_force = self.policy().retention, self._in_force
        if not kept or in_force is None or self._jumped() or self.monotonic() < self._calm_until:
            return False
        if self.clock.now() < in_force[1]:
            return False
        return await self.store.stops.everything() is None  # something went wrong, and people look into it

    def _jumped(self) -> bool:
        """Whether the clock was set since the last look; then nothing is erased for a while."""
        (at, count), now, counted = self._began, self.clock.now(), self.monotonic()
        self._began = now, counted
        jump = (now - at).total_seconds() - (counted - count)
        if abs(jump) <= JUMP:
            return False
        self._calm_until = counted + GRACE.total_seconds()
        log.warning("the clock was set: for a day nothing is erased by itself", seconds=round(jump))
        return True

    async def _erase_some(self) -> int:
        count = looked = 0
        while looked < MOST:
            due = await self._due(MOST - looked)
            looked += max(1, len(due))  # an action of which nothing is due is a look, too
            for place in due:
                erased = await self._erase(place.id)
                count, self._left = count + erased, self._left or erased > 0
                self._place = place
            if not due and not await self._turn_to_next():
                break
        return count

    async def _due(self, most: int) -> list[Place]:
        kept = self.policy().retention.kept(self._action)
        if not self._action or kept is None:
            return []
        until = self.clock.now() - timedelta(seconds=kept)
        return await self.store.erasures.over_of(self._action, until, self._place, most)

    async def _turn_to_next(self) -> bool:
        """Goes on with the next action; False once all were looked through."""
        action = await self.store.erasures.next_action(self._action)
        self._action, self._place = action or "", BEGINNING
        if action is None:
            self._next = self.monotonic() + REST
            if self._left and self.file is not None:
                self._left = not await empty_log(self.file)
        return action is not None

    async def _erase(self, proposal_id: str) -> int:
        kept = self.policy().retention.kept(self._action)
        if kept is None:
            return 0
        why = f"the policy keeps {self._action} for {duration_text(kept)}"
        with suppress(StillNeeded, Damaged):
            return int(await self._erasing.erase_over(proposal_id, timedelta(seconds=kept), why) is not None)
        return 0


def eraser(
    store: "SqlStore",
    policy: "Callable[[], LoadedPolicy]",
    troubles: "Callable[[], list[str]]",
    clock: "Clock",
    monotonic: "Callable[[], float]",
    url: str,
) -> Eraser:
    """The one of a bot whose database is at this address."""
    file = database_file(url)
    return Eraser(store=store, policy=policy, troubles=troubles, clock=clock, monotonic=monotonic, file=file)
