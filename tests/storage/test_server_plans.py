"""On a server too nothing that is asked walks through the past: each query can be answered by an index, from a place on."""

import asyncio
import json

import pytest

from storage.engine.postgresql.connection import connected
from storage.engine.queries import queries
from tests.postgresql import new_server_database
from tests.storage.test_flat import ASKED, FEW, GROWS, OPEN

pytestmark = pytest.mark.sqlite

FIRST = {
    ("outbox", "lease"): "the greatest, which is the end of an index",
    ("callbacks", "lease"): "the greatest, which is the end of an index",
    ("export_cursors", "begin"): "the greatest, which is the end of an index",
}
"""Queries whose plan names no bound though they read one row alone."""
WAITING = {"proposals_pending_of", "proposals_equal", "proposals_open_of", "entries_of_stop", "outbox_unposted_of"}
"""More indexes that hold nothing that is over: of several such the server takes any. Of stops by people there are few."""


MANY = 4000
AS_OF_THE_PAST = {
    "status": "'succeeded'", "cause": "'reviewer'", "verdict": "'approve'", "tag": "CASE WHEN n % 8 = 0 THEN 'proposal:rejected' ELSE 'proposal:submitted' END",
    "actor_kind": "CASE WHEN n % 8 = 0 THEN 'reviewer' ELSE 'agent' END", "state": "CASE WHEN {table} = 'messages' THEN 'posted' ELSE 'delivered' END", "kind": "'card'",
    "gate": "'{{}}'", "facts": "'{{}}'", "roles": "'[]'", "rollback": "NULL", "drill": "NULL", "due_at": "NULL", "dead_letter": "0",
    "retracted_at": "NULL", "ended": "'expired'", "waiting": "0", "agent": "'support-bot'", "role": "'support'",
    "channel": "'C0SUPPORT'", "actor_id": "'support-bot'", "action": "'refund.create'",
}  # fmt: skip
"""What stands in the columns of what is over; in all others each row has a value of its own."""


@pytest.fixture(scope="module")
def plans():
    """What the server does for each query, whatever its values: by its steps, those within others too."""
    with new_server_database() as url:
        yield asyncio.run(_plans(url))


async def _plans(url):
    connection = await connected(url)
    await _fill(connection)
    await connection.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
    found = {}
    for file, name in ASKED:
        text = queries(file)[name].postgresql
        values = ["NULL"] * len((await connection.prepare(text)).get_parameters())
        await connection.execute(f"PREPARE asked AS {text}")
        bracketed = f"({', '.join(values)})" if values else ""
        ((plan,),) = await connection.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE asked{bracketed}")
        await connection.execute("DEALLOCATE asked")
        found[file, name] = list(steps(json.loads(plan)[0]["Plan"]))
    await connection.close()
    return found


async def _fill(connection):
    """Rows in all tables that grow, as many as a planner takes seriously. No guard and no constraint looks at them."""
    await connection.execute("SET session_replication_role = replica")
    checks = "SELECT conrelid::regclass::text AS of, conname AS name FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for check in await connection.fetch(f"{checks} AND connamespace = current_schema()::regnamespace"):
        await connection.execute(f"ALTER TABLE {check['of']} DROP CONSTRAINT {check['name']}")
    for table in sorted(GROWS):
        columns = await connection.fetch(
            "SELECT column_name AS name, data_type = 'text' AS of_text, is_nullable = 'YES' AS free FROM information_schema.columns "
            f"WHERE table_schema = current_schema() AND table_name = '{table}' AND is_generated = 'NEVER'"
        )
        names = [column["name"] for column in columns]
        values = [_value(table, **column) for column in columns]
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM generate_series(1, {MANY}) AS n"
        )
    await connection.execute("ANALYZE")


def _value(table, name, of_text, free):
    kept = AS_OF_THE_PAST.get(name)
    if kept is None or (kept == "NULL" and not free):
        return f"'{name}' || n" if of_text else "n"
    return kept.format(table=f"'{table}'")


def steps(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from steps(each)


@pytest.mark.parametrize(("file", "name"), ASKED)
def test_no_query_has_to_walk_a_table_that_grows_with_the_past(plans, file, name):
    walked = [
        step
        for step in plans[file, name]
        if step.get("Relation Name") in GROWS
        and "Index Cond" not in step
        and step["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}
        and step.get("Index Name") not in OPEN.keys() | WAITING
    ]
    assert not walked or (file, name) in FEW.keys() | FIRST.keys(), walked


def test_what_was_planned_while_little_was_there_reads_no_more_once_there_is_much():
    """A server keeps a plan, and knows nothing of a young table: another index fits as well then, and is walked."""
    with new_server_database() as url:
        assert asyncio.run(_read_once_grown(url)) == 0


async def _read_once_grown(url):
    """How many rows of indexes the question about noes reads for a digest that nobody had, asked since the beginning."""
    connection = await connected(url)
    asked = await connection.prepare(queries("past")["opposed"].postgresql)
    await connection.execute("SET session_replication_role = replica")
    for first, last in ((1, 10), (11, 100), (101, 1000)):
        await connection.execute(
            "INSERT INTO entries (seq, id, at, tag, proposal_id, actor_kind, actor_id, actor_proof, facts, previous, hash, seal) "
            "SELECT n, 'e' || n, n, 'proposal:submitted', 'p' || n, 'agent', 'a', '[]', "
            "json_build_object('action', json_build_object('digest', 'sha256:' || n), 'gate', repeat('x', 2500))::text, "
            f"'h', 'h' || n, 's' FROM generate_series({first}, {last}) AS n"
        )
        for _ in range(50):
            await asked.fetch('["sha256:nobodys"]', '["proposal:rejected"]')
    await connection.close()  # with which what was counted is told
    reader = await connected(url)
    counted = (
        "SELECT sum(idx_scan) AS asked, sum(idx_tup_read) AS read FROM pg_stat_user_indexes WHERE relname = 'entries'"
    )
    while not (found := await reader.fetchrow(counted))["asked"]:
        """It is counted by another process of the server."""
    await reader.close()
    return found["read"]
