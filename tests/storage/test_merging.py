"""What one transaction adds goes to a server as one statement, in which no row's guard depends on their order."""

import asyncio
import re

import pytest

from approvals.ports import Conflict
from approvals.proposal import Status
from storage.engine import turns
from storage.engine.postgresql.connection import SCHEMA
from storage.engine.postgresql.merging import MERGED, MOST, Additions, changes, insert_of
from storage.engine.postgresql.statements import ServerStatements
from storage.engine.postgresql.writer import Writer
from storage.engine.queries import Query, queries
from tests.making import START
from tests.patience import PATIENCE
from tests.postgresql import new_server_database, on_server
from tests.storage.test_server_database import process
from tests.storage.town import ALICE, TablePolicy, submission

pytestmark = pytest.mark.sqlite

ENTRY = queries("entries")["append"]
SEAT = queries("proposals")["seat"]
ENQUEUE = queries("outbox")["enqueue"]
EXCLUDE = queries("proposals")["exclude"]
EXCLUDED = Query("excluded", "Whom.", "SELECT person FROM exclusions WHERE proposal_id = $1 ORDER BY person")


@pytest.fixture
def url():
    with new_server_database() as made:
        yield made


@pytest.fixture
async def one(url, clock):
    async with process(url, clock, TablePolicy()) as opened:
        yield opened


@pytest.fixture
def asked(monkeypatch):
    """How many statements the store has sent, by what begins each."""
    sent, ask = [], ServerStatements._asked

    async def counted(self, name, text, values, **more):
        sent.append(name)
        return await ask(self, name, text, values, **more)

    monkeypatch.setattr(ServerStatements, "_asked", counted)
    return sent


def test_what_adds_a_row_is_known_and_what_asks_for_one_is_not():
    assert insert_of(ENTRY).values == 14
    assert insert_of(SEAT).key == (0, 1)
    assert insert_of(ENQUEUE).tail_names_values
    others = [
        queries("proposals")["update_proposal"],
        queries("proposals")["insert_decision"],
        queries("callbacks")["enqueue"],
        queries("entries")["head"],
    ]
    assert [insert_of(each) for each in others] == [None] * len(others)


def test_no_row_is_changed_twice_by_one_statement_and_none_grows_without_end():
    additions, seat = Additions(), insert_of(SEAT)
    additions.add("seat", seat, ("prp_1", "support", 0, 1, 1))
    assert additions.takes(seat, ("prp_1", "legal", 0, 1, 1))
    assert not additions.takes(seat, ("prp_1", "support", 1, 1, 1))
    assert not additions.takes(insert_of(ENTRY), (None,) * MOST)


def test_values_stand_in_the_places_that_their_rows_name():
    additions = Additions()
    for number in (1, 2):
        additions.add("seat", insert_of(SEAT), (f"prp_{number}", "support", 0, 1, 1))
    additions.add("enqueue", insert_of(ENQUEUE), ("prp_1", "C0", "card", None, 1, 1, 1, None))
    text, values = additions.statement()
    assert [values[int(place) - 1] for place in re.findall(r"coalesce\(\$(\d+)", text)] == [None]
    assert re.findall(r"\$\d+", text.split("added_1")[0]) == [f"${n}" for n in range(1, 11)]
    assert re.search(r"version = coalesce\(\$14", text)
    assert (values[0], values[5], values[10], values[13]) == ("prp_1", "prp_2", "prp_1", None)
    assert not additions.takes(insert_of(ENQUEUE), ("prp_2", "C0", "card", None, 1, 1, 1, None))


def test_no_guard_of_a_row_asks_another_table_that_is_added_to_in_the_same_statement(url):
    guards = on_server(
        f"SET search_path = {SCHEMA}",
        "SELECT t.tgrelid::regclass::text AS of, p.proname AS name, p.prosrc AS source "
        "FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_class AS c ON c.oid = t.tgrelid "
        f"WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND NOT t.tgisinternal "
        "AND (t.tgtype & 2) = 2 AND (t.tgtype & 4) = 4",  # before, insert
        url=url,
    )[1]
    asking = {}
    for guard in guards:
        table = guard["of"].removeprefix(f"{SCHEMA}.")
        named = set(re.findall(r"(?:FROM|JOIN) (\w+)", guard["source"])) - {table}
        if table in MERGED and named:
            asking[guard["name"]] = named & MERGED
    # Of the entries it asks for those that stop or resume an agent, and no transaction adds one beside a proposal.
    # A drill is written alone, long before anything could refer to it.
    drills = {"refuse_drill": {"proposals"}, "refuse_event_of_drill": {"entries", "proposals"}}
    assert asking == {"refuse_stopped": {"entries"}, **drills}
    columns = "SELECT table_name AS of, generation_expression AS source FROM information_schema.columns "
    assert on_server(
        f"{columns} WHERE table_schema = '{SCHEMA}' AND generation_expression LIKE '%SELECT%'", url=url
    ) == [[]]


async def test_a_submission_of_which_it_is_known_that_nobody_said_no_is_written_in_one_statement(one, asked):
    await one.submit(submission(50))
    asked.clear()
    await one.submit(submission(50))
    assert asked == ["insert_proposal insert_revision exclude append keep_content append add"]


async def test_what_was_added_is_seen_by_whatever_is_asked_next(one):
    made, _ = await one.submit(submission())

    async def adding(tx):
        for person in ("U0X", "U0Y"):
            await tx._statements.rows(EXCLUDE, made.id, person, 1, 1)
        return await tx._statements.rows(EXCLUDED, made.id)

    assert [row["person"] for row in await one.store.transact(adding)] == ["U0OWNER", "U0X", "U0Y"]


async def test_a_row_that_is_refused_when_its_transaction_ends_leaves_those_that_share_the_commit_whole(
    one, url, monkeypatch
):
    """What they wrote is written once more, each statement as it was."""
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)

    async def broken(tx):
        await tx._statements.rows(EXCLUDE, "prp_none", "U0X", 1, 1)

    found = await asyncio.gather(
        *(one.submit(submission(50)) for _ in range(3)),
        one.store.transact(broken),
        *(one.submit(submission(50)) for _ in range(3)),
        return_exceptions=True,
    )
    assert [type(each).__name__ for each in found] == ["tuple"] * 3 + ["Violation"] + ["tuple"] * 3
    assert on_server(f"SELECT number FROM {SCHEMA}.turns", url=url)[0][0]["number"] == 1
    assert (await one.store.reads.counts(START)).by_status[Status.approved] == 6
    assert await one.store.audit.verify() is None
    assert await one.store.differences() == []


async def test_where_another_process_came_between_those_who_shared_the_commit_are_told_to_try_again(
    one, url, monkeypatch
):
    """What they read may hold no more."""
    begin, begun = Writer._begin, []

    async def begins(self, connection):
        begun.append(connection)
        if len(begun) > 1:
            on_server(f"UPDATE {SCHEMA}.turns SET number = number + 1", url=url)
        return await begin(self, connection)

    async def broken(tx):
        await tx._statements.rows(EXCLUDE, "prp_none", "U0X", 1, 1)

    monkeypatch.setattr(turns, "LONGEST", PATIENCE)
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_begin", begins)
        found = await asyncio.gather(
            *(one.submit(submission(50)) for _ in range(3)), one.store.transact(broken), return_exceptions=True
        )
    assert [type(each).__name__ for each in found] == ["StoreBusy"] * 4
    assert (await one.store.reads.counts(START)).by_status.get(Status.approved, 0) == 0
    assert (await one.submit(submission(50)))[0].status is Status.approved
    assert await one.store.audit.verify() is None


async def test_a_row_that_the_schema_refuses_is_a_conflict_whenever_the_server_hears_of_it(one, url):
    made, _ = await one.submit(submission())
    on_server(
        f"SET search_path = {SCHEMA}",
        "CREATE TEMP TABLE copy AS SELECT * FROM proposals",
        "UPDATE copy SET id = overlay(id placing '2' from length(id))",
        "INSERT INTO proposals SELECT * FROM copy",
        url=url,
    )
    with pytest.raises(Conflict):
        await one.submit(submission())
    assert (await one.approve(made.id, ALICE, made.nonce)).status is Status.approved


def test_what_only_asks_changes_nothing():
    assert not changes(queries("outbox")["most_urgent"])
    assert not changes(queries("stats")["stats"])
    assert changes(queries("proposals")["update_proposal"])
    assert changes(queries("stops")["resume"])
