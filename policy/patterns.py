"""Action patterns: literal text and `*`, which stands for any run of characters, dots too."""

from functools import cache, lru_cache

REMEMBERED = 10_000
"""Patterns kept taken apart: a policy's worth; what agents send is matched, never a pattern."""


def matches(pattern: str, name: str) -> bool:
    """Whether the name fits; linear in its length however many stars the pattern has."""
    first, middle, last = _parts(pattern)
    if last is None:
        return name == pattern
    if not name.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = name.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return len(name) - len(last) >= position and name.endswith(last)


def is_wider(wide: str, narrow: str) -> bool:
    """Whether every name that fits `narrow` fits `wide`: a star of `narrow` is met by nothing but a star."""
    return matches(wide, narrow)


def overlap(one: str, other: str) -> bool:
    """Whether some name fits both."""
    (first, _, last), (other_first, _, other_last) = _parts(one), _parts(other)
    if not (first.startswith(other_first) or other_first.startswith(first)):
        return False  # most pairs of a large policy, at a glance
    if last is None or other_last is None:
        return matches(one, other) if other_last is None else matches(other, one)

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


@lru_cache(maxsize=REMEMBERED)
def _parts(pattern: str) -> tuple[str, tuple[str, ...], str | None]:
    """The text before the first star, between stars, and after the last; None there where there is no star."""
    first, *rest = pattern.split("*")
    return first, tuple(rest[:-1]), rest[-1] if rest else None
