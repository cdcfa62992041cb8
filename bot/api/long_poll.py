"""Long polling: a request waits until its proposal changes, its deadline comes, or we shut down.

One look at the clock serves all that wait, and asks whether their tokens still open the door.
"""

import asyncio
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from approvals.moves import run_out
from approvals.moves.deadlines import undoable_until
from approvals.moves.reviewer import open_to_objection
from approvals.proposal import Proposal, Status
from bot.api.auth import agent_of
from bot.api.context import AGENT, API, METRICS, WAITING
from bot.api.listing import parameters
from bot.api.problems import Problem, invalid, retry_after

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime

    from policy import LoadedPolicy


GLANCE = 0.5
"""Seconds between looks at the clock, the connections and the tokens. The store is not asked."""
SLICE = 50
"""How many are looked at before others get a turn, so that a thousand that wait hold up nobody's answer."""


class Glances:
    """One timer for all that wait: a timer each is dear, and they would all go off together."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}
        self.ended = False
        """Whether we shut down, so that nobody waits any more."""

    def end(self) -> None:
        """Wakes all that wait, and lets nobody wait again."""
        self.ended = True
        for turn in self._waiting:
            if not turn.done():
                turn.set_result(None)

    async def running(self, _: web.Application) -> "AsyncIterator[None]":
        """Looks as long as the application runs."""
        looking = asyncio.create_task(self._look())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def wait(
        self, until: "asyncio.Future[Any]", *, over: "Callable[[], bool]", seconds: float | None = None
    ) -> None:
        """Returns once this is done, a glance finds it `over`, so many seconds have passed, or we shut down."""
        if self.ended:
            return
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()

        def wake(_: object = None) -> None:
            if not turn.done():
                turn.set_result(None)

        timer = None if seconds is None else loop.call_later(seconds, wake)
        until.add_done_callback(wake)
        self._waiting[turn] = over
        try:
            await turn
        finally:
            del self._waiting[turn]
            until.remove_done_callback(wake)
            if timer is not None:
                timer.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(GLANCE)
            for number, (turn, over) in enumerate(list(self._waiting.items()), start=1):
                if not turn.done() and _true(over):
                    turn.set_result(None)
                if number % SLICE == 0:
                    await asyncio.sleep(0)


def _true(over: "Callable[[], bool]") -> bool:
    try:
        return over()
    except Exception:  # noqa: BLE001 whoever waits meets it again, and answers for it; the others still have a clock
        return True


GLANCES = web.AppKey("GLANCES", Glances)


class Bearer:
    """Whether the token that a request bears is still its agent's, by the policy in force."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._under: LoadedPolicy | None = None

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
            detail = "This token was withdrawn, or is no longer yours, while the request waited."
            challenge = {"WWW-Authenticate": 'Bearer realm="signoff", error="invalid_token"'}
            raise Problem(slug="unauthenticated", detail=detail, headers=challenge)


def hung_up(request: web.Request) -> bool:
    """Whether whoever asked hung up."""
    return request.transport is None or request.transport.is_closing()


LONGEST = 55
"""Seconds; below the minute after which proxies give up."""
_PREFERENCE = re.compile(r'wait\s*=\s*"?([^"]*)"?', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a request may wait, and for what."""

    seconds: int = 0
    after: int | None = None
    """Until the version is above this one; None: until there is something to do, or nothing can come any more."""
    preferred: bool = False
    """Whether a Prefer header asked for it."""

    def over(self, proposal: Proposal, now: "datetime") -> bool:
        """Whether what was waited for has happened."""
        if self.after is None:
            if proposal.status is Status.pending:
                return proposal.open_question is not None
            if proposal.status is Status.approved:
                return undoable_until(proposal, now) is None  # to be claimed, whoever may still object to it
            return not open_to_objection(proposal, now)
        return proposal.version > self.after


def wait_of(request: "web.Request") -> Wait:
    """What `?wait=`, `after=` and `Prefer: wait=` say; the address wins over the header. Raises Problem."""
    query = parameters(request, "wait", "after")
    after = _number(query["after"], "after", 2**53) if "after" in query else None
    if "wait" in query:
        return Wait(seconds=_number(query["wait"], "wait", LONGEST), after=after)
    for header in request.headers.getall("Prefer", []):
        for preference in header.split(","):
            if found := _PREFERENCE.fullmatch(preference.split(";")[0].strip()):
                return Wait(seconds=_number(found[1], "wait", LONGEST), after=after, preferred=True)
    return Wait(after=after)


async def wait_for_proposal(request: "web.Request", proposal_id: str, wait: Wait) -> Proposal:
    """The agent's proposal, once what is waited for has happened or the time is over. Raises NotFound, Problem."""
    api = request.app[API]
    proposal = await api.lifecycle.get(proposal_id, request[AGENT])
    now = api.lifecycle.clock.now
    if wait.over(proposal, now()) or not wait.seconds:
        return proposal
    bearer = Bearer(request)
    with _counted(request):
        ends = asyncio.get_running_loop().time() + wait.seconds
        while not wait.over(proposal, now()) and (left := ends - asyncio.get_running_loop().time()) > 0:
            if request.app[GLANCES].ended or hung_up(request) or not bearer.known():
                break
            going = proposal.suspension is None
            proposal = await _next(request, bearer, proposal, wait, left)
            if going and proposal.suspension is not None:
                break  # whoever waits is told once that everything was stopped, and may wait again
    bearer.required()
    return proposal


async def _next(request: "web.Request", bearer: Bearer, proposal: Proposal, wait: Wait, left: float) -> Proposal:
    """The proposal after its next change, or as it is when there is another reason to stop waiting."""
    api = request.app[API]
    changed = asyncio.ensure_future(api.store.changed(proposal.id, proposal.version))

    def over() -> bool:
        now = api.lifecycle.clock.now()
        return bool(run_out(proposal, now)) or wait.over(proposal, now) or hung_up(request) or not bearer.known()

    try:
        await request.app[GLANCES].wait(changed, over=over, seconds=left)
        if changed.done():
            return api.lifecycle.as_of_now(changed.result())
    finally:
        changed.cancel()
        await asyncio.gather(changed, return_exceptions=True)
    return await api.lifecycle.get(proposal.id, request[AGENT])


@contextmanager
def _counted(request: "web.Request") -> "Iterator[None]":
    agent, waiting, limit = request[AGENT], request.app[WAITING], request.app[API].limits.waiting
    if waiting.get(agent, 0) >= limit:
        detail = f"{limit} of your requests wait already. Wait for several proposals in turn, or read without wait."
        raise Problem(slug="waiting-limit", detail=detail, headers=retry_after(1))
    waiting[agent] = waiting.get(agent, 0) + 1
    with request.app[METRICS].waiting.track_inprogress():
        try:
            yield
        finally:
            waiting[agent] -= 1
            if not waiting[agent]:
                del waiting[agent]


def _number(text: str, name: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,16}", text) or int(text) > most:
        raise invalid(f"{name} is a whole number from 0 to {most}.")
    return int(text)
