"""Key eras: which of the named keys sealed the log from where on, and whether one of those that did is not named.

Keys follow one another, and one that was replaced seals nothing any more: so the end of each key's time is found by
halving, in a few looks however long the log is. What an unnamed key sealed can be checked by nobody.
"""

from typing import TYPE_CHECKING

from storage.audit.hash_chain import keys_of, seal_age

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.audit.hash_chain import Entry, SealKey


async def unnamed_from(
    entry: "Callable[[int], Awaitable[Entry | None]]", newest: "Entry | None", key: "SealKey"
) -> "Entry | None":
    """The entry with which the time of an unnamed key begins; None where there is none.

    `entry` finds one by its number. One that is missing says nothing here: it counts as sealed like those before it.
    """
    begin = None if newest is None else await entry(1)
    if newest is None or begin is None:
        return None
    for _ in keys_of(key):
        age = seal_age(begin, key)
        if age is None:
            return begin
        if seal_age(newest, key) == age:
            return None
        begin = await _first_other(entry, begin, newest, age, key)
    return begin if seal_age(begin, key) is None else None


async def _first_other(
    entry: "Callable[[int], Awaitable[Entry | None]]", begin: "Entry", newest: "Entry", age: int, key: "SealKey"
) -> "Entry":
    """The first entry after `begin` that another key sealed than the one that sealed it; the newest is one."""
    low, high, found = begin.seq, newest.seq, newest
    while high - low > 1:
        middle = (low + high) // 2
        looked_at = await entry(middle)
        if looked_at is None or seal_age(looked_at, key) == age:
            low = middle
        else:
            high, found = middle, looked_at
    return found
