"""The chain: whatever is done to it past the store is found, except what only a note elsewhere can show."""

import sqlite3
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.events import Refused
from approvals.lifecycle import SYSTEM
from storage import DatabaseDamaged, first_broken, open_store
from storage.audit.hash_chain import Entry, Record, sealed
from tests.databases import KEY
from tests.making import START
from tests.storage.town import ALICE, CAROL, CLAIMANT, by_hand, submission

COLUMNS = [field.name for field in fields(Entry)]


def chain(length=6, key=KEY):
    entries = []
    for number in range(length):
        record = Record(
            at=1_795_169_700_000 + number,
            tag="proposal:decided",
            proposal_id=f"prp_{number % 2}",
            revision=1,
            actor_kind="reviewer",
            actor_id="U0ALICE",
            actor_team="T0TEAM",
            actor_proof='["support: member"]',
            facts='{"amount":250.0,"note":"späte Lieferung"}',
        )
        entries.append(sealed(record, entries[-1] if entries else None, key))
    return entries


def edited(value, position, byte):
    """The value with one byte of its text replaced, read back as the database gives it."""
    stored = bytearray(str(value).encode())
    stored[position % len(stored)] = byte
    return bytes(stored).decode(errors="surrogateescape")


def test_an_untouched_chain_holds():
    assert first_broken(chain(), KEY) is None


@given(
    at=st.integers(0, 5),
    column=st.sampled_from([name for name in COLUMNS if name not in ("seq", "at", "revision")]),
    position=st.integers(0, 200),
    byte=st.integers(0, 255),
)
def test_any_edit_of_a_single_byte_is_found(at, column, position, byte):
    entries = chain()
    before = getattr(entries[at], column)
    after = edited(before, position, byte)
    entries[at] = replace(entries[at], **{column: after})
    broken = first_broken(entries, KEY)
    if after == before:
        assert broken is None
    else:
        assert broken.seq == at + 1


@given(at=st.integers(0, 5), column=st.sampled_from(["seq", "at", "revision"]), number=st.integers(-(2**63), 2**63 - 1))
def test_any_other_number_is_found(at, column, number):
    entries = chain()
    same = getattr(entries[at], column) == number
    entries[at] = replace(entries[at], **{column: number})
    assert (first_broken(entries, KEY) is None) == same


def test_a_number_of_another_kind_but_the_same_digest_is_found():
    entries = chain()
    entries[2] = replace(entries[2], facts=entries[2].facts.replace("250.0", "250"))
    assert first_broken(entries, KEY).seq == 3


@pytest.mark.parametrize("at", range(5))
def test_a_missing_entry_is_found_where_it_was(at):
    entries = chain()
    del entries[at]
    assert first_broken(entries, KEY).seq == at + 1


def test_two_entries_that_changed_places_are_found():
    entries = chain()
    entries[1], entries[2] = entries[2], entries[1]
    assert first_broken(entries, KEY).seq == 2


def test_entries_that_took_each_others_numbers_are_found():
    entries = chain()
    entries[1], entries[2] = replace(entries[2], seq=2), replace(entries[1], seq=3)
    assert first_broken(entries, KEY).seq == 2


def test_an_entry_of_another_history_under_the_same_key_is_found():
    entries, fork = chain(), chain(3)
    other = replace(fork[-1], at=1)
    for _ in range(3):
        record = Record(**{field.name: getattr(other, field.name) for field in fields(Record)})
        fork.append(sealed(record, fork[-1], KEY))
    assert first_broken(fork, KEY) is None
    assert first_broken([*entries[:4], *fork[4:]], KEY).seq == 5


def test_a_chain_that_was_recomputed_without_the_key_is_found():
    assert first_broken(chain(key=bytes(32)), KEY).what == "its seal was not made with our key"


def test_a_chain_is_verified_in_pieces_as_well_as_whole():
    entries = chain()
    assert first_broken(entries[3:], KEY, entries[2]) is None
    assert first_broken(entries[3:], KEY, entries[1]).seq == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET facts = '{}' WHERE seq = 1",
        "DELETE FROM entries WHERE seq = 1",
        "DELETE FROM entries",
        pytest.param(
            "INSERT OR REPLACE INTO entries SELECT seq, id, at, 'card:posted', proposal_id, revision, actor_kind, actor_id,"
            " actor_team, actor_proof, facts, previous, hash, seal FROM entries WHERE seq = 1",
            marks=pytest.mark.sqlite,
        ),
        pytest.param("UPDATE OR REPLACE entries SET seq = 2 WHERE seq = 1", marks=pytest.mark.sqlite),
    ],
)
async def test_the_database_refuses_to_change_the_log(lifecycle, store, tmp_path, statement):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    before = await store.audit.entries()
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        connection.execute(statement)
    assert await store.audit.entries() == before


@pytest.mark.sqlite
@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("seq", "at", "revision", "content")])
@pytest.mark.parametrize("byte", [b"!", b"\xff"], ids=["text", "not-utf-8"])
async def test_one_byte_changed_in_the_file_is_found(lifecycle, store, tmp_path, column, byte):
    made, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await lifecycle.approve(made.id, CAROL, made.nonce)
    with by_hand(tmp_path, without=["entries_unchanged"]) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        (stored,) = connection.execute(f"SELECT CAST({column} AS BLOB) FROM entries WHERE seq = 3").fetchone()
        changed = stored[:-1] + byte
        connection.execute(f"UPDATE entries SET {column} = CAST(? AS TEXT) WHERE seq = 3", (changed,))
    assert (await store.audit.verify()).seq == 3


async def test_many_entries_are_verified_in_several_strides(store, lifecycle, tmp_path):
    made, _ = await lifecycle.submit(submission())

    async def note(tx):
        for number in range(2100):
            refused = Refused(at=START, verb="approve", slug="not-your-role", detail=str(number))
            await tx.note(made.id, refused, SYSTEM)

    await store.transact(note)
    assert await store.audit.verify() is None
    with by_hand(tmp_path, without=["contents_unchanged"]) as connection:
        connection.execute("UPDATE contents SET content = replace(content, '2000', '2001') WHERE seq = 2002")
    assert (await store.audit.verify()).seq == 2002


@pytest.mark.sqlite
async def test_a_tail_that_was_cut_off_is_noticed_at_the_next_start(url, clock, tmp_path, lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    with by_hand(tmp_path, without=["entries_undeleted"]) as connection:
        trigger = (
            "CREATE TRIGGER entries_undeleted BEFORE DELETE ON entries\nBEGIN\n"
            "    SELECT RAISE(ABORT, 'the audit log is only added to');\nEND"
        )
        connection.execute("DELETE FROM entries WHERE seq = 3")
        connection.execute(trigger)
    assert await store.audit.verify() is None
    with pytest.raises(DatabaseDamaged, match="once had the entry 3"):
        async with open_store(url, KEY, clock):
            pass


async def test_who_acted_and_how_their_roles_were_known_is_kept(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    entry = (await store.audit.entries())[1]
    assert (entry.actor_kind, entry.actor_id, entry.actor_team) == ("reviewer", ALICE.user, ALICE.team)
    assert entry.actor_proof == '["support: member"]'
    assert entry.revision == 1


async def test_the_secret_of_a_card_and_of_a_claimant_never_enters_the_log(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    edited_, nonces = await lifecycle.edit(made.id, ALICE, {"amount": 240}, made.nonce), [made.nonce]
    nonces.append(edited_.nonce)
    await lifecycle.claim(made.id, "support-bot", edited_.digest, CLAIMANT)
    written = "".join(f"{entry.facts}{entry.content}" for entry in await store.audit.entries())
    assert not [nonce for nonce in nonces if nonce in written]
