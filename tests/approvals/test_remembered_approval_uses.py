"""Remembered approvals over a real store: used so often, so long and by whom they may be, and ended for good."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.actor import SYSTEM
from approvals.decision import Verdict
from approvals.lifecycle import Submission
from approvals.proposal import Action, Cause, Status
from approvals.refusals import (
    CannotRemember,
)
from approvals.remembered.decision import RememberedEnding
from storage import RowDamaged, open_store
from tests.approvals.remembering import OPEN, TERMS, the_approval
from tests.approvals.situations import (
    ALICE,
    BOB,
)
from tests.databases import KEY, url_at
from tests.making import make_ask, make_reviewer
from tests.storage.town import by_hand


def sent(note="late parcel", *, amount=250, agent="support-bot", key=None, claim=False, **fields):
    return Submission(
        action=Action(name="refund.create", payload={"amount": amount, "note": note}),
        ask=make_ask(agent=agent, **fields),
        idempotency_key=key,
        fingerprint="f" * 64,
        claim=claim,
    )


@pytest.fixture
async def first(lifecycle, rules):
    """A refund that Alice approved with the next like it."""
    rules.changes = dict(OPEN)
    rules.limit = 100
    made, _ = await lifecycle.submit(sent())
    return await lifecycle.approve_and_next(made.id, ALICE, made.nonce)


async def cause_of_next(lifecycle, **changes):
    made, _ = await lifecycle.submit(sent(**changes))
    return made.cause


async def told(store, proposal_id):
    found = await store.audit.entries(0, 1000)
    return [
        each.tag for each in found if each.proposal_id == proposal_id and each.tag.startswith("remembered_approval:")
    ]


async def test_each_use_is_counted_told_and_the_last_one_ends_it(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent("one"))
    assert (made.status, made.cause, made.resolved_by) == (Status.approved, Cause.remembered_approval, "U0ALICE")
    (fact,) = made.gate.facts
    assert fact.value == f"U0ALICE approved {first.id} and the next like it; this is 1 of 2."
    assert (await the_approval(store, first.id)).left == 1
    assert await cause_of_next(lifecycle, note="two") is Cause.remembered_approval
    assert await cause_of_next(lifecycle, note="three") is None
    assert await told(store, first.id) == [
        "remembered_approval:begun",
        "remembered_approval:used",
        "remembered_approval:used",
        "remembered_approval:exhausted",
    ]
    ended = await the_approval(store, first.id)
    assert (ended.left, ended.ended) == (0, RememberedEnding.exhausted)
    assert await store.audit.verify() is None


async def test_however_many_come_at_once_no_more_than_allowed_are_approved(lifecycle, store, rules, first, tmp_path):
    async with open_store(url_at(tmp_path / "signoff.db"), KEY, lifecycle.clock) as other:
        beside = replace_store(lifecycle, other)
        made = await asyncio.gather(*((lifecycle, beside)[n % 2].submit(sent(str(n))) for n in range(8)))
    causes = [proposal.cause for proposal, _ in made]
    assert causes.count(Cause.remembered_approval) == TERMS.most
    assert causes.count(None) == 8 - TERMS.most
    assert (await the_approval(store, first.id)).used == TERMS.most


class Far:
    """Ids that clash with no others."""

    def __init__(self):
        self.count = 0xF000

    def proposal_id(self):
        self.count += 1
        return f"prp_{self.count:032x}"

    def nonce(self):
        return f"far{self.count}"


def replace_store(lifecycle, store):
    return type(lifecycle)(
        store=store, policy=lifecycle.policy, clock=lifecycle.clock, ids=Far(), randomness=lifecycle.randomness
    )


@pytest.mark.parametrize(
    ("moved", "cause"),
    [
        (timedelta(hours=1, milliseconds=-1), Cause.remembered_approval),
        (timedelta(hours=1), None),
        (timedelta(milliseconds=-1), None),
    ],
    ids=["in time", "at its end", "before it was given"],
)
async def test_it_counts_from_when_it_was_given_until_its_end(lifecycle, clock, first, moved, cause):
    clock.at += moved
    assert await cause_of_next(lifecycle) is cause


async def test_a_policy_that_allows_less_now_is_kept_to(lifecycle, rules, first):
    rules.changes = {"remember_approval": replace(TERMS, most=1)}
    assert await cause_of_next(lifecycle) is Cause.remembered_approval
    assert await cause_of_next(lifecycle) is None
    rules.changes = {"remember_approval": replace(TERMS, lasts=60)}
    lifecycle.clock.forward(60)
    assert await cause_of_next(lifecycle) is None
    rules.changes = dict(OPEN)
    assert await cause_of_next(lifecycle) is Cause.remembered_approval


async def test_who_left_the_role_approves_nothing_any_more(lifecycle, store, rules, first):
    rules.gone = {"U0ALICE"}
    assert await cause_of_next(lifecycle) is None
    rules.version = "v2"
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed


@pytest.mark.parametrize(
    "changes", [{}, {"remember_approval": TERMS, "approvals": 2}, {"remember_approval": TERMS, "rules": ("new",)}]
)
async def test_another_policy_that_asks_more_ends_it(lifecycle, store, rules, clock, first, changes):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    rules.version, rules.changes = "v2", changes
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed
    rules.changes = dict(OPEN)
    assert await cause_of_next(lifecycle) is None


async def test_an_agent_that_may_no_longer_ask_loses_it(lifecycle, store, rules, first):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    rules.version, rules.agents = "v2", {"other-bot"}
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is RememberedEnding.policy_changed


async def test_the_same_policy_and_one_that_asks_no_more_leave_it(lifecycle, store, rules, first):
    await lifecycle.rejudge()
    rules.version = "v2"
    await lifecycle.rejudge()
    assert (await the_approval(store, first.id)).ended is None
    assert await cause_of_next(lifecycle) is Cause.remembered_approval


async def test_what_followed_is_revoked_with_the_policy_like_anything_and_takes_it_along(
    lifecycle, store, rules, first
):
    await lifecycle.claim(first.id, "support-bot", first.digest, None)
    made, _ = await lifecycle.submit(sent())
    rules.changes = {"remember_approval": TERMS, "roles": ("finance",)}
    await lifecycle.rejudge()
    assert (await store.find(made.id)).cause is Cause.policy_changed
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.retracted, None)


@pytest.mark.parametrize("verb", ["revoke", "reject"])
async def test_who_takes_back_what_it_came_with_ends_it(lifecycle, store, first, verb):
    await getattr(lifecycle, verb)(first.id, BOB, "Wait.", first.nonce)
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.retracted, "U0BOB")
    assert await cause_of_next(lifecycle) is None


async def test_who_takes_back_what_followed_ends_it(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent())
    await lifecycle.revoke(made.id, BOB, "Wait.", made.nonce)
    assert (await the_approval(store, first.id)).ended is RememberedEnding.retracted


async def test_what_had_ended_is_not_ended_again_by_a_revocation(lifecycle, store, first):
    await lifecycle.end_remembered(Verdict.approve, first.id, BOB)
    await lifecycle.revoke(first.id, ALICE, "Wait.", first.nonce)
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.person, "U0BOB")
    assert await told(store, first.id) == ["remembered_approval:begun", "remembered_approval:ended"]


async def test_a_revocation_of_something_else_ends_nothing(lifecycle, store, first):
    made, _ = await lifecycle.submit(sent(amount=251))
    made = await lifecycle.approve(made.id, BOB, made.nonce)
    await lifecycle.revoke(made.id, BOB, "Wait.", made.nonce)
    assert (await the_approval(store, first.id)).ended is None


LEFT = make_reviewer(user="U0ALICE", roles=frozenset())


async def test_what_cannot_be_remembered_leaves_the_proposal_waiting(lifecycle, store, rules):
    made, _ = await lifecycle.submit(sent())
    with pytest.raises(CannotRemember):
        await lifecycle.approve_and_next(made.id, ALICE, made.nonce)
    assert (await store.find(made.id)).status is Status.pending
    assert await the_approval(store, made.id) is None


async def test_a_retry_under_the_same_key_uses_no_more_and_a_claim_comes_along(lifecycle, store, first):
    once, new = await lifecycle.submit(sent(key="k", claim=True))
    again, twice = await lifecycle.submit(sent(key="k", claim=True))
    assert (once.status, new, twice, again.id) == (Status.claimed, True, False, once.id)
    assert (await the_approval(store, first.id)).used == 1


async def test_two_are_used_one_after_the_other_the_older_first(lifecycle, store, clock, rules, first):
    clock.forward(1)
    rules.gone = {"U0ALICE"}
    made, _ = await lifecycle.submit(sent())
    rules.gone = set()
    second = await lifecycle.approve_and_next(made.id, BOB, made.nonce)
    by = [(await lifecycle.submit(sent()))[0].resolved_by for _ in range(5)]
    assert by == ["U0ALICE", "U0ALICE", "U0BOB", "U0BOB", None]
    assert (await the_approval(store, second.id)).left == 0


async def test_a_proposal_that_is_damaged_is_noted_when_its_remembered_approval_is_judged(
    lifecycle, store, rules, first, tmp_path
):
    with by_hand(tmp_path, without=["remembered_terms_stay"]) as connection:
        connection.execute("UPDATE remembered_decisions SET most = 99")
    rules.version = "v2"
    await lifecycle.rejudge()
    assert first.id in lifecycle.damaged
    assert await cause_of_next(lifecycle) is None


@pytest.mark.parametrize(
    "change",
    [
        "most = 99",
        "until = until + 1",
        "person = 'U0BOB'",
        "action = 'refund.other'",
        "used = used + 1",
        "used = 0",
        "ended = NULL, ended_at = NULL, ended_by = NULL",
    ],
)
async def test_what_was_changed_by_hand_approves_nothing(lifecycle, store, rules, first, tmp_path, change):
    assert await cause_of_next(lifecycle) is Cause.remembered_approval
    if change.startswith("ended"):
        await lifecycle.end_remembered(Verdict.approve, first.id, BOB)
    with by_hand(tmp_path, without=["remembered_terms_stay", "remembered_ended_stays"]) as connection:
        connection.execute(f"UPDATE remembered_decisions SET {change}")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None
    with pytest.raises(RowDamaged):
        await lifecycle.end_remembered(Verdict.approve, first.id, BOB)


@pytest.mark.parametrize(
    "forged", ["'{}'", "replace(facts, 'U0ALICE', 'U0BOB')", "replace(facts, '\"most\":2', '\"most\":9')"]
)
async def test_terms_that_were_not_sealed_by_us_approve_nothing(lifecycle, store, first, tmp_path, forged):
    with by_hand(tmp_path, without=["entries_unchanged"]) as connection:
        connection.execute(f"UPDATE entries SET facts = {forged} WHERE tag = 'remembered_approval:begun'")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None


async def test_terms_that_were_rewritten_in_row_and_entry_alike_approve_nothing(lifecycle, store, first, tmp_path):
    with by_hand(tmp_path, without=["entries_unchanged", "remembered_terms_stay"]) as connection:
        connection.execute("""UPDATE entries SET facts = replace(facts, '"most":2', '"most":9')""")
        connection.execute("UPDATE remembered_decisions SET most = 9")
    assert await cause_of_next(lifecycle) is None
    assert await the_approval(store, first.id) is None


async def test_it_is_not_used_past_what_is_left_even_if_the_move_forgets(lifecycle, store, clock, first):
    approval = await the_approval(store, first.id)

    async def used(**changes):
        asked = {"until": approval.until, "most": 9, "now": clock.now()} | changes

        async def use(tx):
            made = await tx.remembered.use(approval, first.id, SYSTEM, **asked)
            if made is not None:
                raise RuntimeError  # nothing of it is kept
            return made

        return await store.transact(use)

    with pytest.raises(RuntimeError):
        await used()
    assert await used(now=approval.until, until=approval.until + timedelta(hours=1)) is None
    assert await used(until=clock.now()) is None
    assert await used(most=0) is None
    assert await used(now=approval.at - timedelta(milliseconds=1)) is None
    await lifecycle.end_remembered(Verdict.approve, first.id, BOB)
    assert await used() is None
    assert await store.transact(lambda tx: tx.remembered.approvals("support-bot", "refund.create")) == []


async def test_what_came_with_a_damaged_proposal_approves_nothing_and_people_are_asked(
    lifecycle, store, first, tmp_path
):
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET ask = '{}' WHERE id = ?", (first.id,))
    assert await cause_of_next(lifecycle) is None
