"""Gates, sync and async: each asks for a call, waits, looks again, and runs what was granted."""

import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from signoff_client.acting import DETAIL, act_once, act_once_async, described, reportable
from signoff_client.answers import raise_for
from signoff_client.errors import AlreadyClaimed, AlreadyDone, ApprovalPending, SignoffError, Unavailable, Unreported
from signoff_client.gating.calls import Answer, Denied, FieldsOf, Granted, Parked, ToolCall, denied
from signoff_client.gating.rules import Rules

if TYPE_CHECKING:
    from signoff_client.client import AsyncSignoff, Signoff
    from signoff_client.model import Proposal, Ticket

log = logging.getLogger(__name__)

T = TypeVar("T")
WAIT: Final = 300.0
"""Seconds for which a call waits for people before it is parked."""
GIVEN_UP: Final = "The agent waits no longer."
OPEN: Final = ("approved", "pending")
"""In which something can still be claimed."""


def _refused(error: SignoffError, call: ToolCall | None = None) -> Denied | Parked:
    if isinstance(error, ApprovalPending):
        ticket = error.ticket if call is None else replace(error.ticket, tool=call.tool)
        return Parked(message=error.message, ticket=ticket)
    return denied(error)


def _no(proposal: "Proposal") -> Denied | None:
    """Why it may not run, where people or time have said so; None for what is approved."""
    try:
        raise_for(proposal)
    except SignoffError as error:
        return denied(error)
    return None


def _is_anothers(answer: Answer, parked: "Ticket", call: ToolCall) -> bool:
    """Whether what was parked under another call's id has been taken, which says nothing of this call."""
    taken = isinstance(answer, Denied) and isinstance(answer.error, AlreadyClaimed | AlreadyDone)
    return taken and parked.tool_call_id != call.call_id[:255]


def _given_up(fault: Exception | None = None) -> Denied:
    if fault is None:
        message = "Nobody decided in the time that there was to wait, so the question was taken back and nothing ran."
    else:
        message = f"Nobody decided in the time that there was to wait, so nothing ran. ({described(fault)})"
    return Denied(message=message, error=fault if isinstance(fault, SignoffError) else Unavailable(message))


def _foreign(fault: Exception) -> Denied:
    """For a fault of ours: it must not run either."""
    message = f"The approval could not be asked for ({type(fault).__name__}: {str(fault)[:DETAIL]}), so nothing ran."
    return Denied(message=message, error=Unavailable(message))


def _logged(lost: Unreported, granted: Granted) -> Unreported:
    if lost.claimed.id != granted.claimed.id:
        raise lost
    log.warning("%s", lost.message)
    return lost


class Gate(Rules):
    """Sync. `check` and `resume` raise nothing that the service does: what is not granted is Denied or Parked."""

    def __init__(
        self,
        client: "Signoff",
        *,
        actions: Mapping[str, str] = {},
        free: Collection[str] = (),
        wait: float = WAIT,
        fields: FieldsOf | None = None,
        keep: bool = False,
    ) -> None:
        """`actions`: the action of a tool, by default its own name as `action_of` makes one of it; tools may share one.

        `free`: tools that need nobody; all others do. `wait`: seconds before a call is parked. `fields`: more of the
        proposal's body, such as `summary`, `source`, `context`, made of the call. `keep`: a call that is cancelled
        while it waits leaves its question standing, for whoever asks for the same call again; else it is taken back.
        Raises NotConfigured for an action that is none.
        """
        super().__init__(actions=actions, free=free, wait=wait, fields=fields, keep=keep)
        self.client = client

    def check(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """Asks for the call and waits."""
        try:
            seconds = self._wait if wait is None else wait
            asked = self._asked(call)
            with self._waited_for(call):
                claimed = self.client.ask(
                    self._action(call.tool), call.arguments, seconds=seconds, keep=self._keep, **asked
                )
        except SignoffError as error:
            return _refused(error, call)
        except Exception as fault:  # noqa: BLE001 whatever went wrong, it was not a yes
            return _foreign(fault)
        return Granted(claimed=claimed)

    def check_again(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """As check, but goes on with what the same run parked for the same tool and arguments, under any call id.

        For frameworks in which a call that was parked comes again as a new one. Where another attempt takes what was
        parked, as that of an equal call at the same time, this call looks for another, or asks for itself.
        """
        seconds = self._wait if wait is None else wait
        ends = time.monotonic() + seconds
        tried = set[str]()
        while True:
            try:
                parked = self._parked(call, tried)
            except SignoffError as error:
                return _refused(error)
            except Exception as fault:  # noqa: BLE001
                return _foreign(fault)
            if parked is None:
                return self.check(call, wait=seconds)
            tried.add(parked.id)
            try:
                answer = self.resume(parked, wait=seconds)
            finally:
                self._free_again(parked)
            if not _is_anothers(answer, parked, call):
                return answer
            seconds = max(0.0, ends - time.monotonic())

    def _parked(self, call: ToolCall, tried: AbstractSet[str]) -> "Ticket | None":
        for status in OPEN:
            found = self.client.proposals(run_id=call.run_id[:255], status=status)
            if (ticket := self._reserve(found, call, tried)) is not None:
                return ticket
        return None

    def resume(self, ticket: "Ticket", *, wait: float = 0.0, call: ToolCall | None = None) -> Answer:
        """Looks again at what was parked, and waits if told to.

        With the `call` that is to run, it is Denied where the ticket is of another action, tool, run, call or other
        arguments: a history that was changed meanwhile runs nothing.
        """
        try:
            if call is not None:
                self._refuse_foreign(ticket, call)
            return Granted(claimed=self.client.resume(ticket, seconds=wait))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)

    def look(self, call: ToolCall) -> Parked | Denied | None:
        """Asks and claims nothing: Parked while people decide, None once `check` may claim it, else Denied."""
        try:
            proposal = self.client.propose(self._action(call.tool), call.arguments, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        if proposal.pending:
            return Parked(message=proposal.message, ticket=self._ticket(proposal, call))
        return _no(proposal)

    def abandon(self, parked: Parked) -> Denied:
        """For a call that waits no longer: takes the question back, so that nobody decides what nobody waits for."""
        try:
            self.client.withdraw(parked.ticket, GIVEN_UP)
        except Exception as fault:  # noqa: BLE001 unclaimed it lapses, and nothing runs
            return _given_up(fault)
        return _given_up()

    def report(self, granted: Granted, status: str, detail: str | None = None) -> None:
        """Says what came of it. Raises SignoffError if it cannot be told: it has run, do not run it again."""
        try:
            self.client.report(granted.claimed, status, None if detail is None else reportable(detail))
        except SignoffError:
            raise
        except Exception as fault:
            raise Unavailable(f"It could not be reported ({described(fault)}).") from fault

    def run(self, granted: Granted, act: Callable[[dict[str, Any]], T]) -> T:
        """Acts once, with what was granted, and reports. Raises what `act` raises; Unreported if the report is lost."""
        return act_once(self.client, granted.claimed, lambda: act(granted.arguments))

    def run_and_log(self, granted: Granted, act: Callable[[dict[str, Any]], T]) -> T:
        """As run, for a framework that goes on: a report that is lost is logged, and what `act` gave or raised stands.

        Raises Unreported of another call alone, which `act` made.
        """
        try:
            return self.run(granted, act)
        except Unreported as fault:
            lost = _logged(fault, granted)
        return cast("T", lost.outcome())


class AsyncGate(Rules):
    """Async; else as Gate."""

    def __init__(
        self,
        client: "AsyncSignoff",
        *,
        actions: Mapping[str, str] = {},
        free: Collection[str] = (),
        wait: float = WAIT,
        fields: FieldsOf | None = None,
        keep: bool = False,
    ) -> None:
        """As Gate's."""
        super().__init__(actions=actions, free=free, wait=wait, fields=fields, keep=keep)
        self.client = client

    async def check(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """Asks for the call and waits."""
        try:
            seconds = self._wait if wait is None else wait
            asked = self._asked(call)
            with self._waited_for(call):
                claimed = await self.client.ask(
                    self._action(call.tool), call.arguments, seconds=seconds, keep=self._keep, **asked
                )
        except SignoffError as error:
            return _refused(error, call)
        except Exception as fault:  # noqa: BLE001 whatever went wrong, it was not a yes
            return _foreign(fault)
        return Granted(claimed=claimed)

    async def check_again(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """As check, but goes on with what the same run parked for the same tool and arguments, under any call id.

        For frameworks in which a call that was parked comes again as a new one. Where another attempt takes what was
        parked, as that of an equal call at the same time, this call looks for another, or asks for itself.
        """
        seconds = self._wait if wait is None else wait
        ends = time.monotonic() + seconds
        tried = set[str]()
        while True:
            try:
                parked = await self._parked(call, tried)
            except SignoffError as error:
                return _refused(error)
            except Exception as fault:  # noqa: BLE001
                return _foreign(fault)
            if parked is None:
                return await self.check(call, wait=seconds)
            tried.add(parked.id)
            try:
                answer = await self.resume(parked, wait=seconds)
            finally:
                self._free_again(parked)
            if not _is_anothers(answer, parked, call):
                return answer
            seconds = max(0.0, ends - time.monotonic())

    async def _parked(self, call: ToolCall, tried: AbstractSet[str]) -> "Ticket | None":
        for status in OPEN:
            found = await self.client.proposals(run_id=call.run_id[:255], status=status)
            if (ticket := self._reserve(found, call, tried)) is not None:
                return ticket
        return None

    async def resume(self, ticket: "Ticket", *, wait: float = 0.0, call: ToolCall | None = None) -> Answer:
        """Looks again at what was parked, and waits if told to.

        With the `call` that is to run, it is Denied where the ticket is of another action, tool, run, call or other
        arguments: a history that was changed meanwhile runs nothing.
        """
        try:
            if call is not None:
                self._refuse_foreign(ticket, call)
            return Granted(claimed=await self.client.resume(ticket, seconds=wait))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)

    async def look(self, call: ToolCall) -> Parked | Denied | None:
        """Asks and claims nothing: Parked while people decide, None once `check` may claim it, else Denied."""
        try:
            proposal = await self.client.propose(self._action(call.tool), call.arguments, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        if proposal.pending:
            return Parked(message=proposal.message, ticket=self._ticket(proposal, call))
        return _no(proposal)

    async def abandon(self, parked: Parked) -> Denied:
        """For a call that waits no longer: takes the question back, so that nobody decides what nobody waits for."""
        try:
            await self.client.withdraw(parked.ticket, GIVEN_UP)
        except Exception as fault:  # noqa: BLE001 unclaimed it lapses, and nothing runs
            return _given_up(fault)
        return _given_up()

    async def report(self, granted: Granted, status: str, detail: str | None = None) -> None:
        """Says what came of it. Raises SignoffError if it cannot be told: it has run, do not run it again."""
        try:
            await self.client.report(granted.claimed, status, None if detail is None else reportable(detail))
        except SignoffError:
            raise
        except Exception as fault:
            raise Unavailable(f"It could not be reported ({described(fault)}).") from fault

    async def run(self, granted: Granted, act: Callable[[dict[str, Any]], Awaitable[T]]) -> T:
        """Acts once, with what was granted, and reports. Raises what `act` raises; Unreported if the report is lost."""
        return await act_once_async(self.client, granted.claimed, lambda: act(granted.arguments))

    async def run_and_log(self, granted: Granted, act: Callable[[dict[str, Any]], Awaitable[T]]) -> T:
        """As run, for a framework that goes on: a report that is lost is logged, and what `act` gave or raised stands.

        Raises Unreported of another call alone, which `act` made.
        """
        try:
            return await self.run(granted, act)
        except Unreported as fault:
            lost = _logged(fault, granted)
        return cast("T", lost.outcome())
