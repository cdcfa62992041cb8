"""The guards in SQL behind the rule that a stopped agent begins nothing, and that it is kept as it was."""

import sqlite3
from dataclasses import replace

import pytest

from approvals.agent_stop import EVERYTHING, AgentResumed, AgentStopped, Stop
from approvals.events import Actor, Approved, Claimed, Submitted
from approvals.lifecycle import SYSTEM
from approvals.moves import suspend
from approvals.ports import Conflict
from approvals.proposal import Cause, Status
from approvals.record import record
from approvals.refusals import NotFound
from storage import RowDamaged, open_store
from tests.databases import KEY
from tests.making import START
from tests.storage.town import ALICE, by_hand, submission

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


ALL = replace(STOP, agent=EVERYTHING)


async def resumed(store, agent):
    await store.transact(lambda tx: tx.note(None, AgentResumed(at=START, agent=agent, by="U0OPS"), SYSTEM))


async def test_while_everything_is_stopped_the_schema_takes_no_claim_but_of_who_was_resumed_since(store, lifecycle):
    made, _ = await lifecycle.submit(submission(50))
    await resumed(store, "support-bot")  # before, which counts for nothing
    await stopped(store, ALL)
    claimed = Claimed(at=START, digest=made.digest, claimant=None, report_by=made.execute_by)
    with pytest.raises(Conflict, match="a stopped agent claims nothing"):
        await store.transact(lambda tx: record(tx, made, [claimed], SYSTEM, START))
    await resumed(store, "other-bot")
    with pytest.raises(Conflict, match="a stopped agent claims nothing"):
        await store.transact(lambda tx: record(tx, made, [claimed], SYSTEM, START))
    await resumed(store, "support-bot")
    taken = await store.transact(lambda tx: record(tx, made, [claimed], SYSTEM, START))
    assert taken.status is Status.claimed


async def test_the_schema_approves_nothing_that_is_suspended_and_lets_nothing_wait_again_while_nothing_is_stopped(
    store, lifecycle
):
    waiting, _ = await lifecycle.submit(submission())
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    suspended = suspend(approved, ALL, "n" * 22, START)
    with pytest.raises(Conflict, match="waits again only"):
        await store.transact(lambda tx: record(tx, approved, suspended, SYSTEM, START))
    await stopped(store, ALL)
    held = await store.transact(lambda tx: record(tx, approved, suspended, SYSTEM, START))
    assert held.suspension.by == "U0OWNER"
    granted = Approved(at=START, cause=Cause.reviewer, by="U0ALICE", execute_by=held.expires_at)
    with pytest.raises(Conflict, match="what is suspended is approved by nobody"):
        await store.transact(lambda tx: record(tx, held, [granted], SYSTEM, START))


async def test_a_hand_that_resumes_in_rows_or_unsealed_entries_resumes_nothing(store, url, clock, lifecycle, tmp_path):
    await stopped(store, ALL)
    with by_hand(tmp_path, without=[]) as connection:
        connection.execute("DELETE FROM stopped_agents")
    async with open_store(url, KEY, clock) as later:
        assert await later.stops.everything() == ALL
        assert await later.stops.of("support-bot") == ALL
        assert [each.table for each in await later.differences()] == ["stopped_agents"]


async def test_a_hand_that_stops_everything_in_a_row_alone_has_it_refused_as_damaged(store, url, clock, tmp_path):
    with by_hand(tmp_path) as connection:
        connection.execute("INSERT INTO stopped_agents VALUES ('*', 'U0OWNER', 'T', 1, NULL)")
    async with open_store(url, KEY, clock) as later:
        with pytest.raises(RowDamaged, match="no entry tells of it"):
            await later.stops.of("support-bot")
