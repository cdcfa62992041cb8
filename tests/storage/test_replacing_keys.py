"""A key is replaced: what the one before sealed goes on holding, what comes is sealed with the new one, and no way back."""

from dataclasses import replace

import pytest

from approvals.lifecycle import Lifecycle
from storage import DatabaseDamaged, RowDamaged, first_broken, open_store
from storage.audit.hash_chain import REPLACED, fault, sealed
from tests.databases import KEY
from tests.making import Ids, Lots
from tests.storage.test_audit import chain
from tests.storage.town import ALICE, CLAIMANT, TablePolicy, by_hand, submission

NEW, STRANGE = bytes(range(32, 64)), bytes(32)
BOTH = (NEW, KEY)


def replaced_after(count):
    """Six entries, of which the first so many were sealed before the key was replaced."""
    entries = chain(count)
    for each in chain()[count:]:
        entries.append(sealed(each, entries[-1] if entries else None, BOTH))
    return entries


@pytest.mark.parametrize("count", range(7))
def test_each_entry_holds_under_the_key_it_was_sealed_with_and_new_ones_under_the_newest(count):
    entries = replaced_after(count)
    assert first_broken(entries, BOTH) is None
    assert [fault(entry, NEW) is None for entry in entries] == [number >= count for number in range(6)]


def test_without_the_older_key_what_it_sealed_is_not_ours():
    broken = first_broken(replaced_after(3), NEW)
    assert (broken.seq, broken.what) == (1, "its seal was not made with our key")


def test_a_key_that_was_replaced_seals_nothing_any_more():
    entries = replaced_after(3)
    forged = sealed(entries[-1], entries[-1], KEY)
    broken = first_broken([*entries, forged], BOTH)
    assert (broken.seq, broken.what) == (7, REPLACED)


def test_nor_does_it_where_the_log_is_verified_in_pieces():
    entries = replaced_after(3)
    forged = sealed(entries[-1], entries[-1], KEY)
    assert first_broken([forged], BOTH, entries[-1]).what == REPLACED
    assert first_broken(entries[2:], BOTH, entries[1]) is None


def test_a_key_that_is_published_before_it_signs_seals_nothing_yet():
    entries = chain()
    entries.append(sealed(entries[-1], entries[-1], (KEY, NEW)))
    assert first_broken(entries, (KEY, NEW)) is None
    assert fault(entries[-1], KEY) is None


def test_a_third_key_changes_nothing_of_this():
    keys = (STRANGE, *BOTH)
    entries = replaced_after(3)
    entries.append(sealed(entries[-1], entries[-1], keys))
    assert first_broken(entries, keys) is None
    assert first_broken([*entries, sealed(entries[-1], entries[-1], NEW)], keys).what == REPLACED


@pytest.fixture
async def after(url, clock, tmp_path):
    """The store with both keys, and an approval that the older one sealed."""
    async with open_store(url, KEY, clock) as store:
        before = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        made, _ = await before.submit(submission())
        await before.approve(made.id, ALICE, made.nonce)
    async with open_store(url, BOTH, clock) as store:
        yield store, replace(before, store=store), made


async def test_what_was_approved_before_can_be_claimed_after_and_all_of_it_verifies(after):
    store, lifecycle, made = after
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    assert await store.audit.verify() is None
    entries = await store.audit.entries()
    assert [fault(entry, NEW) is None for entry in entries] == [False, False, False, True]
    proposal, told = await store.with_entries(made.id)
    assert (proposal.status, len(told)) == ("claimed", 4)


async def test_a_start_that_does_not_name_the_key_of_the_newest_entry_is_refused(after, url, clock):
    _, lifecycle, made = after
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    with pytest.raises(DatabaseDamaged, match="SIGNOFF_SIGNING_KEY names all of them, the newest first"):
        async with open_store(url, KEY, clock):
            pass


async def test_a_start_that_names_the_keys_in_another_order_is_refused_before_it_seals_anything(after, url, clock):
    store, lifecycle, made = after
    await lifecycle.claim(made.id, "support-bot", made.digest, CLAIMANT)
    with pytest.raises(DatabaseDamaged, match="SIGNOFF_SIGNING_KEY names the newest first"):
        async with open_store(url, (KEY, NEW), clock):
            pass
    assert await store.audit.verify() is None


async def test_an_approval_whose_key_is_no_longer_named_runs_nothing(after, url, clock):
    _, lifecycle, made = after
    await lifecycle.withdraw((await lifecycle.submit(submission(300)))[0].id, "support-bot", "No.")
    async with open_store(url, NEW, clock) as without:
        again = replace(lifecycle, store=without)
        with pytest.raises(RowDamaged, match="its seal was not made with our key"):
            await again.claim(made.id, "support-bot", made.digest, CLAIMANT)


async def test_no_receipt_is_given_of_what_its_entries_do_not_vouch_for(after, tmp_path):
    store, _, made = after
    with by_hand(tmp_path) as file:
        file.execute("UPDATE proposals SET reason = 'changed by hand'")
    with pytest.raises(RowDamaged, match="its row is not what its sealed entries tell"):
        await store.with_entries(made.id)


async def test_no_receipt_is_given_of_an_entry_that_was_not_sealed_by_us(after, tmp_path):
    store, _, made = after
    with by_hand(tmp_path, without=["entries_unchanged"]) as file:
        file.execute("UPDATE entries SET seal = hash WHERE seq = 1")
    with pytest.raises(RowDamaged, match="its seal was not made with our key"):
        await store.with_entries(made.id)
