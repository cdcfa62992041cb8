"""A store is copied from one kind of database to the other and back, whole, or nothing of it is."""

import sqlite3
from contextlib import closing

import pytest

from approvals.lifecycle import Lifecycle
from approvals.proposal import Status
from approvals.services.erasures import Erasing
from storage import DatabaseDamaged, DatabaseInUse, NoDatabase, StoreFault, open_store, relocate, sole_use
from storage.databases.migrate import shipped
from storage.databases.relocation import COMPARED, PAGE, tables_of_store
from storage.engine.postgresql.connection import SCHEMA
from tests.databases import KEY
from tests.lives import Lives
from tests.making import Clock, Ids, Lots
from tests.past import LIVES
from tests.postgresql import empty_server_database, on_server
from tests.storage.town import ALICE, TablePolicy, submission

pytestmark = pytest.mark.sqlite


@pytest.fixture
def file(tmp_path):
    return f"sqlite:///{tmp_path}/from.db"


@pytest.fixture
def server():
    with empty_server_database() as url:
        yield url


def silent(table, count):
    del table, count


def contents(path):
    """All rows of a file by table."""
    with closing(sqlite3.connect(path)) as database:
        return {
            table.name: database.execute(f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}").fetchall()
            for table in tables_of_store()
        }


async def lived(url, clock):
    """A store in which each kind of life was lived, one of which was erased, and more than a page of others."""
    async with open_store(url, KEY, clock) as store:
        lives = Lives(store, clock, "support-bot", "U0OWNER")
        made = {life: await lives.lived(life) for life in LIVES}
        assert await Erasing(store, clock).erase(made["withdrawn"], "alex", "asked for")
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        lifecycle.ids.proposals = 10**9
        for _ in range(PAGE):
            await lifecycle.submit(submission(50))


async def test_from_a_file_to_a_server_and_back_everything_is_as_it_was(file, server, tmp_path):
    clock = Clock()
    await lived(file, clock)
    told = {}
    counts = await relocate(file, server, KEY, clock, told.__setitem__)
    assert told.pop(COMPARED) == counts["proposals"]
    assert counts == told
    assert counts["proposals"] > PAGE
    assert all(counts[name] for name in ("entries", "contents", "decisions", "outbox", "figures", "tallies", "seats"))
    await relocate(server, f"sqlite:///{tmp_path}/back.db", KEY, clock, silent)
    assert contents(tmp_path / "back.db") == contents(tmp_path / "from.db")


async def test_where_it_was_copied_to_work_goes_on_in_the_same_chain(file, server):
    clock = Clock()
    await lived(file, clock)
    await relocate(file, server, KEY, clock, silent)
    async with open_store(server, KEY, clock) as store:
        before = await store.audit.head()
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        lifecycle.ids.proposals = 2 * 10**9
        made, _ = await lifecycle.submit(submission())
        assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved
        assert (await store.audit.entry(before.seq + 1)).previous == before.hash
        assert await store.audit.verify() is None
        assert await store.differences() == []


async def test_the_guards_stand_again_where_it_was_copied_to(file, server):
    clock = Clock()
    await lived(file, clock)
    await relocate(file, server, KEY, clock, silent)
    refused = [
        (f"DELETE FROM {SCHEMA}.entries", "only added to"),
        (f"UPDATE {SCHEMA}.entries SET facts = '{{}}'", "only added to"),
        (f"DELETE FROM {SCHEMA}.contents", "until it is erased"),
        (f"UPDATE {SCHEMA}.contents SET content = '{{}}'", "until it is erased"),
    ]
    for statement, why in refused:
        with pytest.raises(Exception, match=why):
            on_server(f"SET search_path = {SCHEMA}", statement, url=server)


async def test_into_what_holds_anything_nothing_is_copied(file, server):
    clock = Clock()
    await lived(file, clock)
    await relocate(file, server, KEY, clock, silent)
    with pytest.raises(StoreFault, match="not empty"):
        await relocate(file, server, KEY, clock, silent)


async def test_from_a_file_that_a_bot_uses_nothing_is_copied(file, server, tmp_path):
    clock = Clock()
    await lived(file, clock)
    with sole_use(tmp_path / "from.db"), pytest.raises(DatabaseInUse, match="Another bot"):
        await relocate(file, server, KEY, clock, silent)
    assert on_server(f"SELECT 1 FROM pg_namespace WHERE nspname = '{SCHEMA}'", url=server) == [[]]


async def test_from_what_is_not_there_nothing_is_made(file, server):
    with pytest.raises(NoDatabase):
        await relocate(file, server, KEY, Clock(), silent)
    assert on_server(f"SELECT 1 FROM pg_namespace WHERE nspname = '{SCHEMA}'", url=server) == [[]]


async def test_a_log_that_does_not_hold_is_said_not_to(file, server, tmp_path):
    clock = Clock()
    await lived(file, clock)
    with closing(sqlite3.connect(tmp_path / "from.db", isolation_level=None)) as hand:
        hand.execute("DROP TRIGGER entries_unchanged")
        hand.execute("UPDATE entries SET actor_id = 'somebody' WHERE seq = 3")
        (script,) = [migration.script for migration in shipped()]
        start = script.index("CREATE TRIGGER entries_unchanged")
        hand.execute(script[start : script.index("END;", start) + 4])
    with pytest.raises(DatabaseDamaged, match="entry 3"):
        await relocate(file, server, KEY, clock, silent)
