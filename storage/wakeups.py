"""Wake-ups after commits, for whoever waits in this process for a change. No polling, none lost."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from approvals.proposal import Proposal


class Signals:
    """Wakes waiters after commits."""

    def __init__(self) -> None:
        self._watched: dict[str, dict[asyncio.Future[Proposal], int]] = {}
        self._any: set[asyncio.Future[None]] = set()
        self._by_agent: dict[str, set[asyncio.Future[None]]] = {}
        self._deliveries = asyncio.Event()
        self.observers: list[Callable[[Proposal], None]] = []
        """Called with each proposal that a commit of this process changed, as it left it. They must not raise."""

    def watch(self, proposal_id: str, above: int) -> "asyncio.Future[Proposal]":
        """The proposal once a commit leaves it at a version above `above`; `forget` it in any case."""
        waiting: asyncio.Future[Proposal] = asyncio.get_running_loop().create_future()
        self._watched.setdefault(proposal_id, {})[waiting] = above
        return waiting

    def forget(self, proposal_id: str, waiting: "asyncio.Future[Proposal]") -> None:
        """Ends a `watch`."""
        watched = self._watched.get(proposal_id, {})
        watched.pop(waiting, None)
        if not watched:
            self._watched.pop(proposal_id, None)

    def any_changed(self) -> "asyncio.Future[None]":
        """Done at the next commit that changes a proposal, counted from this call and not from its await."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._any.add(waiting)
        waiting.add_done_callback(self._any.discard)
        return waiting

    def next_event_of(self, agent: str) -> "asyncio.Future[None]":
        """The same for the next commit of which the agent is told."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._by_agent.setdefault(agent, set()).add(waiting)
        waiting.add_done_callback(lambda done: self._drop(agent, done))
        return waiting

    async def until_enqueued(self) -> None:
        """Returns once deliveries were added since it last returned."""
        await self._deliveries.wait()
        self._deliveries.clear()

    def announce(self, changed: "Mapping[str, Proposal]", *, deliveries: bool, agents: "Collection[str]" = ()) -> None:
        """Says what a durable commit left of the proposals it changed, and which agents are told of it."""
        for proposal in changed.values():
            for observe in self.observers:
                observe(proposal)
        for proposal_id, proposal in changed.items():
            for waiting, above in self._watched.get(proposal_id, {}).items():
                if proposal.version > above and not waiting.done():
                    waiting.set_result(proposal)
        if changed:
            _wake(self._any)
        for agent in agents:
            _wake(self._by_agent.get(agent, ()))
        if deliveries:
            self._deliveries.set()

    def watched(self) -> set[str]:
        """The proposals that somebody waits for."""
        return set(self._watched)

    def announce_others(self, *, changed: bool, deliveries: bool, agents: "Collection[str] | None") -> None:
        """Says what commits of other processes left: whether proposals changed, and who is told; None is anybody."""
        if changed:
            _wake(self._any)
        for agent in [*self._by_agent] if agents is None else agents:
            _wake(self._by_agent.get(agent, ()))
        if deliveries:
            self._deliveries.set()

    @property
    def waiting(self) -> int:
        """How many wait for a proposal, for any, or for what an agent is told."""
        watching = (*self._watched.values(), *self._by_agent.values(), self._any)
        return sum(len(waiting) for waiting in watching)

    def _drop(self, agent: str, waiting: "asyncio.Future[None]") -> None:
        listening = self._by_agent.get(agent, set())
        listening.discard(waiting)
        if not listening:
            self._by_agent.pop(agent, None)


def _wake(waiting: "Iterable[asyncio.Future[None]]") -> None:
    for each in waiting:
        if not each.done():
            each.set_result(None)
