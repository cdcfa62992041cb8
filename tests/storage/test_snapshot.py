"""A snapshot has all of one moment, whichever database it is of, and whoever writes meanwhile waits for nothing."""

import sqlite3
from contextlib import closing

import pytest

from storage import NoDatabase, open_store, open_to_read, relocate, rows_of, take_snapshot
from storage.engine.sqlite import online_backup
from tests.databases import KEY
from tests.making import Clock
from tests.postgresql import Hand, empty_server_database
from tests.storage.test_relocation import contents, lived, silent

pytestmark = pytest.mark.sqlite


@pytest.fixture
def file(tmp_path):
    return tmp_path / "from.db"


@pytest.fixture
async def source(file):
    """The URL of a store in a file, in which all kinds of life were lived."""
    await lived(f"sqlite:///{file}", Clock())
    return f"sqlite:///{file}"


@pytest.fixture
async def server(source):
    """The URL of the same on a server."""
    with empty_server_database() as url:
        await relocate(source, url, KEY, Clock(), silent)
        yield url


async def require_sound(path):
    before = path.read_bytes()
    async with open_to_read(f"sqlite:///{path}", KEY, Clock()) as store:
        assert await store.audit.verify() is None
        assert await store.differences() == []
    assert path.read_bytes() == before


async def test_of_a_file_all_is_there_and_whoever_commits_amid_the_copy_waits_for_nothing(
    source, file, tmp_path, monkeypatch
):
    monkeypatch.setattr(online_backup, "PAGES", 20)
    before, counts = contents(file), []

    def commit(_, count):
        counts.append(count)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as hand:
            hand.execute(f"INSERT INTO policy_texts VALUES ('{count}', 'committed amid the copy')")

    await take_snapshot(source, tmp_path / "copy.db", Clock(), commit)
    assert len(counts) > 10
    assert counts == sorted(set(counts))
    assert contents(tmp_path / "copy.db") == before
    assert len(contents(file)["policy_texts"]) == len(before["policy_texts"]) + len(counts)
    await require_sound(tmp_path / "copy.db")


async def test_of_a_server_all_is_there_and_whoever_commits_amid_the_copy_waits_for_nothing(server, file, tmp_path):
    counts = []

    def commit(table, count):
        counts.append((table, count))
        with closing(Hand(server)) as hand:
            hand.execute("SET lock_timeout = 1")
            hand.execute("UPDATE turns SET number = number + 1")
            hand.execute("INSERT INTO policy_texts VALUES (?, 'committed amid the copy')", (f"{table} {count}",))

    await take_snapshot(server, tmp_path / "copy.db", Clock(), commit)
    assert len(counts) > 10
    assert contents(tmp_path / "copy.db") == contents(file)
    await require_sound(tmp_path / "copy.db")


async def test_it_is_one_file_that_only_its_owner_reads_and_says_how_many_rows_it_has(source, file, tmp_path):
    (tmp_path / "to").mkdir()
    copy = tmp_path / "to" / "copy.db"
    await take_snapshot(source, copy, Clock(), silent)
    assert await rows_of(copy) == {table: len(rows) for table, rows in contents(file).items()}
    await require_sound(copy)
    assert [each.name for each in copy.parent.iterdir()] == ["copy.db"]
    assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_bot_works_on_what_was_a_snapshot(source, tmp_path):
    await take_snapshot(source, tmp_path / "copy.db", Clock(), silent)
    async with open_store(f"sqlite:///{tmp_path}/copy.db", KEY, Clock()) as store:
        assert await store.health() is None


async def test_of_what_is_not_there_nothing_is_made(tmp_path):
    with pytest.raises(NoDatabase):
        await take_snapshot(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db", Clock(), silent)
    assert list(tmp_path.iterdir()) == []


async def test_over_a_file_that_is_there_nothing_is_written(source, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(FileExistsError):
        await take_snapshot(source, tmp_path / "copy.db", Clock(), silent)
    assert (tmp_path / "copy.db").read_text() == "mine"
