"""Which parts of two sequences are the same, found in bounded time."""

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PAIRS = 50_000
"""Equal pairs that the search may have to weigh; beyond, what stands between the common ends counts as changed."""


class Run(NamedTuple):
    """A stretch of both sequences, half open; one of the two may be empty."""

    same: bool
    start: int
    end: int
    other_start: int
    other_end: int


def aligned(before: "Sequence[str]", after: "Sequence[str]") -> list[Run]:
    """Runs that cover both sequences in order, the same and the changed taking turns."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    middle = before[head : len(before) - tail]
    other = after[head : len(after) - tail]
    runs = [Run(True, 0, head, 0, head)] if head else []
    runs += [
        Run(same, start + head, end + head, other_start + head, other_end + head)
        for same, start, end, other_start, other_end in _between(middle, other)
    ]
    if tail:
        runs.append(Run(True, len(before) - tail, len(before), len(after) - tail, len(after)))
    return runs


def _between(before: "Sequence[str]", after: "Sequence[str]") -> list[Run]:
    if not before and not after:
        return []
    counts = Counter(after)
    if sum(counts[part] for part in before) > MOST_PAIRS:
        return [Run(False, 0, len(before), 0, len(after))]
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [Run(tag == "equal", start, end, other, other_end) for tag, start, end, other, other_end in codes]
