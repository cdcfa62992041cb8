"""The named queries give the same on both databases: those of a world in which something of everything happened, one after
the other, each with what it found; and what only asks also with values that nobody thought of."""

import asyncio
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.paging import Filter
from approvals.proposal import Action, Status
from storage.databases.migrate import shipped
from storage.engine.queries import Query, queries
from storage.engine.sqlite.thread import ThreadStatements
from tests.making import START
from tests.postgresql import empty_server_database, new_server_database, on_server
from tests.storage.past_queries import PAYLOAD, held, lately, repeat, usual
from tests.storage.test_named_queries import NAMED
from tests.storage.town import ALICE, BOB, submission
from tests.threats.rows import OPERATOR, built

pytestmark = pytest.mark.sqlite

DAY = timedelta(days=1)
ODD = 'it\'s "ü" ẞ 日本 \\ % _ 😀'
ME = (BOB.user, {"support", "finance"})
FILTERS = (
    Filter(),
    Filter(agent="support-bot", action="REFUND.*", role="support"),
    Filter(action="Ärger.*"),
    Filter(action="äRGER.*"),
    Filter(agent=ODD, action="*ü%_\\*", role=ODD, by=ODD, status="expired"),
)
LISTS = (
    "[]",
    '["support", "finance", "U0ALICE", "card"]',
    '[null, "ü", 3]',
    "[]",
    '["prp_00000000000000000000000000000004"]',
)
PAIRS = ("[]", '[["U0ALICE", "support"]]', f'[["{ALICE.user}", "finance"], ["ü", null]]', "[]", "[]")
ROWS_OF_DAYS = (
    "[]",
    "[[1, 0, 30000]]",
    "[[64, 0, 29952], [8, 20768, 20776]]",
    "[[null, 0, 1]]",
    "[[8, 0, 30000], [1, 0, 0]]",
)
TEXTS = ("support-bot", None, ODD, "prp_00000000000000000000000000000004", "refund.create")
NUMBERS = (0, 2**36, None, 1, 50)
"""What is asked with: each of a kind meets each of another."""

ON_ITS_OWN = {queries("comparing")["integrity"]}
"""What a database says of itself, in its own words."""


async def lived(world):
    """What happens to the world once it is built: with odd words in it, and everything that is asked of it."""
    verbs, store, clock = world.lifecycle, world.store, world.clock
    odd = replace(
        submission(255), action=Action(name="refund.create", payload={**PAYLOAD, "note": ODD, ODD: [None, 2**53 - 1]})
    )
    made, _ = await verbs.submit(odd)
    approved = await verbs.edit(made.id, ALICE, {**PAYLOAD, "note": f"{ODD}!"}, made.nonce)
    await verbs.revoke(made.id, ALICE, ODD, approved.nonce)
    named = Action(name="Ärger.mit", payload={"amount": 257, "order": "1001"})
    for _ in range(2):
        await verbs.submit(replace(submission(), action=named))
    for waited in (0, 1, 5, 37, 1100, 1500, 70_000, 900_000):
        after, _ = await verbs.submit(submission(256))
        clock.forward(milliseconds=waited)
        seen = Attestation(first_seen=FirstSeen(at=after.created_at, words=1 + waited // 9))
        await verbs.approve(after.id, ALICE, after.nonce, attestation=seen)
    await verbs.revoke(after.id, ALICE, "No.", (await store.find(after.id)).nonce)
    watched, _ = await verbs.submit(submission(60, claim=True))
    await verbs.report(watched.id, "support-bot", Status.failed, ODD, None)
    large, _ = await verbs.submit(submission(2500, run_id=ODD))
    await verbs.approve(large.id, ALICE, large.nonce)
    await asked(world)
    clock.forward(hours=3)
    await verbs.sweep()
    world.policy.version = "policy-2"
    await verbs.rejudge()
    while delivery := await store.outbox.lease(clock.now(), 60):
        await store.outbox.complete(delivery)
    while callback := await store.callbacks.lease(clock.now(), 60):
        await store.callbacks.complete(callback)
    await world.stopping.resume("other-bot", OPERATOR)
    await asked(world)


async def asked(world):
    """Asks for each list, figure and fact that there is."""
    store, now = world.store, world.clock.now()
    for only in FILTERS:
        for page in ({"limit": 3}, {"limit": 50}):
            listed = await store.reads.waiting(*ME, now=now, delegated=[("U0ALICE", "support")], only=only, **page)
            if listed.after is not None:
                await store.reads.waiting(*ME, now=now, only=only, at=listed.after, **page)
            await store.reads.visible(*ME, as_of=now, only=only, **page)
            history = await store.reads.history(*ME, as_of=now, only=only, **page)
            if history.after is not None:
                await store.reads.history(*ME, as_of=now, only=only, at=replace(history.after, before=True), **page)
        await store.counting.figures(*ME, since=now - DAY, now=now, agent=only.agent, role=only.role, limit=6)
        await store.insights.insight(since=now - DAY, now=now, agent=only.agent, role=only.role)
    await store.insights.insight(since=now - DAY, now=now, reviewer=ALICE.user, limit=1)
    await store.insights.queue(now)
    await store.reads.approved(ALICE.user, now=now, limit=5)
    await store.reads.overdue(*ME, now=now, limit=5)
    await store.remembered.listed(*ME, now=now, offset=0, limit=5)
    for status in (None, *Status):
        await store.reads.of_agent("support-bot", status=status, now=now, limit=50)
    await store.reads.of_agent("support-bot", run_id=ODD, action="refund.create", now=now, limit=50)
    await store.reads.counts(now)
    await store.reads.dead_letters()
    await store.reads.overdue_untold(START)
    await store.answers(
        [held(PAYLOAD["to"]["iban"]), usual(), repeat(PAYLOAD), lately("REFUND.*"), lately("Ärger.*")], now
    )
    await store.outbox.next_due()
    await store.callbacks.next_due()
    assert await store.differences() == []


class Journal:
    """Every statement of SQLite's whose transaction was kept, in order, with its values and what it found."""

    def __init__(self, patch):
        self._lines = []
        self._kept = set()
        rows, committed = ThreadStatements.rows, ThreadStatements.committed

        async def noted(statements, query, *values):
            found = await rows(statements, query, *values)
            self._lines.append((statements, query, values, [dict(each) for each in found]))
            return found

        def kept(statements):
            self._kept.add(id(statements))
            committed(statements)

        patch.setattr(ThreadStatements, "rows", noted)
        patch.setattr(ThreadStatements, "committed", kept)

    @property
    def lines(self):
        wrote = {id(statements) for statements, query, _, _ in self._lines if writes(query.text)}
        return [
            (query, values, found)
            for statements, query, values, found in self._lines
            if id(statements) in self._kept or id(statements) not in wrote
        ]


def writes(text):
    return re.match(r"(?:--.*\n\s*)*(INSERT|UPDATE|DELETE)", text) is not None


def in_order(query, rows):
    """The rows as a list where the query orders them, else as they come, in any order."""
    found = [dict(row) for row in rows]
    return found if "ORDER BY" in query.text else Counter(repr(sorted(row.items())) for row in found)


class Deliveries:
    """Which id a delivery has on the server. It leaves some out, for it counts what was only enqueued once more too."""

    def __init__(self):
        self._there = {}
        self._queries = set(queries("outbox").values())

    def asked(self, query, values):
        """The values of a query as the server knows them."""
        return (self._there[values[0]], *values[1:]) if query == queries("outbox")["lease"] else values

    def found(self, query, here, there):
        """What the server should have found, once it is known as what it has the delivery."""
        if query not in self._queries or not here or "id" not in here[0] or len(here) != len(there):
            return here
        return [
            {**one, "id": self._there.setdefault(one["id"], other["id"])}
            for one, other in zip(here, there, strict=True)
        ]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What differs between the answers of both: of what happened, and of what is asked with other values afterwards."""
    path = tmp_path_factory.mktemp("world") / "signoff.db"
    with pytest.MonkeyPatch.context() as patch, empty_server_database() as url:
        yield asyncio.run(_both(path, Journal(patch), url))


async def _both(path, journal, url):
    world = await built(path)
    async with world.opened():
        await lived(world)
        server = await asyncpg.connect(url)
        await server.execute("CREATE SCHEMA signoff; SET search_path = signoff")
        for migration in shipped("postgresql"):
            await server.execute(migration.script)
        replayed, differing, deliveries = journal.lines, [], Deliveries()
        async with server.transaction():
            for query, values, here in replayed:
                if query in ON_ITS_OWN:
                    continue
                there = await server.fetch(query.postgresql, *deliveries.asked(query, values))
                if in_order(query, there) != in_order(query, deliveries.found(query, here, there)):
                    differing.append((query.name, values, here, there))
        differing += [(table, here, there) async for table, here, there in _tables(world.store, server)]
        for file, name in NAMED:
            query = queries(file)[name]
            if not writes(query.text) and query not in ON_ITS_OWN:
                differing += [(name, *each) async for each in _odd(world.store, server, query)]
        await server.close()
    return {query.name for query, _, _ in replayed}, differing


async def _tables(store, server):
    """The tables that hold other rows on the server."""
    for (table,) in await server.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'signoff' AND tablename <> 'turns'"
    ):
        query = Query(table, "All of a table.", f"SELECT * FROM {table}")
        here = await store._database.read(lambda each, asked=query: each.rows(asked))
        found = [
            [{name: value for name, value in dict(row).items() if (table, name) != ("outbox", "id")} for row in rows]
            for rows in (here, await server.fetch(query.text))
        ]
        if in_order(query, found[0]) != in_order(query, found[1]):
            yield table, *found


async def _odd(store, server, query):
    statement = await server.prepare(query.postgresql)
    kinds = [each.name for each in statement.get_parameters()]
    pools = [_pool(query.text, number, kind) for number, kind in enumerate(kinds, 1)]
    for turn in range(len(TEXTS) ** 2 if len(pools) > 1 else len(TEXTS)):
        values = [pool[(turn + place * (turn // len(pool))) % len(pool)] for place, pool in enumerate(pools)]
        here = await store._database.read(lambda each, asked=values: each.rows(query, *asked))
        there = await server.fetch(query.postgresql, *values)
        if in_order(query, here) != in_order(query, there):
            yield values, here, there


def _pool(text, number, kind):
    """What may stand in this place: the queries take JSON where they take it apart, and a limit is a number."""
    if f"json_each(${number}) AS b" in text:
        return ROWS_OF_DAYS
    if re.search(rf"json_each\(\${number}\)", text):
        return PAIRS if "json_extract(l.value" in text and f"json_each(${number}) AS l" in text else LISTS
    if re.search(rf"(LIMIT|OFFSET) \${number}\b", text):
        return (1, 3, 50, 0, 2)
    return TEXTS if kind == "text" else (0, 1, 1, 0, 1) if kind == "int4" else NUMBERS


def test_every_statement_finds_and_changes_the_same_on_both(both):
    names, differing = both
    assert len(names) > 100
    assert differing == []


DOCUMENTS = (
    '{"a":{"b":["p","ü",null,["q","r"]]},"c":"x\\\\u0000","":"e","d":"\\u001a"}',
    '["p","q",["r","s"],{"a":"t"},null]',
    "[]",
    "{}",
    '"alone"',
    "null",
    None,
)
ALONE = {'"alone"', "null"}
"""Neither a list nor an object: SQLite takes each for a list of itself, and no query takes one apart."""
PATHS = ("$", "$.a", "$.a.b", "$.a.b[3][1]", "$.c", "$[1]", "$[2][0]", "$[3].a", "$.none", "$[9]")


@pytest.fixture(scope="module")
def server():
    with new_server_database() as url:
        yield lambda text: [tuple(row) for row in on_server("SET search_path = signoff", text, url=url)[1]]


def quoted(text):
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_json_is_taken_apart_alike(server, document):
    text = (
        f"SELECT 0 AS number, CAST(key AS TEXT) AS a, value AS b FROM json_each({quoted(document)}) UNION ALL "
        + " UNION ALL ".join(
            f"SELECT {number}, NULL, json_extract({quoted(document)}, '{path}')" for number, path in enumerate(PATHS, 1)
        )
        + f" UNION ALL SELECT 99, NULL, CASE WHEN json_valid({quoted(document)}) THEN 'yes' ELSE 'no' END"
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        here = connection.execute(text).fetchall()
    if document in ALONE:
        here = [row for row in here if row[0] != 0]
    assert server(text) == here


def test_what_is_no_json_is_known_not_to_be(server):
    assert server("SELECT json_valid('{'), json_valid('{}'), instr('abc', 'c'), instr('abc', 'x')") == [
        (False, True, 3, 0)
    ]


def test_a_value_that_holds_a_nul_is_equal_to_no_text(server):
    document = quoted('{"a":"x\\u0000","b":["\\u0000\\u0000","y","\\\\u0000","\\\\\\u0000"],"c\\u0000":1}')
    asked = f"SELECT json_extract({document}, '$.a'), json_extract({document}, '$.b[1]'), json_extract({document}, '$.b[0]')"
    assert server(asked) == [(None, "y", None)]
    assert server(f"SELECT value FROM json_each(json_extract({document}, '$.b'))") == [("y",), ("\\u0000",)]
    assert server(f"SELECT key FROM json_each({document})") == [("b",)]
