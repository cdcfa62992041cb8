"""Key eras: whether a key that sealed some of the log is not named is found in a few looks, wherever its time was."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.audit.hash_chain import sealed
from storage.audit.key_eras import unnamed_from
from tests.laws import examples
from tests.storage.test_audit import chain

KEYS = [bytes([number]) * 32 for number in range(5)]
"""The oldest first."""


def log(eras):
    """Entries of which each key in turn, the oldest first, sealed so many."""
    entries, (record, *_) = [], chain(1)
    for key, count in zip(KEYS, eras, strict=False):
        for _ in range(count):
            entries.append(sealed(record, entries[-1] if entries else None, key))
    return entries


class Looks:
    """Finds entries by their number, and counts."""

    def __init__(self, entries, gone=()):
        self.entries, self.gone, self.count = entries, gone, 0

    async def __call__(self, seq):
        self.count += 1
        return None if seq in self.gone else self.entries[seq - 1]


async def found(eras, named, gone=()):
    """With which entry an unnamed key begins, None for none; and how many looks it took."""
    entries = log(eras)
    looks = Looks(entries, gone)
    keys = tuple(KEYS[number] for number in sorted(named, reverse=True))
    unnamed = await unnamed_from(looks, entries[-1] if entries else None, keys)
    return (None if unnamed is None else unnamed.seq), looks.count


async def test_without_entries_and_with_all_keys_named_nothing_is_found():
    assert await found([], {0}) == (None, 0)
    assert (await found([3, 1, 4], {0, 1, 2}))[0] is None
    assert (await found([3, 1, 4], {0, 1, 2, 3}))[0] is None, "one that is named ahead has sealed nothing yet"


async def test_the_first_entry_of_the_key_that_is_missing_is_named():
    assert (await found([3, 1, 4], {1, 2}))[0] == 1, "the oldest"
    assert (await found([3, 1, 4], {0, 2}))[0] == 4, "the one between, of one entry"
    assert (await found([3, 1, 4], {0, 1}))[0] == 5, "the newest"
    assert (await found([3, 1, 4], {2}))[0] == 1
    assert (await found([2, 3, 4, 5], {0, 1, 3}))[0] == 6


async def test_an_entry_that_is_gone_is_no_matter_of_keys():
    assert (await found([3, 5, 4], {0, 1, 2}, gone={2, 6, 7}))[0] is None
    assert (await found([3, 5, 4], {0, 1, 2}, gone={1}))[0] is None


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.sets(st.integers(0, 4), min_size=1))
@settings(max_examples=examples(300))
async def test_a_key_is_found_missing_exactly_where_it_is_in_as_many_looks_as_it_takes_to_halve_the_log(eras, named):
    seq, looks = await found(eras, named)
    missing = [number for number in range(len(eras)) if number not in named]
    assert seq == (1 + sum(eras[: missing[0]]) if missing else None)
    assert looks <= 1 + (len(named) + 1) * (1 + math.ceil(math.log2(sum(eras) + 1)))
