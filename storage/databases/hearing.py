"""Hearing of other processes: whoever waits in this one is woken by what another one committed."""

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

from approvals.ports import StoreBusy
from storage.engine.errors import StoreFault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from approvals.proposal import Proposal
    from storage.engine.database import Elsewhere
    from storage.wakeups import Signals

_AT_A_TIME = 100
"""Proposals that are read together."""
_AGAIN = 0.2
"""Seconds until what the database would not say is asked again."""


async def pass_on(
    elsewhere: "AsyncIterator[Elsewhere]",
    signals: "Signals",
    read: "Callable[[Sequence[str]], Awaitable[list[Proposal]]]",
) -> None:
    """Wakes for each commit elsewhere whom it concerns, until it is cancelled. `read` gives proposals as they are."""
    async for heard in elsewhere:
        watched = iter(signals.watched() if heard.missed else signals.watched() & heard.proposals)
        while ids := list(islice(watched, _AT_A_TIME)):
            signals.announce({each.id: each for each in await _read(read, ids)}, deliveries=False)
        signals.announce_others(
            changed=heard.missed or bool(heard.proposals),
            deliveries=heard.missed or heard.deliveries,
            agents=None if heard.missed else heard.agents,
        )


async def _read(read: "Callable[[Sequence[str]], Awaitable[list[Proposal]]]", ids: list[str]) -> "list[Proposal]":
    while True:
        try:
            return await read(ids)
        except (StoreBusy, StoreFault):  # nobody in this process would be woken any more if it ended here
            await asyncio.sleep(_AGAIN)
