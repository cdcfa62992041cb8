"""Tells the operators of what ran without anybody's approval and was not reported: nobody else would be called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack.words.trouble import overdue

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.ports import Clock
    from approvals.proposal import Proposal
    from policy import WrittenPolicy
    from storage import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueWatch:
    """Looks for it, and wants each told once, over restarts too."""

    store: "SqlStore"
    policy: "Callable[[], WrittenPolicy]"
    clock: "Clock"

    async def sweep(self) -> int:
        """Wants notices for what is overdue and untold; how many. Raises StoreBusy."""
        found = await self.store.reads.overdue_untold()
        for each in found:
            channel = _told_in(self.policy(), each)
            await self.store.notices.add(f"overdue:{each.id}", channel, overdue(each), self.clock.now())
        return len(found)


def _told_in(policy: "WrittenPolicy", proposal: "Proposal") -> str:
    """The operators' channel; without one that of a role that was shown it, or else of the default's."""
    if policy.ops is not None:
        return policy.ops.channel
    return proposal.channels[0] if proposal.channels else policy.roles[policy.defaults.role].channel
