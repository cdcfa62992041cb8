"""A link that is gone from the log is noticed while the bot runs, and so is that it is back."""

import pytest

from storage.audit.patrol import AT_ONCE
from tests.storage.town import by_hand, submission


@pytest.fixture
async def long(lifecycle, store):
    """A log of more than one go."""
    for _ in range(AT_ONCE // 2 + 1):
        await lifecycle.submit(submission(5))
    return (await store.audit.head()).seq


async def rounds(store, number=1):
    for _ in range(3 * number):
        await store.patrol.look_further()


async def test_a_whole_log_is_gone_along_and_nothing_is_met(long, store):
    assert long > AT_ONCE
    await rounds(store, 2)
    assert store.damage.rows == {}


@pytest.mark.parametrize("seq", [1, 2, AT_ONCE, AT_ONCE + 1])
async def test_a_link_that_is_gone_is_met_wherever_it_was_and_forgotten_once_it_is_back(long, store, tmp_path, seq):
    with by_hand(tmp_path, without=["entries_undeleted", "entries_in_order"]) as connection:
        row = connection.execute("SELECT * FROM entries WHERE seq = ?", [seq]).fetchone()
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM entries WHERE seq = ?", [seq])
        await rounds(store)
        assert list(store.damage.rows) == [f"entries {seq}"]
        await rounds(store)
        assert list(store.damage.rows) == [f"entries {seq}"]
        connection.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(row))})", row)
    await rounds(store, 2)
    assert store.damage.rows == {}


async def test_an_entry_that_is_not_ours_is_met_too(long, store, tmp_path):
    with by_hand(tmp_path, without=["entries_unchanged"]) as connection:
        connection.execute("UPDATE entries SET actor_id = 'U0MALLORY' WHERE seq = 5")
    await rounds(store)
    assert list(store.damage.rows) == ["entries 5"]
