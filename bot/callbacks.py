"""Callbacks of the running bot: their content, their secrets, and the courier that sends them."""

import json
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.callback_networks import networks_of
from approvals.ports import Damaged
from bot.api.present import cloud_event
from delivery import Courier, Undeliverable
from delivery.backoff import scheduled
from delivery.callbacks import CONCURRENCY, LEASE_SECONDS, LOOK_EVERY, CallbackSender
from delivery.connecting import session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import aiohttp

    from approvals.lifecycle import Lifecycle
    from approvals.ports import Callback, Clock
    from bot.settings import Settings
    from policy import LoadedPolicy
    from storage import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentBooks:
    """See Books."""

    store: "SqlStore"
    lifecycle: "Lifecycle"
    policy: "Callable[[], LoadedPolicy]"

    def secrets(self, agent: str, url: str) -> "Sequence[bytes]":
        """See Books."""
        policy = self.policy()
        return policy.agents[agent].callback_secrets if policy.may_call_back(agent, url) else ()

    async def body(self, callback: "Callback") -> bytes:
        """See Books."""
        try:
            proposal = await self.store.find(callback.subject)
        except Damaged as damaged:
            raise Undeliverable(str(damaged)) from None
        if proposal is None or (callback.agent, callback.url) != (proposal.ask.agent, proposal.ask.callback_url):
            raise Undeliverable(f"callbacks {callback.event}: its row is not what the proposal says")
        event = cloud_event(callback.event, callback.agent_event, callback.at, self.lifecycle.as_of_now(proposal))
        return json.dumps(event, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


async def callback_courier(
    stack: AsyncExitStack,
    settings: "Settings",
    *,
    store: "SqlStore",
    lifecycle: "Lifecycle",
    policy: "Callable[[], LoadedPolicy]",
    clock: "Clock",
    version: str,
) -> Courier:
    """The courier of callbacks; its sessions are closed with the stack."""
    networks = networks_of(settings.signoff_private_callbacks)
    open_way = await stack.enter_async_context(session(networks, encrypted=False))
    safe_way = await stack.enter_async_context(session(networks, encrypted=True))

    def sessions(*, encrypted: bool) -> "aiohttp.ClientSession":
        return safe_way if encrypted else open_way

    sender = CallbackSender(
        callbacks=store.callbacks,
        books=PresentBooks(store=store, lifecycle=lifecycle, policy=policy),
        sessions=sessions,
        clock=clock,
        agent=f"Signoff/{version}",
    )
    return Courier(
        outbox=store.callbacks,
        senders=sender.senders,
        clock=clock,
        spread=random.random,
        tell=lambda _: None if (ops := policy().ops) is None else ops.channel,
        pause=scheduled,
        concurrency=CONCURRENCY,
        lease_seconds=LEASE_SECONDS,
        look_every=LOOK_EVERY,
    )


async def callback_trouble(store: "SqlStore") -> list[str]:
    """What readiness says of callbacks: a line where any was given up."""
    counts = await store.callbacks.counts()
    if not counts.dead_letter:
        return []
    many = "1 callback to an agent was" if counts.dead_letter == 1 else f"{counts.dead_letter} callbacks to agents were"
    return [f"{many} given up: signoff callbacks list shows which"]
