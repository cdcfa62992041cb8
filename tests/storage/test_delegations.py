"""The guards in SQL behind the rules of delegation, and what waits for whom by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.decision import Decision, Verdict
from approvals.delegation import LONGEST, Delegation, Ending
from approvals.events import Decided, DelegationBegun
from approvals.lifecycle import SYSTEM
from approvals.ports import Conflict
from approvals.record import record
from approvals.reviewer import DelegatedRoles
from tests.making import START, make_reviewer
from tests.storage.town import ALICE, BOB, by_hand, submission

HOUR = timedelta(hours=1)
DAVE = make_reviewer(
    user="U0DAVE", roles=frozenset(), proof=(), delegated=(DelegatedRoles(by="U0ALICE", roles=ALICE.roles),)
)


def delegated(number=1, delegator="U0ALICE", delegate="U0DAVE", until=START + HOUR, **changes):
    return Delegation(
        id=f"dlg_{number}", delegator=delegator, delegate=delegate, begun_at=START, until=until, **changes
    )


async def kept(store, *delegations):
    async def keep(tx):
        for each in delegations:
            await tx.keep(each)
            await tx.note(None, told(each), SYSTEM)

    await store.transact(keep)


def told(each):
    """The fact that the verbs record with it: a row without one lends nothing."""
    if each.ended_at is not None:
        return each.ended(Ending.retracted, each.ended_by, each.ended_at)[1]
    between = {"id": each.id, "delegator": each.delegator, "delegate": each.delegate}
    return DelegationBegun(at=each.begun_at, until=each.until, roles=("support",), **between)


def decided(reviewer="U0DAVE", stands_in_for="U0ALICE", at=START, round_=1, verdict=Verdict.approve):
    decision = Decision(
        reviewer=reviewer,
        verdict=verdict,
        revision=1,
        round=round_,
        at=at,
        roles=("support",),
        stands_in_for=stands_in_for,
    )
    return Decided(at=at, decision=decision)


async def recorded(store, proposal, *events, at=START):
    return await store.transact(lambda tx: record(tx, proposal, list(events), SYSTEM, at))


async def test_what_was_kept_is_found_as_it_was(store):
    given, taken = delegated(1), delegated(2, "U0BOB", "U0ALICE")
    await kept(store, given, taken)
    assert await store.delegations.in_force("U0ALICE", START) == [given, taken]
    assert await store.delegations.delegators("U0DAVE", START) == {"U0ALICE"}
    assert await store.transact(lambda tx: tx.delegation("dlg_2")) == taken
    assert await store.transact(lambda tx: tx.delegation("dlg_3")) is None
    assert await store.transact(lambda tx: tx.delegations("U0DAVE")) == [given]
    assert await store.transact(lambda tx: tx.delegators("U0ALICE", START)) == {"U0BOB"}


@pytest.mark.parametrize(
    ("at", "holds"), [(timedelta(0), True), (HOUR - timedelta(milliseconds=1), True), (HOUR, False), (-HOUR, False)]
)
async def test_a_place_is_lent_from_the_beginning_until_just_before_the_end(store, at, holds):
    await kept(store, delegated())
    assert bool(await store.delegations.delegators("U0DAVE", START + at)) is holds
    assert bool(await store.delegations.in_force("U0ALICE", START + at)) is holds


async def test_what_ended_holds_no_longer_and_ends_once(store):
    await kept(store, delegated())
    ended, _ = delegated().ended(Ending.retracted, "U0ALICE", START)
    await kept(store, ended)
    assert await store.delegations.delegators("U0DAVE", START) == frozenset()
    with pytest.raises(Conflict):
        await kept(store, ended)
    assert await store.transact(lambda tx: tx.delegation("dlg_1")) == ended


@pytest.mark.parametrize(
    "wrong",
    [
        delegated(2),
        delegated(2, "U0BOB", "U0BOB"),
        delegated(2, "U0BOB", until=START),
        delegated(2, "U0BOB", until=START + LONGEST + timedelta(milliseconds=1)),
    ],
    ids=["twice between two", "to oneself", "no time", "too long"],
)
async def test_the_schema_refuses_one(store, wrong):
    await kept(store, delegated())
    with pytest.raises(Conflict):
        await kept(store, wrong)


async def test_the_longest_is_allowed(store):
    await kept(store, delegated(until=START + LONGEST))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE delegations SET until = until + 1",
        "UPDATE delegations SET delegate = 'U0EVIL'",
        "UPDATE delegations SET ended_at = 1, until = until + 1",
        "DELETE FROM delegations",
    ],
)
async def test_nobody_changes_one_afterwards(store, tmp_path, statement):
    await kept(store, delegated())
    with by_hand(tmp_path) as connection, pytest.raises(Exception, match="delegation"):
        connection.execute(statement)


async def test_a_decision_in_a_place_that_nobody_lent_is_refused_by_the_schema(store, lifecycle):
    made, _ = await lifecycle.submit(submission())
    await kept(store, delegated(), delegated(2, "U0BOB", "U0ERIN"))
    for wrong in (
        decided(at=START + HOUR - timedelta(milliseconds=1), stands_in_for="U0BOB"),
        decided(reviewer="U0ERIN"),
        decided(at=START - timedelta(milliseconds=1)),
        decided(at=START - timedelta(milliseconds=1), verdict=Verdict.reject),
    ):
        with pytest.raises(Conflict, match="nobody has lent this place"):
            await recorded(store, made, wrong)
    await recorded(store, made, decided())


async def test_a_place_lent_until_now_is_lent_no_longer_says_the_schema(store, lifecycle):
    made, _ = await lifecycle.submit(submission())
    await kept(store, delegated(until=START + HOUR / 2))
    with pytest.raises(Conflict, match="nobody has lent this place"):
        await recorded(store, made, decided(at=START + HOUR / 2))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("U0DAVE", "U0ALICE"), ("U0ALICE", None)),
        (("U0ALICE", None), ("U0DAVE", "U0ALICE")),
        (("U0DAVE", "U0ALICE"), ("U0ERIN", "U0ALICE")),
        (("U0DAVE", "U0ALICE"), ("U0ERIN", "U0DAVE")),
    ],
)
async def test_one_place_counts_once_says_the_schema_too(store, lifecycle, first, second):
    made, _ = await lifecycle.submit(submission())
    pairs = [("U0ALICE", "U0DAVE"), ("U0ALICE", "U0ERIN"), ("U0DAVE", "U0ERIN")]
    await kept(store, *(delegated(number, *pair) for number, pair in enumerate(pairs)))
    made = await recorded(store, made, decided(*first))
    with pytest.raises(Conflict):
        await recorded(store, made, decided(*second))


async def waits(store, who=DAVE, **more):
    pairs = [(each.by, role) for each in who.delegated for role in each.roles]
    return (await store.reads.waiting(who.user, who.roles, now=START, delegated=pairs, limit=10, **more)).total


async def test_what_waits_for_the_lender_waits_for_the_delegate(store, lifecycle):
    await lifecycle.submit(submission())
    assert await waits(store) == 1
    assert await waits(store, replace(DAVE, delegated=())) == 0
    assert await waits(store, replace(DAVE, delegated=(DelegatedRoles(by="U0LEAD", roles=frozenset({"lead"})),))) == 0


async def test_what_the_lender_or_the_delegate_may_not_approve_does_not_wait(store, lifecycle, policy):
    await lifecycle.submit(submission())
    assert await waits(store, replace(DAVE, delegated=(DelegatedRoles(by="U0OWNER", roles=ALICE.roles),))) == 0
    assert await waits(store, replace(DAVE, user="U0OWNER")) == 0
    policy.changes = {"self_review": frozenset({"support"})}
    await lifecycle.submit(submission(260))
    assert await waits(store, replace(DAVE, delegated=(DelegatedRoles(by="U0OWNER", roles=ALICE.roles),))) == 0


async def test_what_counts_in_the_place_already_waits_for_neither(store, lifecycle, policy):
    policy.changes = {"approvals": 2}
    made, _ = await lifecycle.submit(submission())
    await kept(store, delegated())
    await lifecycle.approve(made.id, DAVE, made.nonce)
    assert await waits(store) == 0
    assert await waits(store, ALICE) == 0
    assert await waits(store, BOB) == 1
    assert await waits(store, replace(DAVE, user="U0ERIN")) == 0


async def test_what_the_lender_approved_waits_no_longer_for_the_delegate(store, lifecycle, policy):
    policy.changes = {"approvals": 2}
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await waits(store) == 0
    assert await waits(store, replace(DAVE, delegated=(DelegatedRoles(by="U0BOB", roles=BOB.roles),))) == 1
