"""What every adapter needs: a tool call in; out comes what may run, why not, or where it is parked."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from signoff_client.digest import digest_of
from signoff_client.errors import ApprovalPending, Refused, SignoffError, Unavailable, Unreported

if TYPE_CHECKING:
    from signoff_client.client import AsyncSignoff, Signoff
    from signoff_client.model import Claimed, Proposal, Ticket

T = TypeVar("T")
WAIT: Final = 300.0
"""Seconds for which a call waits for people before it is parked."""
GIVEN_UP: Final = "The agent waits no longer."
OPEN: Final = ("approved", "pending")
"""In which something can still be claimed."""
DETAIL: Final = 500
"""Characters of a failure that are reported: enough to find it in a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What a model wants to do, as the framework names it."""

    tool: str
    arguments: Mapping[str, Any]
    call_id: str
    run_id: str
    """Of the run, thread or session: with the call's id it names this call and no other."""
    reasoning: str | None = None
    """What the model said beside the call."""

    @property
    def key(self) -> str:
        """The idempotency key: the same call is the same proposal, however often the framework runs it."""
        key = f"{self.run_id}:{self.call_id}"
        plain = len(key) <= 255 and all("!" <= each <= "~" for each in key) and '"' not in key
        return key if plain else "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Run exactly these arguments, once, and report."""

    claimed: "Claimed"

    @property
    def arguments(self) -> dict[str, Any]:
        """What people approved, whole: nothing of the original call is merged into it."""
        return self.claimed.payload

    @property
    def edited(self) -> bool:
        """Whether they are others than the call's."""
        return self.claimed.edited


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Run nothing; tell the model."""

    message: str
    error: SignoffError = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Run nothing yet; `resume` with the ticket later, in this process or another."""

    message: str
    ticket: "Ticket"


Answer = Granted | Denied | Parked
FieldsOf = Callable[[ToolCall], Mapping[str, Any]]


class _Rules:
    """Which tools are asked for, under which name."""

    def __init__(
        self,
        *,
        actions: Mapping[str, str],
        free: Collection[str],
        wait: float,
        fields: FieldsOf | None,
    ) -> None:
        self._actions = dict(actions)
        self._free = frozenset(free)
        self._wait = wait
        self._fields = fields

    def concerns(self, tool: str) -> bool:
        """Whether people are asked; a tool that nobody named is asked for."""
        return tool not in self._free

    def _asked(self, call: ToolCall) -> Any:
        said = call.reasoning or f"The model called the tool {call.tool} and gave no reason."
        fields = {} if self._fields is None else dict(self._fields(call))
        reasoning = str(fields.pop("reasoning", said))[:8000]
        own = {"run_id": call.run_id[:255], "tool_call_id": call.call_id[:255]}
        return {"reasoning": reasoning, "key": call.key, **{n: v for n, v in own.items() if v}, **fields}

    def _action(self, call: ToolCall) -> str:
        return self._actions.get(call.tool, call.tool.lower())

    def digest(self, call: ToolCall) -> str:
        """What people would approve for it as it stands. Raises Invalid for arguments that are no JSON."""
        return digest_of(self._action(call), call.arguments)


def _refused(error: SignoffError) -> Denied | Parked:
    if isinstance(error, ApprovalPending):
        return Parked(message=error.message, ticket=error.ticket)
    plain = isinstance(error, Refused) or "othing ran" in error.message
    return Denied(message=error.message if plain else f"{error.message} Nothing ran.", error=error)


def _waiting(proposal: "Proposal", call: ToolCall) -> Parked | None:
    if not proposal.pending:
        return None
    return Parked(message=proposal.message, ticket=replace(proposal.ticket, key=call.key))


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


def described(error: BaseException) -> str:
    """An exception as a report's detail."""
    return f"{type(error).__name__}: {error}"[:DETAIL]


class Gate(_Rules):
    """Sync. `check` and `resume` raise nothing that the service does: what is not granted is Denied or Parked."""

    def __init__(
        self,
        client: "Signoff",
        *,
        actions: Mapping[str, str] = {},
        free: Collection[str] = (),
        wait: float = WAIT,
        fields: FieldsOf | None = None,
    ) -> None:
        """`actions`: the action of a tool, by default its own name. `free`: tools that need nobody; all others do.

        `wait`: seconds before a call is parked. `fields`: more of the proposal's body, such as `summary`, `source`,
        `context`, made of the call.
        """
        super().__init__(actions=actions, free=free, wait=wait, fields=fields)
        self.client = client

    def check(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """Asks for the call and waits."""
        try:
            seconds = self._wait if wait is None else wait
            claimed = self.client.ask(self._action(call), call.arguments, seconds=seconds, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001 whatever went wrong, it was not a yes
            return _foreign(fault)
        return Granted(claimed=claimed)

    def check_again(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """As check, but goes on with what the same run parked for the same tool and arguments, under any call id.

        For frameworks in which a call that was parked comes again as a new one.
        """
        try:
            parked = self._parked(call)
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        if parked is None:
            return self.check(call, wait=wait)
        return self.resume(parked, wait=self._wait if wait is None else wait)

    def _parked(self, call: ToolCall) -> "Ticket | None":
        digest = self.digest(call)
        for status in OPEN:
            found = self.client.proposals(run_id=call.run_id[:255], status=status)
            if alike := [each.ticket for each in found if each.digest == digest]:
                return alike[-1]
        return None

    def resume(self, ticket: "Ticket", *, wait: float = 0.0) -> Answer:
        """Looks again at what was parked, and waits if told to."""
        try:
            return Granted(claimed=self.client.resume(ticket, seconds=wait))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)

    def look(self, call: ToolCall) -> Parked | Denied | None:
        """Asks for the call and claims nothing: Parked while people decide, None once `check` has their answer."""
        try:
            proposal = self.client.propose(self._action(call), call.arguments, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        return _waiting(proposal, call)

    def abandon(self, parked: Parked) -> Denied:
        """For a call that waits no longer: takes the question back, so that nobody decides what nobody waits for."""
        try:
            self.client.withdraw(parked.ticket, GIVEN_UP)
        except Exception as fault:  # noqa: BLE001 unclaimed it lapses, and nothing runs
            return _given_up(fault)
        return _given_up()

    def report(self, granted: Granted, status: str, detail: str | None = None) -> None:
        """Says what came of it. Raises SignoffError if it cannot be told: it has run, do not run it again."""
        self.client.report(granted.claimed, status, detail)

    def run(self, granted: Granted, act: Callable[[dict[str, Any]], T]) -> T:
        """Acts once, with what was granted, and reports. Raises what `act` raises, and Unreported."""
        return act_once(self.client, granted.claimed, lambda: act(granted.arguments))


class AsyncGate(_Rules):
    """Async; else as Gate."""

    def __init__(
        self,
        client: "AsyncSignoff",
        *,
        actions: Mapping[str, str] = {},
        free: Collection[str] = (),
        wait: float = WAIT,
        fields: FieldsOf | None = None,
    ) -> None:
        """As Gate's."""
        super().__init__(actions=actions, free=free, wait=wait, fields=fields)
        self.client = client

    async def check(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """Asks for the call and waits."""
        try:
            seconds = self._wait if wait is None else wait
            claimed = await self.client.ask(self._action(call), call.arguments, seconds=seconds, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001 whatever went wrong, it was not a yes
            return _foreign(fault)
        return Granted(claimed=claimed)

    async def check_again(self, call: ToolCall, *, wait: float | None = None) -> Answer:
        """As check, but goes on with what the same run parked for the same tool and arguments, under any call id.

        For frameworks in which a call that was parked comes again as a new one.
        """
        try:
            parked = await self._parked(call)
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        if parked is None:
            return await self.check(call, wait=wait)
        return await self.resume(parked, wait=self._wait if wait is None else wait)

    async def _parked(self, call: ToolCall) -> "Ticket | None":
        digest = self.digest(call)
        for status in OPEN:
            found = await self.client.proposals(run_id=call.run_id[:255], status=status)
            if alike := [each.ticket for each in found if each.digest == digest]:
                return alike[-1]
        return None

    async def resume(self, ticket: "Ticket", *, wait: float = 0.0) -> Answer:
        """Looks again at what was parked, and waits if told to."""
        try:
            return Granted(claimed=await self.client.resume(ticket, seconds=wait))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)

    async def look(self, call: ToolCall) -> Parked | Denied | None:
        """Asks for the call and claims nothing: Parked while people decide, None once `check` has their answer."""
        try:
            proposal = await self.client.propose(self._action(call), call.arguments, **self._asked(call))
        except SignoffError as error:
            return _refused(error)
        except Exception as fault:  # noqa: BLE001
            return _foreign(fault)
        return _waiting(proposal, call)

    async def abandon(self, parked: Parked) -> Denied:
        """For a call that waits no longer: takes the question back, so that nobody decides what nobody waits for."""
        try:
            await self.client.withdraw(parked.ticket, GIVEN_UP)
        except Exception as fault:  # noqa: BLE001 unclaimed it lapses, and nothing runs
            return _given_up(fault)
        return _given_up()

    async def report(self, granted: Granted, status: str, detail: str | None = None) -> None:
        """Says what came of it. Raises SignoffError if it cannot be told: it has run, do not run it again."""
        await self.client.report(granted.claimed, status, detail)

    async def run(self, granted: Granted, act: Callable[[dict[str, Any]], Awaitable[T]]) -> T:
        """Acts once, with what was granted, and reports. Raises what `act` raises, and Unreported."""
        return await act_once_async(self.client, granted.claimed, lambda: act(granted.arguments))


def act_once(client: "Signoff", claimed: "Claimed", act: Callable[[], T]) -> T:
    """Runs it and reports; an interruption in the middle is reported `unknown`, and a person has to look."""
    try:
        result = act()
    except BaseException as error:
        ending = "failed" if isinstance(error, Exception) else "unknown"
        try:
            client.report(claimed, ending, described(error))
        except SignoffError as lost:
            error.add_note(f"This could not be reported: {lost.message}")
        raise
    try:
        client.report(claimed, "succeeded")
    except SignoffError as lost:
        raise Unreported(claimed, result, lost) from lost
    return result


async def act_once_async(client: "AsyncSignoff", claimed: "Claimed", act: Callable[[], Awaitable[T]]) -> T:
    """As act_once. A task that is cancelled while it acts still reports `unknown`."""
    try:
        result = await act()
    except BaseException as error:
        ending = "failed" if isinstance(error, Exception) else "unknown"
        try:
            await client.report(claimed, ending, described(error))
        except SignoffError as lost:
            error.add_note(f"This could not be reported: {lost.message}")
        raise
    try:
        await client.report(claimed, "succeeded")
    except SignoffError as lost:
        raise Unreported(claimed, result, lost) from lost
    return result
