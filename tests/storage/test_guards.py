"""The guards in SQL behind the ones in Python: what would happen if a move were wrong."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.decision import Decision, Verdict
from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Edited,
    Escalated,
    Extended,
    Rejected,
    Reminded,
    Replied,
    Revised,
    Revoked,
    Submitted,
    Succeeded,
    Withdrawn,
)
from approvals.lifecycle import SYSTEM
from approvals.moves.questions import AgentReply
from approvals.ports import Conflict
from approvals.proposal import Action, Cause, Inquiry, Outcome, Revision, RollbackStatus, Status
from approvals.record import record
from approvals.refusals import Expired
from storage.databases.migrate import shipped
from tests.making import START
from tests.storage.town import ALICE, BOB, CLAIMANT, by_hand, submission

HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


async def recorded(store, proposal, events, now):
    return await store.transact(lambda tx: record(tx, proposal, events, SYSTEM, now))


def decided(verdict=Verdict.approve, reviewer="U0ALICE", at=START, round_=1):
    return Decided(
        at=at,
        decision=Decision(reviewer=reviewer, verdict=verdict, revision=1, round=round_, at=at, roles=("support",)),
    )


def approval(at):
    return [decided(at=at), Approved(at=at, cause=Cause.reviewer, by="U0ALICE", execute_by=at + HOUR)]


def edit(at, proposal):
    action = Action(name="refund.create", payload={"amount": 1})
    return [Edited(at=at, revision=Revision(number=2, action=action, at=at), gate=proposal.gate, nonce="n2")]


@pytest.mark.parametrize(
    "events",
    [
        approval,
        lambda at: [decided(at=at)],
        lambda at: [decided(Verdict.reject, at=at), Rejected(at=at, cause=Cause.reviewer, by="U0ALICE", reason="x")],
        lambda at: [Withdrawn(at=at, reason="x")],
    ],
    ids=["approval", "verdict", "reject", "withdrawal"],
)
@pytest.mark.parametrize(("late", "counts"), [(-MILLISECOND, True), (timedelta(0), False), (MILLISECOND, False)])
async def test_nothing_is_decided_at_the_deadline_or_after_it(lifecycle, store, events, late, counts):
    made, _ = await lifecycle.submit(submission())
    at = made.expires_at + late
    if counts:
        await recorded(store, made, events(at), at)
        return
    with pytest.raises(Conflict, match="its deadline has passed"):
        await recorded(store, made, events(at), at)
    assert await store.find(made.id) == made
    assert len(await store.audit.entries()) == 1


@pytest.mark.parametrize(("late", "counts"), [(-MILLISECOND, True), (timedelta(0), False)])
async def test_no_edit_is_made_at_the_deadline(lifecycle, store, late, counts):
    made, _ = await lifecycle.submit(submission())
    at = made.expires_at + late
    if counts:
        assert (await recorded(store, made, edit(at, made), at)).revision == 2
        return
    with pytest.raises(Conflict):
        await recorded(store, made, edit(at, made), at)
    assert await store.find(made.id) == made


@pytest.mark.parametrize(("late", "counts"), [(-MILLISECOND, True), (timedelta(0), False)])
@pytest.mark.parametrize("verb", ["claim", "revoke"])
async def test_nothing_is_claimed_or_revoked_at_the_end_of_its_time(lifecycle, store, late, counts, verb):
    made, _ = await lifecycle.submit(submission())
    approved = await lifecycle.approve(made.id, ALICE, made.nonce)
    at = approved.execute_by + late
    claim = Claimed(at=at, digest=made.digest, claimant=CLAIMANT, report_by=at + HOUR)
    event = claim if verb == "claim" else Revoked(at=at, cause=Cause.reviewer, by="U0BOB", reason="x")
    if counts:
        await recorded(store, approved, [event], at)
        return
    with pytest.raises(Conflict):
        await recorded(store, approved, [event], at)
    assert await store.find(made.id) == approved


async def test_time_itself_and_reports_are_written_after_the_deadline(lifecycle, store, clock):
    waits, _ = await lifecycle.submit(submission())
    runs, _ = await lifecycle.submit(submission(5, claim=True))
    clock.forward(hours=2)
    assert await lifecycle.sweep() == 2
    assert (await store.find(waits.id)).cause is Cause.expired
    assert (await store.find(runs.id)).overdue
    reported = await lifecycle.report(runs.id, "support-bot", Status.succeeded, None, None)
    assert reported.status is Status.succeeded


async def test_one_person_approves_a_round_once_even_if_the_move_forgets(lifecycle, store):
    made, _ = await lifecycle.submit(submission(2500))
    once = await recorded(store, made, [decided()], START)
    with pytest.raises(Conflict, match=r"(?i)unique"):
        await recorded(store, once, [decided()], START)
    assert await store.find(made.id) == once


async def test_a_verdict_on_what_was_loaded_before_another_verdict_is_a_conflict(lifecycle, store):
    made, _ = await lifecycle.submit(submission(2500))
    once = await recorded(store, made, [decided()], START)
    with pytest.raises(Conflict, match="no longer at version 1"):
        await recorded(store, made, [decided(reviewer="U0BOB")], START)
    assert await store.find(made.id) == once


async def test_one_person_may_approve_and_later_say_no(lifecycle):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert (await lifecycle.revoke(made.id, ALICE, "Wait.", made.nonce)).status is Status.revoked


async def test_a_proposal_is_rejected_once_even_if_the_move_forgets(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    once = await recorded(store, made, [decided(Verdict.reject)], START)
    with pytest.raises(Conflict, match=r"(?i)unique"):
        await recorded(store, once, [decided(Verdict.reject, "U0BOB")], START)


async def test_an_idempotency_key_belongs_to_one_proposal_of_an_agent(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission(key="k"))
    assert await lifecycle.submit(submission(key="k")) == (made, False)
    other, new = await lifecycle.submit(submission(key="k", agent="other-bot"))
    assert new
    twin = Submitted(
        at=START,
        id="prp_other",
        action=made.action,
        ask=made.ask,
        gate=made.gate,
        nonce="n",
        expires_at=other.expires_at,
        idempotency_key="k",
        fingerprint="f",
    )
    with pytest.raises(Conflict, match="idempotency_key"):
        await recorded(store, None, [twin], START)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE proposals SET status = 'pending', cause = NULL, resolved_at = NULL",
            "a final proposal stays as it is",
        ),
        ("UPDATE proposals SET version = version + 1", "a final proposal stays as it is"),
        ("UPDATE revisions SET payload = '{}'", "a revision is never changed"),
        ("UPDATE decisions SET verdict = 'approve'", "a decision is never changed"),
    ],
)
async def test_the_database_keeps_what_is_final(lifecycle, tmp_path, statement, said):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.reject(made.id, BOB, "No.", made.nonce)
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match=said):
        connection.execute(statement)


async def test_the_database_gives_a_claim_once(lifecycle, tmp_path):
    await lifecycle.submit(submission(5, claim=True))
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match="a claim is given once"):
        connection.execute("UPDATE proposals SET claimant = 'somebody else'")


async def test_the_database_lets_no_deadline_grow(lifecycle, tmp_path):
    await lifecycle.submit(submission())
    with (
        by_hand(tmp_path) as connection,
        pytest.raises(Exception, match="a deadline grows only when a reviewer extends it"),
    ):
        connection.execute("UPDATE proposals SET expires_at = expires_at + 1")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("expires_at = expires_at + 1", "a deadline grows only when"),
        ("expires_at = expires_at + 1, extended = extended + 2", "an extension is counted once"),
        ("extended = extended + 1", "an extension is counted once"),
        ("expires_at = expires_at + 1, extended = 0", "an extension is counted once"),
        ("status = 'rejected', expires_at = expires_at + 1, extended = extended + 1", "a deadline grows only when"),
    ],
)
async def test_the_database_lets_a_deadline_grow_only_with_its_count(lifecycle, tmp_path, policy, statement, said):
    policy.changes = {"max_expires_in": 9000}
    made, _ = await lifecycle.submit(submission())
    await lifecycle.extend(made.id, ALICE, made.nonce)
    # Which of the two comes first where both say no is the database's own.
    other = ["proposals_deadline_holds"] if "counted" in said else []
    with by_hand(tmp_path, without=other) as connection, pytest.raises(Exception, match=said):
        connection.execute(f"UPDATE proposals SET {statement}")


def columns_of(table):
    """The columns of a table, each with whether it holds texts."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for migration in shipped():
            connection.executescript(migration.script)
        return [(row[1], row[2] == "TEXT") for row in connection.execute(f"PRAGMA table_info({table})")]


async def test_the_database_keeps_all_but_the_undoing_of_what_ran(lifecycle, tmp_path, policy):
    policy.watched = 50
    made, _ = await lifecycle.submit(submission(100, claim=True))
    await lifecycle.report(made.id, "support-bot", Status.succeeded, None, None)
    rollback = """rollback = '{"status":"requested","reported_at":null}'"""
    others = ["proposals_claimed_once", "proposals_deadline_holds", "proposals_extended_counts"]
    with by_hand(tmp_path, without=others) as connection:
        for column, of_text in columns_of("proposals"):
            if column in {"rollback", "version", "id", "erased_at"}:
                continue
            other = f"coalesce({column}, '') || '0'" if of_text else f"coalesce({column}, 0) + 1"
            with pytest.raises(sqlite3.IntegrityError, match=r"stays as it is|an undo window stays|a drill stays"):
                connection.execute(f"UPDATE proposals SET {column} = {other}, {rollback}")
        connection.execute(f"UPDATE proposals SET {rollback}, version = version + 1")


async def test_the_database_keeps_an_objection_and_takes_one_answer(lifecycle, tmp_path, policy):
    policy.watched = 50
    made, _ = await lifecycle.submit(submission(100, claim=True))
    await lifecycle.object(made.id, ALICE, '"reported_at":null', made.nonce)
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="an objection stays"):
        connection.execute("UPDATE proposals SET rollback = NULL")
    await lifecycle.rollback(made.id, "support-bot", RollbackStatus.done, '"reported_at":null')
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="and is answered once"):
        connection.execute("UPDATE proposals SET rollback = replace(rollback, 'done', 'failed')")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proposals SET due_at = NULL",
        "UPDATE proposals SET due_at = expires_at + 1",
        "UPDATE proposals SET rollback = '{}'",
        "UPDATE proposals SET reminded = -1",
    ],
)
async def test_the_database_refuses_what_cannot_be_of_what_waits(lifecycle, tmp_path, statement):
    await lifecycle.submit(submission())
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match=r"(?i)check"):
        connection.execute(statement)


@pytest.mark.parametrize("late", [-MILLISECOND, timedelta(0)])
async def test_what_a_reminder_is_late_for_is_still_decided_until_its_deadline(lifecycle, store, policy, late):
    policy.changes = {"remind": (60,)}
    made, _ = await lifecycle.submit(submission())
    at = made.expires_at + late
    if late:
        assert (await recorded(store, made, approval(at), at)).status is Status.approved
        return
    with pytest.raises(Conflict, match="its deadline has passed"):
        await recorded(store, made, approval(at), at)


@pytest.mark.parametrize("late", [-MILLISECOND, timedelta(0)])
@pytest.mark.parametrize("kind", ["reminded", "escalated", "extended"])
async def test_no_reminder_or_escalation_happens_at_the_deadline(lifecycle, store, late, kind):
    made, _ = await lifecycle.submit(submission())
    at = made.expires_at + late
    event = {
        "reminded": Reminded(at=at, after=600),
        "escalated": Escalated(at=at, to="lead", channel="C0LEAD", by=None, after=1200, roles=("support",)),
        "extended": Extended(at=at, expires_at=at + HOUR, by="U0ALICE"),
    }[kind]
    if late:
        assert (await recorded(store, made, [event], at)).version == 2
        return
    with pytest.raises(Conflict, match="its deadline has passed"):
        await recorded(store, made, [event], at)


async def test_a_clock_set_back_revives_nothing(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    clock.forward(hours=2)
    await lifecycle.sweep()
    expired = await store.find(made.id)
    clock.forward(hours=-4)
    with pytest.raises(Expired):
        await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await lifecycle.sweep() == 0
    assert await store.find(made.id) == expired


async def test_an_outcome_is_settled_once(lifecycle, store):
    made, _ = await lifecycle.submit(submission(5, claim=True))
    unknown = await lifecycle.report(made.id, "support-bot", Status.unknown, None, None)
    outcome = Outcome(status=Status.succeeded, at=START)
    await recorded(store, unknown, [Succeeded(at=START, outcome=outcome)], START)
    with pytest.raises(Conflict):
        await recorded(store, replace(unknown), [Succeeded(at=START, outcome=outcome)], START)


def question(at, number=1, **changes):
    return Inquiry(number=number, text="Which invoice?", asked_by="U0ALICE", asked_at=at, **changes)


async def test_a_second_question_cannot_be_kept_while_one_is_open_even_if_the_move_forgets(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    asked = await recorded(store, made, [Asked(at=START, question=question(START))], START)
    with pytest.raises(Conflict, match=r"(?i)unique"):
        await recorded(store, asked, [Asked(at=START, question=question(START, 2))], START)
    assert await store.find(made.id) == asked


async def test_a_question_takes_one_reply_even_if_the_move_forgets(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.ask(made.id, ALICE, "Which invoice?", made.nonce)
    replied = await lifecycle.reply(made.id, "support-bot", AgentReply(text="4711."))
    other = replace(replied.questions[0], reply="4712.")
    with pytest.raises(Conflict, match="has a reply already"):
        await recorded(store, replied, [Replied(at=START, question=other)], START)
    assert await store.find(made.id) == replied


@pytest.mark.parametrize(("late", "counts"), [(-MILLISECOND, True), (timedelta(0), False)])
@pytest.mark.parametrize("kind", ["asked", "replied", "revised"])
async def test_nothing_is_asked_replied_or_revised_at_the_deadline(lifecycle, store, late, counts, kind):
    made, _ = await lifecycle.submit(submission())
    if kind != "asked":
        made = await lifecycle.ask(made.id, ALICE, "Which invoice?", made.nonce)
    at = made.expires_at + late
    action = Action(name="refund.create", payload={"amount": 1})
    event = {
        "asked": Asked(at=at, question=question(at)),
        "replied": Replied(at=at, question=question(START, reply="4711.", replied_at=at)),
        "revised": Revised(at=at, revision=Revision(number=2, action=action, at=at), gate=made.gate, nonce="n2"),
    }[kind]
    if counts:
        assert (await recorded(store, made, [event], at)).version == made.version + 1
        return
    with pytest.raises(Conflict, match="its deadline has passed"):
        await recorded(store, made, [event], at)
    assert await store.find(made.id) == made


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE questions SET text = 'Another?'", "a question stays as it was asked"),
        ("UPDATE questions SET asked_by = 'U0BOB'", "a question stays as it was asked"),
        ("UPDATE questions SET reply = 'Other.'", "is answered once"),
        ("UPDATE questions SET reply = NULL, replied_at = NULL", "is answered once"),
        ("DELETE FROM questions", "a question stays"),
    ],
)
async def test_the_database_keeps_questions_and_replies(lifecycle, tmp_path, statement, said):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.ask(made.id, ALICE, "Which invoice?", made.nonce)
    await lifecycle.reply(made.id, "support-bot", AgentReply(text="4711."))
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match=said):
        connection.execute(statement)


async def test_what_was_asked_and_replied_is_found_wherever_the_proposal_is(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    other, _ = await lifecycle.submit(submission(2500))
    await lifecycle.ask(made.id, ALICE, "Which invoice?", made.nonce)
    await lifecycle.reply(made.id, "support-bot", AgentReply(text="4711.", payload={"amount": 9, "order": "1001"}))
    second = await lifecycle.ask(made.id, BOB, "Sure?", (await store.find(made.id)).nonce)
    listed = (await store.reads.of_agent("support-bot", now=START, limit=9)).proposals
    assert list(listed) == [await store.find(other.id), second]
    assert [each.reply for each in second.questions] == ["4711.", None]
