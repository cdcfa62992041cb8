"""The one secret of an installation: made once, with a new database, and never again."""

import base64
import os
import stat

import pytest

from bot.keys import KeyFault, seal_key, seal_keys, seeds_for

SEED = bytes(range(32))
GIVEN = base64.b64encode(SEED).decode()


@pytest.fixture
def database(tmp_path):
    return tmp_path / "var" / "signoff.db"


def key_of(database):
    return database.with_name("signoff.db.key")


def test_it_is_made_with_a_new_database_and_is_the_same_at_the_next_start(database):
    (seed,) = seeds_for(database, None)
    assert len(seed) == 32
    database.touch()
    assert seeds_for(database, None) == (seed,)


def test_only_its_owner_may_read_it(database):
    seeds_for(database, None)
    assert stat.S_IMODE(key_of(database).stat().st_mode) == 0o600


def test_only_its_owner_may_read_it_whatever_the_umask(database):
    before = os.umask(0)
    try:
        seeds_for(database, None)
    finally:
        os.umask(before)
    assert stat.S_IMODE(key_of(database).stat().st_mode) == 0o600


def test_a_key_beside_the_database_that_the_setting_does_not_name_is_refused_with_both_ways_out(database):
    (own,) = seeds_for(database, None)
    database.touch()
    with pytest.raises(KeyFault, match=r"SIGNOFF_SIGNING_KEY=NEW,OLD, or move the file away"):
        seeds_for(database, GIVEN)
    both = f"{GIVEN},{base64.b64encode(own).decode()}"
    assert seeds_for(database, both) == (SEED, own)
    key_of(database).unlink()
    assert seeds_for(database, GIVEN) == (SEED,)


def test_two_installations_have_two_keys(tmp_path):
    assert seeds_for(tmp_path / "one.db", None) != seeds_for(tmp_path / "two.db", None)


def test_a_database_whose_key_is_gone_is_refused_and_no_new_key_is_made(database):
    seeds_for(database, None)
    database.touch()
    key_of(database).unlink()
    with pytest.raises(KeyFault, match=r"signoff\.db\.key is missing"):
        seeds_for(database, None)
    assert not key_of(database).exists()


def test_a_key_given_by_the_operator_is_used_and_nothing_is_written(database):
    assert seeds_for(database, f" {GIVEN}\n") == (SEED,)
    assert not database.parent.exists()


def test_a_key_given_by_the_operator_wins_over_the_one_that_is_kept(database):
    seeds_for(database, None)
    assert seeds_for(database, GIVEN) == (SEED,)


OTHER = bytes(range(32, 64))
BOTH = f"{base64.b64encode(OTHER).decode()}, {GIVEN}"


def test_while_it_is_replaced_there_are_several_and_the_first_named_is_the_newest(database):
    assert seeds_for(database, BOTH) == (OTHER, SEED)
    assert seal_keys((OTHER, SEED)) == (seal_key(OTHER), seal_key(SEED))


@pytest.mark.parametrize("between", [",", "\n", " ,\n "])
def test_the_kept_file_takes_several_too(database, between):
    seeds_for(database, None)
    key_of(database).write_text(between.join(BOTH.split(", ")) + "\n")
    assert seeds_for(database, None) == (OTHER, SEED)


def test_the_same_key_twice_is_refused_and_not_repeated(database):
    with pytest.raises(KeyFault, match="SIGNOFF_SIGNING_KEY names the same key twice") as fault:
        seeds_for(database, f"{GIVEN},{BOTH}")
    assert GIVEN not in str(fault.value)


@pytest.mark.parametrize(
    "given",
    [
        "",
        f"{GIVEN},",
        f",{GIVEN}",
        f"{GIVEN},hunter2",
        f"{GIVEN} {GIVEN}",
        "hunter2",
        GIVEN[:-4],
        GIVEN + "AAAA",
        "é" * 44,
        GIVEN.replace("A", "*"),
    ],
)
def test_a_key_of_another_shape_is_refused_with_how_to_make_one_and_not_repeated(database, given):
    with pytest.raises(KeyFault, match="SIGNOFF_SIGNING_KEY must be 32 bytes in base64") as fault:
        seeds_for(database, given)
    assert not given or given not in str(fault.value)


@pytest.mark.parametrize("content", [b"", b"half of a k", b"\xff\xfe"])
def test_a_damaged_key_file_beside_a_database_is_refused_and_left_as_it_is(database, content):
    seeds_for(database, None)
    database.touch()
    key_of(database).write_bytes(content)
    with pytest.raises(KeyFault, match=r"signoff\.db\.key must be 32 bytes"):
        seeds_for(database, None)
    assert key_of(database).read_bytes() == content


def test_what_a_crash_left_half_written_does_not_stand_in_the_way_of_the_next_start(database, monkeypatch):
    def crash(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", crash)
        with pytest.raises(OSError, match="No space"):
            seeds_for(database, None)
    assert not key_of(database).exists()
    assert seeds_for(database, None) == seeds_for(database, None)


def test_the_key_of_the_seals_is_not_the_seed_and_depends_on_nothing_else():
    assert seal_key(SEED) == seal_key(SEED)
    assert len(seal_key(SEED)) == 32
    assert seal_key(SEED) != SEED
    assert seal_key(SEED) != seal_key(SEED[::-1])
