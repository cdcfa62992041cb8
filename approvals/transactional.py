"""Transactional verbs: all that such a method does is one write of the store, and it begins with that transaction."""

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from approvals.ports import Store, Transaction

T = TypeVar("T")
P = ParamSpec("P")


class _OverStore(Protocol):
    @property
    def store(self) -> "Store": ...


S = TypeVar("S", bound=_OverStore)


def transactional(
    verb: "Callable[Concatenate[S, Transaction, P], Coroutine[Any, Any, T]]",
) -> "Callable[Concatenate[S, P], Coroutine[Any, Any, T]]":
    """The verb without its transaction, which it is given: see Store.transact for what it may await."""

    @wraps(verb)
    async def within(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.store.transact(lambda tx: verb(self, tx, *args, **kwargs))

    return within
