"""Nothing that a request, a click, a sweep or a start asks walks through the past: by its plans, and by the steps it takes."""

import asyncio
import re
import sqlite3
from datetime import timedelta

import pytest

from approvals.lifecycle import Lifecycle
from approvals.paging import Filter
from approvals.proposal import Status
from storage import open_store
from storage.engine.queries import Query, queries
from storage.erasure import BEGINNING
from tests.databases import KEY, new_database
from tests.house.tree import ROOT
from tests.making import START, Clock, Ids, Lots
from tests.past import write_past
from tests.storage.past_queries import IBAN, PAYLOAD, held, lately, repeat, spent, usual
from tests.storage.town import BOB, TablePolicy, submission

pytestmark = pytest.mark.sqlite

GROWS = {
    "approved_values",
    "batch_members",
    "batches",
    "callbacks",
    "decisions",
    "delegations",
    "direct_members",
    "entries",
    "exclusions",
    "flood_members",
    "floods",
    "forms",
    "messages",
    "modals",
    "outbox",
    "proposals",
    "questions",
    "remembered_decisions",
    "remembered_uses",
    "revisions",
    "samples",
    "seats",
    "stream",
}
"""Tables that have a row or more of what is long over."""
OPEN = {
    "proposals_due": "what time will still do something to",
    "proposals_waiting": "what waits",
    "proposals_to_rejudge": "what waits or is not claimed yet",
    "proposals_suspended": "what waits while everything is stopped",
    "proposals_claimed": "what nobody has reported on",
    "proposals_to_roll_back": "what is to be rolled back",
    "outbox_urgent": "what waits to be sent",
    "outbox_ready": "what waits to be sent",
    "outbox_dead_letters": "what was given up, until it is sent again",
    "callbacks_due": "what waits to be sent",
    "callbacks_ready": "what waits to be sent",
    "messages_waits": "what tells a person that something waits",
    "delegations_due": "what nobody has ended",
    "remembered_open": "what counts",
    "remembered_until": "what counts",
    "remembered_of_person": "what counts",
}
"""Indexes that hold nothing that is over, so that to walk them is to walk what is open."""
FEW = {
    ("entries", "head"): "the first of the newest",
    ("samples", "ever"): "the first that is found",
    ("callbacks", "given_up"): "so many, for `signoff callbacks`",
    ("callbacks", "newest"): "so many of the newest, for `signoff callbacks`",
    ("testimony", "policy"): "the first of the newest",
    ("testimony", "policy_begun"): "the first of the newest",
    ("testimony", "policy_begun_before"): "as many as policies came into force, at a start",
}
"""Queries whose plan names no bound though they read a few rows alone."""
WALKS = {"comparing": "`signoff audit verify` compares everything there is"}


def known(text):
    """The tables of a statement by the names it gives them."""
    bare = re.sub(r"--.*", "", text)
    found = {}
    for table, name in re.findall(r"(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+AS\s+(\w+))?", bare):
        found[name or table] = table
        found.setdefault(table, table)
    return found


def walked(text, steps):
    """The steps that go through a table that grows, or an index of it, from one end to the other."""
    names = known(text)
    for step in steps:
        scan = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", step)
        if scan and names.get(scan[1]) in GROWS and scan[2] not in OPEN:
            yield step


async def plan(store, query):
    text = Query(query.name, query.sentence, "EXPLAIN QUERY PLAN " + query.text)
    values = ["[]"] * len(set(re.findall(r"\$\d+", query.text)))
    return [row["detail"] for row in await store._database.read(lambda statements: statements.rows(text, *values))]


ASKED = [
    (path.stem, name)
    for path in sorted((ROOT / "storage" / "sql").glob("*.sql"))
    if path.stem not in WALKS
    for name in queries(path.stem)
]


@pytest.mark.parametrize(("file", "name"), ASKED)
async def test_no_query_walks_a_table_that_grows_with_the_past(store, file, name):
    query = queries(file)[name]
    found = list(walked(query.text, await plan(store, query)))
    assert bool(found) == ((file, name) in FEW), found


async def test_a_walk_is_seen(store):
    walks = [
        "SELECT id FROM proposals WHERE reason = $1",
        "SELECT p.id FROM proposals AS p WHERE p.reason = $1 ORDER BY p.created_at LIMIT 1",
        "SELECT count(*) FROM entries",
        "UPDATE floods SET called = $1 WHERE begun_at = $1",
    ]
    for text in walks:
        assert list(walked(text, await plan(store, Query("walk", "Walks.", text))))
    bound = "SELECT id FROM proposals WHERE agent = $1 AND drill IS NULL"
    assert not list(walked(bound, await plan(store, Query("bound", "Is bound.", bound))))


SHORT, LONG = 6000, 18_000
"""As many proposals are over; of the shorter past too there is more than one list looks through."""
NOW = START + timedelta(hours=1)
CONNECT = sqlite3.connect
EVERY = 50
"""So many steps of SQLite's machine are counted as one."""


ME, OWNER = (BOB.user, {"support"}), ("U0OWNER", ())
PAGE = {"as_of": NOW, "limit": 8}
FIGURES = {"now": NOW, "limit": 6}
OF_AGENT = {"now": NOW, "limit": 50}
ASKS = {
    "what waits": lambda store, _: store.reads.waiting(*ME, now=NOW, limit=8),
    "all": lambda store, _: store.reads.visible(*ME, **PAGE),
    "all of an agent that has nothing": lambda store, _: store.reads.visible(*ME, only=Filter(agent="x"), **PAGE),
    "all of a role that has nothing": lambda store, _: store.reads.visible("U0X", {"legal"}, **PAGE),
    "mine": lambda store, _: store.reads.visible(*OWNER, **PAGE),
    "history": lambda store, _: store.reads.history(*ME, **PAGE),
    "history of what a person decided": lambda store, _: store.reads.history(*ME, only=Filter(by="U0ALICE"), **PAGE),
    "history of a status": lambda store, _: store.reads.history(*ME, only=Filter(status="lapsed"), **PAGE),
    "overdue": lambda store, _: store.reads.overdue(*ME, now=NOW, limit=8),
    "stats": lambda store, _: store.counting.figures(*ME, since=NOW - timedelta(days=30), **FIGURES),
    "stats of ten years": lambda store, _: store.counting.figures(*ME, since=NOW - timedelta(days=3650), **FIGURES),
    "insights of a month": lambda store, _: store.insights.insight(since=NOW - timedelta(days=30), now=NOW),
    "insights of a person in ten years": lambda store, _: store.insights.insight(
        since=NOW - timedelta(days=3650), now=NOW, reviewer="U0ALICE", role="support"
    ),
    "how long what waits has waited": lambda store, _: store.insights.queue(NOW),
    "remembered": lambda store, _: store.remembered.listed(*ME, now=NOW, offset=0, limit=8),
    "show": lambda store, _: store.reads.beginning("prp_01", "U0X", {"legal"}, limit=5),
    "an agent's list": lambda store, _: store.reads.of_agent("support-bot", **OF_AGENT),
    "an agent's list of what waits": lambda store, _: store.reads.of_agent(
        "support-bot", status=Status.pending, **OF_AGENT
    ),
    "an agent's list of a status": lambda store, _: store.reads.of_agent(
        "support-bot", status=Status.unknown, **OF_AGENT
    ),
    "an agent's list of a run": lambda store, _: store.reads.of_agent("support-bot", run_id="x", **OF_AGENT),
    "an agent's list of an action": lambda store, _: store.reads.of_agent("support-bot", action="x", **OF_AGENT),
    "an agent's feedback": lambda store, _: store.feedback.of_agent("support-bot", limit=50),
    "an agent's feedback on an action": lambda store, _: store.feedback.of_agent("support-bot", action="x", limit=50),
    "metrics": lambda store, _: store.reads.counts(NOW),
    "readiness": lambda store, _: store.reads.dead_letters(),
    "what is overdue and untold": lambda store, _: store.reads.overdue_untold(None),
    "the end of a stream": lambda store, _: store.stream.newest("support-bot"),
    "a sweep": lambda _, verbs: verbs.sweep(),
    "judging again at a start": lambda _, verbs: verbs.rejudge(),
    "a submission that runs": lambda _, verbs: verbs.submit(submission(10)),
    "a submission that waits": lambda _, verbs: verbs.submit(submission(250)),
    "whether a value is new": lambda store, _: store.answers([held(IBAN)], NOW),
    "whether a number is unusual": lambda store, _: store.answers([usual()], NOW),
    "whether it was rejected": lambda store, _: store.answers([repeat(PAYLOAD)], NOW),
    "the actions of which something is over": lambda store, _: store.erasures.next_action("a"),
    "what of an action is over": lambda store, _: store.erasures.over_of("refund.create", NOW, BEGINNING, 10),
    "forms that are old": lambda store, _: store.erasures.purge_forms(NOW),
    "modals that are old": lambda store, _: store.erasures.purge_modals(NOW),
    "callbacks that are old": lambda store, _: store.erasures.purge_callbacks(NOW),
    "deliveries that were given up long ago": lambda store, _: store.erasures.leave_deliveries(NOW),
    "what a person decided lately": lambda store, _: store.recent_decisions("U0ALICE", NOW - timedelta(days=1), 20),
    "how many came": lambda store, _: store.answers([lately()], NOW),
    "what counts in a budget": lambda store, _: store.answers([spent()], NOW),
    "what counts in a budget, to who writes": lambda store, _: store.transact(lambda tx: tx.answers([spent()], NOW)),
}
"""All that is asked of a store and its verbs, by name."""


class Machine:
    """SQLite's machine: how many steps it took on all connections that were opened under watch."""

    def __init__(self):
        self.steps = 0

    def watched(self, *args, **kwargs):
        connection = CONNECT(*args, **kwargs)
        connection.set_progress_handler(self.step, EVERY)
        return connection

    def step(self):
        self.steps += 1


async def taken(folder, count, machine):
    """How many steps each takes over a past of so many, the second time that it is asked."""
    path = folder / f"{count}.db"
    url = new_database(path)
    await write_past(path, count, until=START, days=30)
    clock = Clock(NOW)
    async with open_store(url, KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        found = {}
        for name, ask in ASKS.items():
            await ask(store, lifecycle)
            before = machine.steps
            await ask(store, lifecycle)
            found[name] = machine.steps - before
    return found


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pasts")
    machine = Machine()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", machine.watched)
        found = [asyncio.run(taken(folder, count, machine)) for count in (SHORT, LONG)]
    assert min(sum(each.values()) for each in found) > 1000, "nothing is counted"
    return found


@pytest.mark.parametrize("name", ASKS)
def test_it_takes_as_many_steps_however_long_the_past_is(steps, name):
    short, long = (each[name] for each in steps)
    assert long <= 1.1 * short + 20
