"""The one secret of an installation: made once, with a new database, and never again."""

import base64
import os
import stat

import pytest
from pydantic import SecretStr

from bot.cli.doctor import all_findings
from bot.keys import KeyFault, seal_key, seal_keys, seeds_for
from tests.town import AGENT_TOKEN, OTHER_TOKEN, POLICY, open_town
from tests.town import SEED as OLDEST

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


OLD, MIDDLE, NEW = (
    OLDEST,
    base64.b64encode(bytes(range(64, 96))).decode(),
    base64.b64encode(bytes(range(96, 128))).decode(),
)


@pytest.fixture
async def replaced_twice(tmp_path):
    """A town whose key was replaced twice; under each a policy came into force, and something was proposed."""
    async with open_town(tmp_path) as town:
        for number, keys in enumerate(([OLD], [MIDDLE, OLD], [NEW, MIDDLE, OLD])):
            town.policy = f"{POLICY}# {number}\n"
            async with town.serving(signoff_signing_key=SecretStr(",".join(keys))):
                await town.propose()
        yield town


async def said_by_doctor(town, keys):
    settings = town.settings(signoff_signing_key=SecretStr(",".join(keys)))
    found = all_findings(settings, {"SHOP_TOKEN": AGENT_TOKEN, "OTHER_TOKEN": OTHER_TOKEN})
    return [(str(each.level), each.said) async for each in found if each.about == "database"]


@pytest.mark.parametrize(("keys", "missing"), [([NEW, MIDDLE], OLD), ([NEW, OLD], MIDDLE), ([NEW], OLD)])
async def test_a_bot_does_not_start_where_a_key_that_sealed_some_of_the_log_is_not_named(replaced_twice, keys, missing):
    town = replaced_twice
    (first,) = town.rows("SELECT min(seq) FROM entries") if missing is OLD else town.rows(BEGUN)[1:2]
    with pytest.raises(KeyFault, match=f"From the entry {first[0]} on, of 20.*Put the old one back"):
        async with town.serving(signoff_signing_key=SecretStr(",".join(keys))):
            pass
    ((level, said),) = await said_by_doctor(town, keys)
    assert (level, f"From the entry {first[0]} on" in said) == ("fault", True)


async def test_with_all_of_them_named_it_starts_and_the_doctor_is_well(replaced_twice):
    async with replaced_twice.serving(signoff_signing_key=SecretStr(f"{NEW},{MIDDLE},{OLD}")) as town:
        await town.propose()
    assert [level for level, _ in await said_by_doctor(town, [NEW, MIDDLE, OLD])] == ["well"]


BEGUN = "SELECT seq FROM entries WHERE tag = 'policy:begun' ORDER BY seq"
"""With which each of the three policies, and so each key, began to seal."""
