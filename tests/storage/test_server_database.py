"""A database on a server: many processes, of which one writes at a time, and each hears of the others' commits."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from approvals.events import Withdrawn
from approvals.lifecycle import SYSTEM, Lifecycle
from approvals.ports import Conflict, StoreBusy
from approvals.proposal import Status
from approvals.record import record
from storage import NoDatabase, SchemaRefused, StoreFault, WrongUrl, open_reads, open_store
from storage.engine.database import Violation
from storage.engine.postgresql.connection import SCHEMA
from storage.engine.queries import Query
from tests.databases import KEY
from tests.making import START, Ids, Lots
from tests.patience import PATIENCE
from tests.postgresql import empty_server_database, new_server_database, on_server
from tests.storage.town import ALICE, CLAIMANT, TablePolicy, submission
from tests.storage.wire import wire_to

pytestmark = pytest.mark.sqlite

INSERT = Query("insert", "Breaks a foreign key.", "INSERT INTO seats VALUES ('prp_none', 'support', 0, 1, 1, 0, 0)")


@pytest.fixture
def url():
    with new_server_database() as made:
        yield made


@pytest.fixture
def policy():
    return TablePolicy()


@asynccontextmanager
async def process(url, clock, policy, number=0):
    """The store and the verbs as one process has them."""
    async with open_store(url, KEY, clock) as store:
        ids = Ids()
        ids.proposals = number * 1_000_000
        yield Lifecycle(store=store, policy=policy, clock=clock, ids=ids, randomness=Lots())


@pytest.fixture
async def one(url, clock, policy):
    async with process(url, clock, policy, 1) as opened:
        yield opened


@pytest.fixture
async def other(url, clock, policy):
    async with process(url, clock, policy, 2) as opened:
        yield opened


@asynccontextmanager
async def wired(url, clock, policy):
    """A process whose wire to the server can be cut."""
    async with wire_to(url).standing() as wire, process(wire.url, clock, policy) as lifecycle:
        yield wire, lifecycle


async def soon(work):
    async with asyncio.timeout(PATIENCE):
        return await work


async def test_what_the_schema_refuses_is_said_without_what_is_in_the_row(one):
    """Who is answered with it may be anybody."""
    with pytest.raises(Violation, match="foreign key") as said:
        await one.store._database.write(lambda statements: statements.rows(INSERT))
    assert "prp_none" not in str(said.value)


async def test_what_one_process_wrote_is_there_for_the_other(one, other):
    made, _ = await one.submit(submission())
    assert await other.store.find(made.id) == made
    approved = await other.approve(made.id, ALICE, made.nonce)
    claimed = await one.claim(made.id, "support-bot", approved.digest, CLAIMANT)
    assert (await other.store.find(made.id)).status is claimed.status is Status.claimed


async def test_two_processes_that_write_at_once_make_one_chain_without_gaps(one, other):
    await asyncio.gather(*(each.submit(submission(50)) for _ in range(30) for each in (one, other)))
    entries = await one.store.audit.entries(0, 1000)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert await one.store.audit.verify() is None
    assert await other.store.differences() == []


async def test_of_many_processes_one_gets_the_claim(url, clock, policy):
    async with AsyncExitStack() as stack:
        several = [await stack.enter_async_context(process(url, clock, policy, n)) for n in range(4)]
        for _ in range(5):
            made, _ = await several[0].submit(submission(50))
            claims = await asyncio.gather(
                *(each.claim(made.id, "support-bot", made.digest, f"{n:064d}") for n, each in enumerate(several)),
                return_exceptions=True,
            )
            assert sum(not isinstance(each, Exception) for each in claims) == 1


async def test_one_key_is_one_proposal_whichever_process_it_comes_to(one, other):
    found = await asyncio.gather(*(each.submit(submission(50, key="k")) for _ in range(5) for each in (one, other)))
    assert len({proposal.id for proposal, _ in found}) == 1
    assert sum(new for _, new in found) == 1


async def test_who_waits_in_one_process_hears_what_the_other_committed(one, other):
    made, _ = await one.submit(submission())
    waiting = asyncio.create_task(one.store.changed(made.id, made.version))
    tidings = one.store.stream.coming("support-bot")
    deliveries = asyncio.create_task(one.store.outbox.until_enqueued())
    await one.store.reads.counts(START)
    await other.approve(made.id, ALICE, made.nonce)
    assert (await soon(waiting)).status is Status.approved
    await soon(tidings)
    await soon(deliveries)


async def test_what_was_committed_while_nobody_could_listen_is_heard_afterwards(one, url, clock, policy):
    made, _ = await one.submit(submission())
    async with wired(url, clock, policy) as (wire, far):

        async def changed():
            while True:
                try:
                    return await far.store.changed(made.id, made.version)
                except StoreBusy:
                    pass  # it was still looking when the wire was cut

        waiting = asyncio.create_task(changed())
        await far.store.reads.counts(START)
        wire.down = True
        wire.cut()
        await one.approve(made.id, ALICE, made.nonce)
        wire.down = False
        assert (await soon(waiting)).status is Status.approved


async def test_one_that_fails_among_those_that_share_a_commit_leaves_the_others_whole(one):
    async def broken(tx):
        await tx._statements.rows(INSERT)

    found = await asyncio.gather(
        *(one.submit(submission(50)) for _ in range(3)),
        one.store.transact(broken),
        *(one.submit(submission(50)) for _ in range(3)),
        return_exceptions=True,
    )
    assert [type(each).__name__ for each in found] == ["tuple"] * 3 + ["Violation"] + ["tuple"] * 3
    assert await one.store.audit.verify() is None
    assert await one.store.differences() == []


async def test_a_statement_that_fails_loses_its_transaction_even_if_its_caller_goes_on(one, clock):
    made, _ = await one.submit(submission())

    async def stubborn(tx):
        loaded = await tx.load(made.id)
        await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
        with pytest.raises(Exception, match="seats"):
            await tx._statements.rows(INSERT)

    with pytest.raises(StoreBusy, match="over"):
        await one.store.transact(stubborn)
    assert await one.store.find(made.id) == made


async def test_a_commit_whose_answer_was_lost_is_read_again_and_counts(url, clock, policy):
    async with wired(url, clock, policy) as (wire, lifecycle):
        made, _ = await lifecycle.submit(submission())
        wire.cut_at = ("after", b"COMMIT")
        approved = await lifecycle.approve(made.id, ALICE, made.nonce)
        assert (wire.cuts, approved.status) == (1, Status.approved)
        assert (await lifecycle.store.find(made.id)).status is Status.approved
        await lifecycle.claim(made.id, "support-bot", approved.digest, CLAIMANT)
        assert await lifecycle.store.audit.verify() is None


async def test_a_commit_that_never_reached_the_server_changed_nothing_and_says_so(url, clock, policy):
    async with wired(url, clock, policy) as (wire, lifecycle):
        made, _ = await lifecycle.submit(submission())
        wire.cut_at = ("before", b"COMMIT")
        with pytest.raises(StoreBusy, match="Nothing was changed"):
            await lifecycle.approve(made.id, ALICE, made.nonce)
        assert wire.cuts == 1
        assert await lifecycle.store.find(made.id) == made
        assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_a_process_that_is_cut_off_is_told_and_goes_on_as_soon_as_it_can(url, clock, policy):
    async with wired(url, clock, policy) as (wire, lifecycle):
        made, _ = await lifecycle.submit(submission())
        wire.down = True
        wire.cut()
        with pytest.raises(StoreBusy):
            await lifecycle.approve(made.id, ALICE, made.nonce)
        with pytest.raises(StoreBusy):
            await lifecycle.store.find(made.id)
        assert "did not answer" in await lifecycle.store.health()
        wire.down = False
        assert await lifecycle.store.health() is None
        assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_one_that_holds_its_turn_and_does_nothing_more_loses_it(one, other, url, clock):
    """As a process that is frozen in the middle: the server ends its transaction, and others go on."""
    made, _ = await one.submit(submission())
    frozen, thaw = asyncio.Event(), asyncio.Event()

    async def freezing(tx):
        loaded = await tx.load(made.id)
        await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
        frozen.set()
        await thaw.wait()

    held = asyncio.create_task(one.store.transact(freezing))
    await soon(frozen.wait())
    with pytest.raises(StoreBusy):
        await other.approve(made.id, ALICE, made.nonce)
    while True:
        try:
            approved = await other.approve(made.id, ALICE, made.nonce)
            break
        except StoreBusy:
            pass  # until the server has ended the other one, in some seconds
    thaw.set()
    with pytest.raises((StoreBusy, Conflict)):
        await soon(held)
    assert await one.store.find(made.id) == approved
    assert (await one.submit(submission(50)))[0].status is Status.approved


async def test_a_nul_comes_back_as_it_was(one):
    made, _ = await one.submit(submission())
    said = "before\x00after \x1a0 \x1a"
    rejected = await one.reject(made.id, ALICE, said, made.nonce)
    assert (await one.store.find(made.id)).reason == rejected.reason == said


async def test_who_goes_through_all_there_is_has_more_time_for_an_answer(url, clock):
    slow = Query("slow", "Takes its time.", "SELECT pg_sleep(0.5)")
    async with open_store(url, KEY, clock, patience=0.05) as store:
        with pytest.raises(StoreBusy):
            await store._database.read(lambda statements: statements.rows(slow))
    async with open_store(url, KEY, clock, patience=PATIENCE) as store:
        assert len(await store._database.read(lambda statements: statements.rows(slow))) == 1


async def test_a_value_that_fits_no_column_is_our_fault_and_not_the_servers(one):
    count = Query("count", "Counts.", "SELECT count(*) AS count FROM proposals WHERE created_at > $1")

    async def asking(tx):
        await tx._statements.rows(count, 2**70)

    with pytest.raises(Exception, match="out of int64 range"):
        await one.store.transact(asking)
    assert (await one.submit(submission(50)))[0].status is Status.approved


async def test_whose_schema_is_older_than_the_databases_writes_nothing_more(one, url):
    on_server(f"INSERT INTO {SCHEMA}.migrations VALUES (9999, 'later', '', 0)", url=url)
    with pytest.raises(SchemaRefused, match="newer version"):
        await one.submit(submission())


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("DROP TRIGGER proposals_claimed_once ON {0}.proposals", "proposals_claimed_once"),
        ("ALTER TABLE {0}.proposals DISABLE TRIGGER proposals_claimed_once", "proposals_claimed_once"),
        (
            "CREATE OR REPLACE FUNCTION {0}.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "refuse",
        ),
        ("ALTER TABLE {0}.decisions DROP CONSTRAINT decisions_verdict_check", "decisions_verdict_check"),
        ("DROP INDEX {0}.decisions_one_approval", "decisions_one_approval"),
        ("CREATE TABLE {0}.more (a INT)", "more"),
        ("CREATE RULE none AS ON DELETE TO {0}.samples DO INSTEAD NOTHING", "none"),
    ],
)
async def test_a_schema_that_a_hand_altered_is_refused(url, clock, what, named):
    on_server(what.format(SCHEMA), url=url)
    with pytest.raises(SchemaRefused, match=named):
        async with open_store(url, KEY, clock):
            pass


async def test_an_empty_database_gets_the_schema_once_though_many_start_at_once(clock, policy):
    with empty_server_database() as url:
        async with AsyncExitStack() as stack:
            several = await asyncio.gather(
                *(stack.enter_async_context(process(url, clock, policy, n)) for n in range(4))
            )
            await asyncio.gather(*(each.submit(submission(50)) for each in several))
        assert len(on_server(f"SELECT * FROM {SCHEMA}.migrations", url=url)[0]) == 1


async def test_who_only_reads_makes_nothing(url):
    with empty_server_database() as empty:
        with pytest.raises(NoDatabase):
            async with open_reads(empty):
                pass
        assert on_server(f"SELECT 1 FROM pg_namespace WHERE nspname = '{SCHEMA}'", url=empty) == [[]]
    async with open_reads(url) as reads:
        assert (await reads.counts(START)) is not None


async def test_another_key_than_the_log_was_sealed_with_is_refused(one, url, clock):
    await one.submit(submission())
    with pytest.raises(StoreFault, match="key"):
        async with open_store(url, bytes(32), clock):
            pass


@pytest.mark.parametrize("wrong", ["postgresql://u:hunter2@host", "postgresql://u:hunter2@host/"])
async def test_an_address_without_a_database_is_refused_and_no_password_is_shown(wrong, clock):
    with pytest.raises(WrongUrl) as refused:
        async with open_store(wrong, KEY, clock):
            pass
    assert "hunter2" not in str(refused.value)


async def test_a_server_that_is_not_there_is_said_at_the_start(clock):
    with pytest.raises(StoreBusy, match="did not answer"):
        async with open_store("postgresql://u:hunter2@127.0.0.1:1/x", KEY, clock):
            pass


async def test_a_database_that_is_not_there_is_said_at_the_start(url, clock):
    with pytest.raises(StoreFault, match="does not exist"):
        async with open_store(url.replace("/test_", "/none_"), KEY, clock):
            pass
