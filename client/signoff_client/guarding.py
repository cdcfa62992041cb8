"""`@requires_approval("refund.create")`: a function that people must agree to before it runs."""

import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, Unpack, cast, overload

from signoff_client.client import AsyncSignoff, Signoff
from signoff_client.errors import Invalid
from signoff_client.flows import Fields
from signoff_client.gating import WAIT, act_once, act_once_async

if TYPE_CHECKING:
    from signoff_client.model import Claimed, Ticket

P = ParamSpec("P")
R = TypeVar("R")
_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Asking(Fields, total=False):
    """What one call may say beside its arguments."""

    reasoning: str
    key: str


class _Signature:
    """A function's arguments as a payload, and back."""

    def __init__(self, function: Callable[..., Any], without: Collection[str]) -> None:
        self._signature = inspect.signature(function)
        self._without = frozenset(without)
        self._name = function.__qualname__
        for parameter in self._signature.parameters.values():
            if parameter.kind not in _KINDS:
                raise TypeError(
                    f"{self._name} takes {parameter}: what people approve needs a name for each value, so an approved "
                    "function has named parameters alone."
                )
        if unknown := self._without - self._signature.parameters.keys():
            raise TypeError(f"{self._name} has no parameter {', '.join(sorted(unknown))}, which `without` names.")

    def payload(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What people see, and what is handed on unseen. Raises TypeError as the call would, Invalid for no JSON."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        seen = {name: value for name, value in bound.arguments.items() if name not in self._without}
        try:
            copy = json.loads(json.dumps(seen, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as fault:
            raise Invalid(f"The arguments of {self._name} cannot be shown to people as JSON: {fault}") from None
        if copy != seen:
            raise Invalid(
                f"The arguments of {self._name} would change on their way through JSON (tuples, keys that are no "
                "text): pass lists and text keys."
            )
        return copy, {name: value for name, value in bound.arguments.items() if name in self._without}


class Guarded(Generic[P, R]):
    """A function behind people's approval. Calling it asks, waits, claims, runs what was approved once, and reports.

    Raises Refused on a no, ApprovalPending when nobody decided within `wait`, any other SignoffError when it is
    unclear: in all of them the function has not run.
    """

    def __init__(
        self,
        function: Callable[P, R],
        action: str,
        *,
        client: Callable[[], Signoff],
        wait: float,
        without: Collection[str],
        asking: Asking,
    ) -> None:
        self._function = function
        self._action = action
        self._client = client
        self._wait = wait
        self._without = without
        self._asking = asking
        self._signature = _Signature(function, without)
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Asks, waits, claims, runs, reports."""
        payload, unseen = self._signature.payload(args, kwargs)
        claimed = self._client().ask(self._action, payload, seconds=self._wait, **_said(self._asking, self._function))
        return self._act(claimed, unseen)

    def asking(self, **asking: Unpack[Asking]) -> "Guarded[P, R]":
        """The same function, saying this beside its arguments: `reasoning`, `key`, `run_id` and the rest."""
        return Guarded(
            self._function,
            self._action,
            client=self._client,
            wait=self._wait,
            without=self._without,
            asking=cast("Asking", {**self._asking, **asking}),
        )

    def resume(self, ticket: "Ticket", *, wait: float = 0.0, **unseen: Any) -> R:
        """Goes on with a call that was parked, in this process or another; `unseen` are the arguments of `without`."""
        return self._act(self._client().resume(ticket, seconds=wait), unseen)

    def _act(self, claimed: "Claimed", unseen: dict[str, Any]) -> R:
        function = cast("Callable[..., R]", self._function)
        return act_once(self._client(), claimed, lambda: function(**{**claimed.payload, **unseen}))


class AsyncGuarded(Generic[P, R]):
    """As Guarded, for a coroutine function."""

    def __init__(
        self,
        function: Callable[P, Awaitable[R]],
        action: str,
        *,
        client: Callable[[], AsyncSignoff],
        wait: float,
        without: Collection[str],
        asking: Asking,
    ) -> None:
        self._function = function
        self._action = action
        self._client = client
        self._wait = wait
        self._without = without
        self._asking = asking
        self._signature = _Signature(function, without)
        functools.update_wrapper(self, function)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """As Guarded's."""
        payload, unseen = self._signature.payload(args, kwargs)
        said = _said(self._asking, self._function)
        claimed = await self._client().ask(self._action, payload, seconds=self._wait, **said)
        return await self._act(claimed, unseen)

    def asking(self, **asking: Unpack[Asking]) -> "AsyncGuarded[P, R]":
        """As Guarded's."""
        return AsyncGuarded(
            self._function,
            self._action,
            client=self._client,
            wait=self._wait,
            without=self._without,
            asking=cast("Asking", {**self._asking, **asking}),
        )

    async def resume(self, ticket: "Ticket", *, wait: float = 0.0, **unseen: Any) -> R:
        """As Guarded's."""
        return await self._act(await self._client().resume(ticket, seconds=wait), unseen)

    async def _act(self, claimed: "Claimed", unseen: dict[str, Any]) -> R:
        function = cast("Callable[..., Awaitable[R]]", self._function)
        return await act_once_async(self._client(), claimed, lambda: function(**{**claimed.payload, **unseen}))


class _Decorator:
    """Makes of a function a guarded one: of a coroutine function an async one."""

    def __init__(
        self, action: str, client: Signoff | AsyncSignoff | None, wait: float, without: Collection[str], asking: Asking
    ) -> None:
        self._action = action
        self._client = client
        self._wait = wait
        self._without = without
        self._asking = asking

    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]]) -> AsyncGuarded[P, R]: ...  # type: ignore[overload-overlap]  # a coroutine function is also a function
    @overload
    def __call__(self, function: Callable[P, R]) -> Guarded[P, R]: ...

    def __call__(self, function: Callable[..., Any]) -> Any:
        if inspect.iscoroutinefunction(function):
            return AsyncGuarded(
                function,
                self._action,
                client=functools.cache(lambda: self._fitting(AsyncSignoff)),
                wait=self._wait,
                without=self._without,
                asking=self._asking,
            )
        return Guarded(
            function,
            self._action,
            client=functools.cache(lambda: self._fitting(Signoff)),
            wait=self._wait,
            without=self._without,
            asking=self._asking,
        )

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
    **asking: Unpack[Asking],
) -> _Decorator:
    """A decorator: the function runs once people, or the policy, approved its arguments, and only with those.

    `client`: by default one made of SIGNOFF_URL and SIGNOFF_TOKEN. `wait`: seconds before ApprovalPending.
    `without`: parameters that are no part of what is approved (a session, a connection). Everything else is what
    every call says: `reasoning`, `source`, `summary` …; `function.asking(…)` says more for one call.
    """
    return _Decorator(action, client, wait, without, asking)


def _said(asking: Asking, function: Callable[..., Any]) -> Any:
    doc = inspect.getdoc(function) or ""
    default = f"The program calls {function.__qualname__}. {doc}".strip()[:8000]
    return {"reasoning": default, **asking}
