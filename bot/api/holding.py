"""Requests that are held: one look at the clock for all of them, and whether their token still opens the door."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.api.auth import agent_of
from bot.api.context import AGENT, API
from bot.api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from policy import WrittenPolicy

GLANCE = 0.5
"""Seconds between looks at the clock, the connections and the tokens. The store is not asked."""
SLICE = 50
"""How many are looked at before others get a turn, so that a thousand that wait hold up nobody's answer."""


class Glances:
    """One timer for all that is held: a timer each is dear, and they would all go off together."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Future[None], Callable[[], bool]] = {}

    async def running(self, _: web.Application) -> "AsyncIterator[None]":
        """Looks as long as the application runs."""
        looking = asyncio.create_task(self._look())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def hold(
        self, *until: "asyncio.Future[Any]", over: "Callable[[], bool]", seconds: float | None = None
    ) -> None:
        """Returns once one of these is done, a glance finds it `over`, or so many seconds have passed."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()

        def wake(_: object = None) -> None:
            if not turn.done():
                turn.set_result(None)

        timer = None if seconds is None else loop.call_later(seconds, wake)
        for each in until:
            each.add_done_callback(wake)
        self._held[turn] = over
        try:
            await turn
        finally:
            del self._held[turn]
            for each in until:
                each.remove_done_callback(wake)
            if timer is not None:
                timer.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(GLANCE)
            for number, (turn, over) in enumerate(list(self._held.items()), start=1):
                if not turn.done() and _true(over):
                    turn.set_result(None)
                if number % SLICE == 0:
                    await asyncio.sleep(0)


def _true(over: "Callable[[], bool]") -> bool:
    try:
        return over()
    except Exception:  # noqa: BLE001 whoever is held meets it again, and answers for it; the others still have a clock
        return True


GLANCES = web.AppKey("GLANCES", Glances)


class Bearer:
    """Whether the token that a request bears is still its agent's, by the policy in force."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._under: WrittenPolicy | None = None

    def known(self) -> bool:
        """False once the token was withdrawn, is another's, or the agent is gone."""
        policy = self._request.app[API].policy()
        if policy is not self._under:
            with suppress(Problem):
                if agent_of(self._request, policy) == self._request[AGENT]:
                    self._under = policy
        return policy is self._under

    def required(self) -> None:
        """Raises Problem 401 where it is not."""
        if not self.known():
            detail = "This token was withdrawn, or is no longer yours, while the request was held."
            challenge = {"WWW-Authenticate": 'Bearer realm="signoff", error="invalid_token"'}
            raise Problem(slug="unauthenticated", detail=detail, headers=challenge)


def gone(request: web.Request) -> bool:
    """Whether whoever asked hung up."""
    return request.transport is None or request.transport.is_closing()
