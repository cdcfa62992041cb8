"""Guarded functions: `@requires_approval("refund.create")` asks people before the function runs."""

import copy
import functools
import inspect
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, Unpack, cast, overload

from signoff_client.acting import act_once, act_once_async
from signoff_client.client import AsyncSignoff, Signoff
from signoff_client.errors import ApprovalPending, Tampered
from signoff_client.fidelity.parameters import Parameters, name_of
from signoff_client.flows import Fields
from signoff_client.gating import WAIT

if TYPE_CHECKING:
    from signoff_client.model import Claimed, Ticket

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")
C = TypeVar("C", Signoff, AsyncSignoff)
OWN: Final = ("self", "cls")
"""What the first parameter of a method is called; who it is called on is no part of what people approve."""


class Asking(Fields, total=False):
    """What one call may say beside its arguments."""

    reasoning: str
    key: str


class _Guarded(Generic[C]):
    """What both kinds know: the function, what people see of a call of it, and how to ask."""

    def __init__(
        self,
        function: Callable[..., Any],
        action: str,
        *,
        client: Callable[[], C],
        wait: float,
        without: Collection[str],
        asking: Asking,
        keep: bool,
    ) -> None:
        functools.update_wrapper(cast("Any", self), function)
        self._function = function
        self._action = action
        self._client: Callable[[], C] = client
        self._wait = wait
        self._without = frozenset(without)
        self._asking = asking
        self._keep = keep
        self._parameters = Parameters(function, self._without | _own(function))

    def asking(self, **asking: Unpack[Asking]) -> Self:
        """The same function, saying this beside its arguments: `reasoning`, `key`, `run_id` and the rest."""
        return self._but(_asking=cast("Asking", {**self._asking, **asking}))

    def _bound(self, instance: object, owner: type | None) -> Self:
        """As a method is bound: the function with its first argument in place, which people do not see."""
        if instance is None or not inspect.isfunction(self._function):
            return self
        method = self._function.__get__(instance, owner)
        without = self._without & inspect.signature(method).parameters.keys()
        return self._but(
            _function=method, _without=without, _parameters=Parameters(method, without), __wrapped__=method
        )

    def _but(self, **changes: Any) -> Self:
        other = copy.copy(self)
        vars(other).update(changes)
        return other

    def _said(self) -> Any:
        doc = inspect.getdoc(self._function) or ""
        default = f"The program calls {self._parameters.name}. {doc}".strip()[:8000]
        return {"reasoning": default, "seconds": self._wait, "keep": self._keep, **self._asking}

    def _parked(self, pending: ApprovalPending) -> ApprovalPending:
        """Its ticket is for this function, and not for another one of the same action."""
        pending.ticket = replace(pending.ticket, tool=self._parameters.name)
        return pending

    def _resumed(self, ticket: "Ticket", values: dict[str, Any]) -> dict[str, Any]:
        """What is handed on beside the payload. Raises before anything is asked or claimed."""
        unseen = self._parameters.unseen(values)
        for of, ours in ((ticket.action, self._action), (ticket.tool, self._parameters.name)):
            if of is not None and of != ours:
                raise Tampered(f"The ticket is for {of}, and this is {ours}: resume it there. Nothing ran.")
        return unseen

    def _called_with(self, claimed: "Claimed", unseen: dict[str, Any]) -> inspect.BoundArguments:
        return self._parameters.bound(claimed.payload, unseen)


class Guarded(_Guarded[Signoff], Generic[P, R]):
    """A function behind people's approval. Calling it asks, waits, claims, runs what was approved once, and reports.

    Raises Refused on a no, ApprovalPending when nobody decided within `wait`, any other SignoffError when it is
    unclear: in all of them the function has not run.
    """

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Asks, waits, claims, runs, reports."""
        payload, unseen = self._parameters.payload(args, kwargs)
        try:
            claimed = self._client().ask(self._action, payload, **self._said())
        except ApprovalPending as pending:
            raise self._parked(pending) from None
        return self._act(claimed, unseen)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self: "Guarded[Concatenate[S, Q], R]", instance: S, owner: type | None = None) -> "Guarded[Q, R]": ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """As a method."""
        return self._bound(instance, owner)

    def resume(self, ticket: "Ticket", *, wait: float = 0.0, **unseen: Any) -> R:
        """Goes on with a call that was parked, in this process or another; `unseen` are the arguments of `without`.

        Raises TypeError for any other argument: what runs is what people approved. Raises Tampered for the ticket of
        another action or function.
        """
        handed_on = self._resumed(ticket, unseen)
        try:
            claimed = self._client().resume(ticket, seconds=wait)
        except ApprovalPending as pending:
            raise self._parked(pending) from None
        return self._act(claimed, handed_on)

    def _act(self, claimed: "Claimed", unseen: dict[str, Any]) -> R:
        def act() -> R:
            called = self._called_with(claimed, unseen)
            return cast("R", self._function(*called.args, **called.kwargs))

        return act_once(self._client(), claimed, act)


class AsyncGuarded(_Guarded[AsyncSignoff], Generic[P, R]):
    """As Guarded, for a coroutine function."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """As Guarded's."""
        payload, unseen = self._parameters.payload(args, kwargs)
        try:
            claimed = await self._client().ask(self._action, payload, **self._said())
        except ApprovalPending as pending:
            raise self._parked(pending) from None
        return await self._act(claimed, unseen)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(
        self: "AsyncGuarded[Concatenate[S, Q], R]", instance: S, owner: type | None = None
    ) -> "AsyncGuarded[Q, R]": ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """As a method."""
        return self._bound(instance, owner)

    async def resume(self, ticket: "Ticket", *, wait: float = 0.0, **unseen: Any) -> R:
        """As Guarded's."""
        handed_on = self._resumed(ticket, unseen)
        try:
            claimed = await self._client().resume(ticket, seconds=wait)
        except ApprovalPending as pending:
            raise self._parked(pending) from None
        return await self._act(claimed, handed_on)

    async def _act(self, claimed: "Claimed", unseen: dict[str, Any]) -> R:
        async def act() -> R:
            called = self._called_with(claimed, unseen)
            function = cast("Callable[..., Awaitable[R]]", self._function)
            return await function(*called.args, **called.kwargs)

        return await act_once_async(self._client(), claimed, act)


class _Decorator:
    """Makes of a function a guarded one: of a coroutine function an async one."""

    def __init__(
        self,
        action: str,
        client: Signoff | AsyncSignoff | None,
        wait: float,
        without: Collection[str],
        asking: Asking,
        *,
        keep: bool,
    ) -> None:
        self._action = action
        self._client = client
        self._wait = wait
        self._without = without
        self._asking = asking
        self._keep = keep

    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]]) -> AsyncGuarded[P, R]: ...  # type: ignore[overload-overlap]  # a coroutine function is also a function
    @overload
    def __call__(self, function: Callable[P, R]) -> Guarded[P, R]: ...

    def __call__(self, function: Callable[..., Any]) -> Any:
        """Raises TypeError, with a sentence, for what cannot be approved and run as it was."""
        _refuse_lazy(function)
        more: Any = {
            "wait": self._wait,
            "without": self._without,
            "asking": self._asking,
            "keep": self._keep,
        }
        if _is(function, inspect.iscoroutinefunction):
            client = functools.cache(lambda: self._fitting(AsyncSignoff))
            return AsyncGuarded(function, self._action, client=client, **more)
        return Guarded(function, self._action, client=functools.cache(lambda: self._fitting(Signoff)), **more)

    def _fitting(self, kind: type[R]) -> R:
        if self._client is None:
            return kind()
        if not isinstance(self._client, kind):
            raise TypeError(f"{self._action}: a coroutine function needs AsyncSignoff, any other function Signoff.")
        return self._client


def requires_approval(
    action: str,
    *,
    client: Signoff | AsyncSignoff | None = None,
    wait: float = WAIT,
    without: Collection[str] = (),
    keep: bool = False,
    **asking: Unpack[Asking],
) -> _Decorator:
    """A decorator: the function runs once people, or the policy, approved its arguments, and only with those.

    `client`: by default one made of SIGNOFF_URL and SIGNOFF_TOKEN. `wait`: seconds before ApprovalPending.
    `without`: parameters that are no part of what is approved (a session, a connection); so is who a method is called
    on. `keep`: a call that is interrupted while it waits leaves its question standing, for who calls with the same
    `key` again; else it is taken back. Everything else is what every call says: `reasoning`, `source`, `summary` …;
    `function.asking(…)` says more for one call.
    """
    return _Decorator(action, client, wait, without, asking, keep=keep)


def _is(function: Callable[..., Any], kind: Callable[[Any], bool]) -> bool:
    """A function, a partial of one, or an object that is called like one."""
    return kind(function) or (not inspect.isroutine(function) and kind(getattr(type(function), "__call__", None)))  # noqa: B004 the method itself, not whether there is one


def _refuse_lazy(function: Callable[..., Any]) -> None:
    if isinstance(function, classmethod | staticmethod):
        raise TypeError(
            f"{name_of(function.__func__)}: put @{type(function).__name__} above @requires_approval, not below it."
        )
    if _is(function, inspect.isgeneratorfunction) or _is(function, inspect.isasyncgenfunction):
        raise TypeError(
            f"{name_of(function)} is a generator: it would be reported before it has run a line. Approve a function "
            "that runs to its end, and returns a list."
        )


def _own(function: Callable[..., Any]) -> frozenset[str]:
    """The first parameter of a method, as its name and the name of the function say."""
    first = next(iter(inspect.signature(function).parameters), "")
    in_a_class = inspect.isfunction(function) and "." in name_of(function)
    return frozenset({first} if in_a_class and first in OWN else ())
