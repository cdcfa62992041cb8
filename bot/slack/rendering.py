"""Where what people are shown is made: what is short in the loop, what may be long in a process of its own.

How long a view, a card or a form takes to make depends on what agents, and people who edit, have written. All of that
is counted before, up to a bound below which everything is short; what has more is made where it holds up nobody, and
can be ended.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot.worker import Worker, WorkLimit, WorkRefused

T = TypeVar("T")

LIMITS = (WorkLimit, WorkRefused)
"""Nothing is known of what would have been shown; whoever asked is told that it was too much."""
LIGHT = 16_000
"""Characters and values, together, of which anything can be made within some hundredths of a second."""
_LEVEL = 2
"""What a level of nesting adds to each value in it, for it stands before each of its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Makes what is to be shown."""

    worker: Worker | None = None
    """None: all of it is made here, as where no loop waits."""

    async def __call__(self, make: Callable[..., T], *of: Any, **more: Any) -> T:
        """What `make` gives; a function at the top of a module. Raises WorkLimit, WorkRefused."""
        if self.worker is None or light(*of, *more.values()):
            return make(*of, **more)
        return await self.worker.run(partial(make, **more), *of)


def light(*values: object, most: int = LIGHT) -> bool:
    """Whether all that they say, whatever they are made of, is little."""
    left = most
    waiting: list[tuple[object, int]] = [(value, 0) for value in values]
    while waiting:
        value, depth = waiting.pop()
        members: Collection[object] = ()
        if isinstance(value, str):
            left -= len(value)
        elif isinstance(value, Mapping):
            left -= sum(map(len, filter(_is_text, value)))
            members = value.values()
        elif isinstance(value, (list, tuple, set, frozenset)):
            members = value
        elif hasattr(value, "__dataclass_fields__"):
            depth = -1  # ours, which nobody can nest
            members = [getattr(value, name) for name in value.__dataclass_fields__]
        left -= 1 + _LEVEL * max(depth, 0)
        if left < len(members):
            return False
        waiting += ((member, depth + 1) for member in members)
    return True


def _is_text(key: object) -> bool:
    return isinstance(key, str)
