"""Patterns of action names: literal text and `*`, which stands for any run of characters, dots too."""

from functools import cache


def matches(pattern: str, name: str) -> bool:
    """Whether the name fits; linear in its length however many stars the pattern has."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, last = rest
    if not name.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = name.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return len(name) - len(last) >= position and name.endswith(last)


def covers(wide: str, narrow: str) -> bool:
    """Whether every name that fits `narrow` fits `wide`: a star of `narrow` is met by nothing but a star."""
    return matches(wide, narrow)


def overlap(one: str, other: str) -> bool:
    """Whether some name fits both."""

    @cache
    def meet(here: int, there: int) -> bool:
        if here == len(one):
            return not other[there:].strip("*")
        if there == len(other):
            return not one[here:].strip("*")
        if one[here] == "*":
            return meet(here + 1, there) or meet(here, there + 1)
        if other[there] == "*":
            return meet(here, there + 1) or meet(here + 1, there)
        return one[here] == other[there] and meet(here + 1, there + 1)

    return meet(0, 0)
