"""The one secret of an installation: made once, with a new database, and never again."""

import base64
import os
import stat

import pytest

from bot.keys import KeyFault, seal_key, seed_for

SEED = bytes(range(32))
GIVEN = base64.b64encode(SEED).decode()


@pytest.fixture
def database(tmp_path):
    return tmp_path / "var" / "signoff.db"


def key_of(database):
    return database.with_name("signoff.db.key")


def test_it_is_made_with_a_new_database_and_is_the_same_at_the_next_start(database):
    seed = seed_for(database, None)
    assert len(seed) == 32
    database.touch()
    assert seed_for(database, None) == seed


def test_only_its_owner_may_read_it(database):
    seed_for(database, None)
    assert stat.S_IMODE(key_of(database).stat().st_mode) == 0o600


def test_only_its_owner_may_read_it_whatever_the_umask(database):
    before = os.umask(0)
    try:
        seed_for(database, None)
    finally:
        os.umask(before)
    assert stat.S_IMODE(key_of(database).stat().st_mode) == 0o600


def test_two_installations_have_two_keys(tmp_path):
    assert seed_for(tmp_path / "one.db", None) != seed_for(tmp_path / "two.db", None)


def test_a_database_whose_key_is_gone_is_refused_and_no_new_key_is_made(database):
    seed_for(database, None)
    database.touch()
    key_of(database).unlink()
    with pytest.raises(KeyFault, match=r"signoff\.db\.key is missing"):
        seed_for(database, None)
    assert not key_of(database).exists()


def test_a_key_given_by_the_operator_is_used_and_nothing_is_written(database):
    assert seed_for(database, f" {GIVEN}\n") == SEED
    assert not database.parent.exists()


def test_a_key_given_by_the_operator_wins_over_the_one_that_is_kept(database):
    seed_for(database, None)
    assert seed_for(database, GIVEN) == SEED


@pytest.mark.parametrize("given", ["", "hunter2", GIVEN[:-4], GIVEN + "AAAA", "é" * 44, GIVEN.replace("A", "*")])
def test_a_key_of_another_shape_is_refused_with_how_to_make_one_and_not_repeated(database, given):
    with pytest.raises(KeyFault, match="SIGNOFF_SIGNING_KEY must be 32 bytes in base64") as fault:
        seed_for(database, given)
    assert not given or given not in str(fault.value)


@pytest.mark.parametrize("content", [b"", b"half of a k", b"\xff\xfe"])
def test_a_damaged_key_file_beside_a_database_is_refused_and_left_as_it_is(database, content):
    seed_for(database, None)
    database.touch()
    key_of(database).write_bytes(content)
    with pytest.raises(KeyFault, match=r"signoff\.db\.key must be 32 bytes"):
        seed_for(database, None)
    assert key_of(database).read_bytes() == content


def test_what_a_crash_left_half_written_does_not_stand_in_the_way_of_the_next_start(database, monkeypatch):
    def crash(_descriptor):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", crash)
        with pytest.raises(OSError, match="No space"):
            seed_for(database, None)
    assert not key_of(database).exists()
    assert seed_for(database, None) == seed_for(database, None)


def test_the_key_of_the_seals_is_not_the_seed_and_depends_on_nothing_else():
    assert seal_key(SEED) == seal_key(SEED)
    assert len(seal_key(SEED)) == 32
    assert seal_key(SEED) != SEED
    assert seal_key(SEED) != seal_key(SEED[::-1])
