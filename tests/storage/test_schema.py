"""The schema: its words are the domain's, it is made whole or not at all, and nothing else is accepted."""

import re
import sqlite3
from contextlib import closing
from typing import get_args, get_type_hints

import pytest

from approvals.decision import Verdict
from approvals.effects import AgentEvent, Effect
from approvals.events import Actor
from approvals.proposal import Cause, Status
from approvals.states import FINAL
from storage import SchemaRefused, open_store
from storage.databases.migrate import Migration, compare, expected, migrate, outstanding, schema, shipped
from storage.engine.errors import DatabaseDamaged
from storage.engine.queries import parse_queries, queries
from storage.engine.sqlite.setup import Setup, statements_of
from storage.messages.forms import Kind
from storage.messages.message import Message, MessageKind
from storage.messages.modals import Purpose
from tests.databases import KEY
from tests.making import START
from tests.storage.town import by_hand, submission

pytestmark = pytest.mark.sqlite

SCRIPT = "".join(migration.script for migration in shipped())
STEP = Migration(number=1, name="one", script="CREATE TABLE a (x TEXT) STRICT;")
FILES = (
    "proposals",
    "entries",
    "outbox",
    "messages",
    "forms",
    "reads",
    "past",
    "samples",
    "questions",
    "stops",
    "direct",
    "callbacks",
    "stream",
    "modals",
)


def checked(table, column):
    """The words that the CHECK on a column allows."""
    (body,) = re.findall(rf"^CREATE TABLE {table} \((.*?)^\)", SCRIPT, re.DOTALL | re.MULTILINE)
    (words,) = re.findall(rf"CHECK \({column} IN \(([^)]*)\)\)", body)
    return set(re.findall(r"'(\w+)'", words))


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("proposals", "status", set(Status)),
        ("proposals", "cause", set(Cause)),
        ("decisions", "verdict", set(Verdict)),
        ("entries", "actor_kind", set(get_args(Actor.__annotations__["kind"]))),
        ("outbox", "kind", set(Effect) - {Effect.callback}),
        ("callbacks", "kind", set(AgentEvent)),
        ("messages", "kind", set(MessageKind)),
        ("messages", "state", set(get_args(get_type_hints(Message, localns={"datetime": object})["state"]))),
        ("forms", "kind", set(get_args(Kind))),
        ("modals", "purpose", set(get_args(Purpose))),
    ],
)
def test_what_a_column_allows_is_what_the_domain_knows(table, column, words):
    assert checked(table, column) == {str(word) for word in words}


def test_the_trigger_that_keeps_final_states_knows_all_of_them():
    (words,) = re.findall(r"TRIGGER proposals_final_stays .*\nWHEN OLD.status IN \(([^)]*)\)", SCRIPT)
    assert set(re.findall(r"'(\w+)'", words)) == {str(status) for status in FINAL}


@pytest.mark.parametrize("file", FILES)
def test_every_query_has_a_name_a_sentence_and_text(file):
    found = queries(file)
    assert found
    for query in found.values():
        assert query.sentence[0].isupper()
        assert query.sentence.endswith(".")
        assert ":" not in re.sub(r"'[^']*'|::", "", query.text)


@pytest.mark.parametrize("text", ["-- name: a\nSELECT 1\n", "-- name: a\n-- Says.\n", "-- name: a\n-- S.\nx\n" * 2])
def test_a_file_with_a_nameless_wordless_or_double_query_is_refused(text):
    with pytest.raises(ValueError, match=r"query|named"):
        parse_queries(text)


def test_a_newer_database_is_refused():
    with pytest.raises(SchemaRefused, match="at schema 2, this program knows 1"):
        outstanding([STEP], {1: STEP.checksum, 2: "x"})


def test_a_migration_that_was_applied_with_other_content_is_refused():
    with pytest.raises(SchemaRefused, match="0001_one was applied with other content"):
        outstanding([STEP], {1: "x"})


def test_a_gap_in_what_was_applied_is_refused():
    second = Migration(number=2, name="two", script="CREATE TABLE b (x TEXT) STRICT;")
    with pytest.raises(SchemaRefused, match="misses a migration"):
        outstanding([STEP, second], {2: second.checksum})


async def test_a_migration_that_fails_in_the_middle_leaves_nothing_of_it():
    broken = Migration(number=2, name="two", script="CREATE TABLE b (x TEXT) STRICT;\nCREATE TABLE a (x TEXT) STRICT;")
    async with Setup.opened(None) as setup:
        await migrate(setup, [STEP], START)
        before = await schema(setup)
        with pytest.raises(Exception, match="already exists"):
            await migrate(setup, [STEP, broken], START)
        await setup._link.rollback()
        assert await schema(setup) == before
        (version,) = await setup.rows("PRAGMA user_version")
        assert version[0] == 1


async def test_migrations_are_applied_once():
    async with Setup.opened(None) as setup:
        assert await migrate(setup, [STEP], START) == 1
        assert await migrate(setup, [STEP], START) == 0


def test_a_script_is_taken_apart_at_statements_with_triggers_whole():
    assert len(list(statements_of(SCRIPT))) == len(
        re.findall(r"^(?:CREATE|ALTER|DROP|INSERT|UPDATE)", SCRIPT, re.MULTILINE)
    )
    with pytest.raises(ValueError, match="ends inside a statement"):
        list(statements_of("CREATE TABLE a (x TEXT)"))


async def refused_open(url, clock, match):
    with pytest.raises(SchemaRefused, match=match):
        async with open_store(url, KEY, clock):
            pass


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER entries_unchanged", "trigger entries_unchanged"),
        ("DROP INDEX decisions_one_approval", "index decisions_one_approval"),
        ("CREATE TRIGGER spy AFTER INSERT ON proposals BEGIN SELECT 1; END", "trigger spy"),
        ("ALTER TABLE forms ADD COLUMN more TEXT", "table forms"),
    ],
)
async def test_a_schema_altered_by_hand_is_refused_by_name(url, clock, tmp_path, statement, named):
    async with open_store(url, KEY, clock):
        pass
    with by_hand(tmp_path) as connection:
        connection.execute(statement)
    await refused_open(url, clock, named)


async def test_an_old_program_refuses_the_database_of_a_newer_one(url, clock, tmp_path):
    async with open_store(url, KEY, clock):
        pass
    with by_hand(tmp_path) as connection:
        connection.execute("INSERT INTO migrations VALUES (9999, 'later', 'x', 0)")
    await refused_open(url, clock, "written by a newer version")


async def test_a_later_migration_keeps_what_is_there_and_is_applied_to_it_as_to_a_new_database(
    lifecycle, store, clock, tmp_path
):
    made, _ = await lifecycle.submit(submission())
    later = Migration(
        number=9999,
        name="later",
        script="ALTER TABLE proposals ADD COLUMN note TEXT;\nUPDATE proposals SET note = agent;\n",
    )
    async with Setup.opened(tmp_path / "signoff.db") as setup:
        assert await migrate(setup, [*shipped(), later], clock.now()) == 1
        compare(await schema(setup), expected((*shipped(), later)))
        assert [tuple(row) for row in await setup.rows("SELECT id, note FROM proposals")] == [(made.id, "support-bot")]
        (version,) = await setup.rows("PRAGMA user_version")
        assert version[0] == 9999
    assert await store.differences() == []


async def test_a_later_migration_may_make_a_table_anew_that_others_refer_to(lifecycle, store, clock, tmp_path):
    """SQLite changes no CHECK, so a word more in one wants that."""
    made, _ = await lifecycle.submit(submission())
    later = made_anew("proposals", "'auto',", "'auto', 'later',")
    async with Setup.opened(tmp_path / "signoff.db") as setup:
        await migrate(setup, [*shipped(), later], clock.now())
        compare(await schema(setup), expected((*shipped(), later)))
        assert [row["id"] for row in await setup.rows("SELECT id FROM proposals")] == [made.id]
        with pytest.raises(Exception, match="FOREIGN KEY"):
            await setup.rows("DELETE FROM proposals")
    assert await store.differences() == []


async def test_a_migration_that_takes_away_what_others_refer_to_leaves_nothing_of_it(lifecycle, clock, store, tmp_path):
    await lifecycle.submit(submission())
    later = Migration(number=9999, name="later", script="DELETE FROM proposals;")
    async with Setup.opened(tmp_path / "signoff.db") as setup:
        with pytest.raises(DatabaseDamaged, match=r"9999_later leaves rows in .*revisions.* that refer to nothing"):
            await migrate(setup, [*shipped(), later], clock.now())
    assert await store.differences() == []


def made_anew(table, old, new):
    """A migration that makes the table again with other text, its rows, indexes and triggers as they were."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for each in shipped():
            connection.executescript(each.script)
        found = connection.execute(
            "SELECT type = 'table', sql FROM sqlite_master WHERE tbl_name = ? AND sql <> ''", [table]
        )
        body, *belonging = [sql for _, sql in sorted(found, reverse=True)]
    steps = (
        body.replace(f"TABLE {table} ", f"TABLE {table}_anew ").replace(old, new),
        f"INSERT INTO {table}_anew SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_anew RENAME TO {table}",
        *belonging,
    )
    return Migration(number=9999, name="later", script="".join(f"{step};\n" for step in steps))


async def test_an_old_program_that_still_runs_writes_nothing_once_a_newer_one_took_over(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as connection:
        connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(SchemaRefused, match="A newer version has taken over"):
        await lifecycle.submit(submission())
    assert await store.to_rejudge("policy-2") == [made.id]
