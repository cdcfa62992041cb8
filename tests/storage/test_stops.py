"""The guards in SQL behind the rule that a stopped agent begins nothing, and that it is kept as it was."""

import sqlite3
from dataclasses import replace

import pytest

from approvals.agent_stop import AgentResumed, AgentStopped, Stop
from approvals.events import Actor, Claimed, Submitted
from approvals.lifecycle import SYSTEM
from approvals.ports import Conflict
from approvals.proposal import Status
from approvals.record import record
from approvals.refusals import NotFound
from storage import open_store
from tests.databases import KEY
from tests.making import START
from tests.storage.town import by_hand, submission

STOP = Stop(agent="support-bot", by="U0OWNER", team="T0TEAM", at=START, reason="Wrong *people*.")


async def stopped(store, *stops):
    async def stop(tx):
        for each in stops:
            await tx.stop(each)
            note = AgentStopped(at=each.at, agent=each.agent, by=each.by, reason=each.reason)
            await tx.note(None, note, Actor(kind="reviewer", id=each.by, team=each.team))

    await store.transact(stop)


async def test_a_stop_is_found_as_it_was_also_after_a_restart(store, url, clock):
    other = replace(STOP, agent="other-bot", reason=None)
    await stopped(store, STOP, other)
    async with open_store(url, KEY, clock) as later:
        assert await later.stops.of("support-bot") == STOP
        assert await later.stops.all() == [other, STOP]
        assert await later.stops.of("gone-bot") is None


async def test_an_agent_is_stopped_once_and_resumed_once(store):
    await stopped(store, STOP)
    with pytest.raises(Conflict):
        await stopped(store, replace(STOP, by="U0OPS"))

    async def resume(tx):
        await tx.resume("support-bot")
        await tx.note(None, AgentResumed(at=START, agent="support-bot", by="U0OPS"), SYSTEM)

    await store.transact(resume)
    with pytest.raises(Conflict):
        await store.transact(lambda tx: tx.resume("support-bot"))


async def test_the_schema_takes_no_proposal_of_a_stopped_agent_whoever_forgot_to_ask(store, lifecycle):
    made, _ = await lifecycle.submit(submission())
    await stopped(store, STOP)
    submitted = Submitted(
        at=START,
        id="prp_" + "9" * 32,
        action=made.action,
        ask=made.ask,
        gate=made.gate,
        nonce="n" * 22,
        expires_at=made.expires_at,
        idempotency_key=None,
        fingerprint="f" * 64,
    )
    with pytest.raises(Conflict, match="a stopped agent proposes nothing"):
        await store.transact(lambda tx: record(tx, None, [submitted], SYSTEM, START))
    other = replace(submitted, ask=replace(made.ask, agent="other-bot"))
    await store.transact(lambda tx: record(tx, None, [other], SYSTEM, START))


async def test_the_schema_takes_no_claim_of_a_stopped_agent_whoever_forgot_to_ask(store, lifecycle):
    made, _ = await lifecycle.submit(submission(50))
    await stopped(store, STOP)
    claimed = Claimed(at=START, digest=made.digest, claimant=None, report_by=made.execute_by)
    with pytest.raises(Conflict, match="a stopped agent claims nothing"):
        await store.transact(lambda tx: record(tx, made, [claimed], SYSTEM, START))
    assert (await store.find(made.id)).status is Status.approved


async def test_what_runs_of_a_stopped_agent_can_still_change(store, lifecycle):
    made, _ = await lifecycle.submit(submission(50, claim=True))
    await stopped(store, STOP)
    assert (await lifecycle.report(made.id, "support-bot", Status.failed, None, None)).status is Status.failed


async def test_who_stopped_an_agent_is_not_rewritten(store, tmp_path):
    await stopped(store, STOP)
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="stays as it was"):
        connection.execute("UPDATE stopped_agents SET person = 'U0OPS'")


async def test_what_is_open_of_stopped_agents_alone_is_stranded_oldest_first(store, lifecycle, clock):
    first, _ = await lifecycle.submit(submission())
    clock.forward(1)
    second, _ = await lifecycle.submit(submission(50))
    await lifecycle.submit(submission(50, claim=True))
    other, _ = await lifecycle.submit(submission(agent="other-bot"))
    assert await store.stranded() == []
    await stopped(store, STOP)
    assert await store.stranded() == [first.id, second.id]
    assert await store.stranded("support-bot") == [first.id, second.id]
    assert await store.stranded("other-bot") == []
    await stopped(store, replace(STOP, agent="other-bot"))
    assert await store.stranded() == [other.id, first.id, second.id]
    assert (await store.reads.counts(START)).stopped_agents == 2


async def test_what_a_transaction_that_failed_made_of_an_agent_nobody_remembers(store):
    await stopped(store, STOP)

    async def resume(tx):
        await tx.resume("support-bot")
        await tx.note(None, AgentResumed(at=START, agent="support-bot", by="U0OPS"), SYSTEM)
        assert await tx.stopped("support-bot") is None
        raise NotFound("prp_1")

    assert await store.transact(lambda tx: tx.stopped("other-bot")) is None
    with pytest.raises(NotFound):
        await store.transact(resume)
    assert await store.transact(lambda tx: tx.stopped("support-bot")) == STOP


async def test_whoever_was_free_is_asked_of_again_once_somebody_else_has_written(store, url, clock):
    assert await store.transact(lambda tx: tx.stopped("support-bot")) is None
    async with open_store(url, KEY, clock) as elsewhere:
        await stopped(elsewhere, STOP)
    assert await store.transact(lambda tx: tx.stopped("support-bot")) == STOP


async def test_that_an_agent_is_free_is_not_read_again_until_somebody_is_stopped(store, lifecycle):
    read = []
    await lifecycle.submit(submission())

    async def asked(tx):
        rows = tx._statements.rows
        tx._statements.rows = lambda query, *values: (read.append(query.name), rows(query, *values))[1]
        return await tx.stopped("support-bot")

    assert await store.transact(asked) is None
    assert read == []
    await stopped(store, STOP)
    assert await store.transact(asked) == STOP
    assert read
