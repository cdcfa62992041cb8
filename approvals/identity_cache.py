"""Identity cache: what is made of a value once, for as long as that very value is in use.

Thousands of proposals have the same gate, and what one says goes into its row and into the log: to compare such values
would take as long as to make it anew. Each is kept beside what was made of it, so that no other takes its place.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityCache(Generic[T]):
    """The newest of what was made, by the identity of what it was made of. Several threads may use it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[int, tuple[object, T]] = OrderedDict()

    def get(self, value: object) -> T | None:
        """What was made of it; None if nothing is kept."""
        found = self._made.get(id(value))
        return None if found is None else found[1]

    def keep(self, value: object, made: T) -> T:
        """Keeps it, in place of the oldest where there is no room; gives it back."""
        self._made[id(value)] = (value, made)
        if len(self._made) > self._most:
            self._made.popitem(last=False)
        return made
