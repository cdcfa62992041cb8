"""Samples in the database: whole with their proposal or not at all, judged once, counted for whom they concern."""

import sqlite3
from dataclasses import replace

import pytest

from approvals.events import Actor, SampleJudged
from approvals.gate import Sampling
from approvals.ports import Conflict
from approvals.sample import SampleVerdict
from approvals.services.sample_reviews import SampleReviews
from storage import Stats
from storage.engine.database import Violation
from tests.making import START, Lots
from tests.storage.town import ALICE, CAROL, by_hand, submission

SAMPLING = Sampling(share=0.5, roles=("support",), channels=("C0SUPPORT",))
FINANCE = Sampling(share=0.5, roles=("finance",), channels=("C0FINANCE",))


@pytest.fixture
def drawing(lifecycle, policy):
    """Submits something small that is drawn, or not."""

    async def submitted(sampling=SAMPLING, *, lot=0.0, action=None, **changes):
        policy.changes = {"sampling": sampling}
        lifecycle.randomness = Lots(lot)
        made = submission(10, **changes)
        if action is not None:
            made = replace(made, action=replace(made.action, name=action))
        proposal, _ = await lifecycle.submit(made)
        return proposal

    return submitted


async def judged(store, clock, proposal, judgement=SampleVerdict.fine, reviewer=ALICE):
    sample = await store.samples.get(proposal.id)
    reason = "Not this." if judgement is SampleVerdict.not_fine else None
    await SampleReviews(store, clock).judge(proposal.id, reviewer, judgement, reason, sample.nonce)


async def test_a_sample_comes_back_as_it_was_drawn(drawing, store, clock):
    sample = await store.samples.get((await drawing()).id)
    assert (sample.roles, sample.channels, sample.sampled_at) == (("support",), ("C0SUPPORT",), clock.now())


NO_CARD = """CREATE TRIGGER no_card BEFORE INSERT ON outbox WHEN NEW.kind = 'sample'
BEGIN SELECT RAISE(ABORT, 'no room for its card'); END"""


@pytest.mark.sqlite
async def test_a_draw_that_fails_leaves_no_proposal_and_no_entry(drawing, store, tmp_path):
    with by_hand(tmp_path) as connection:
        connection.execute(NO_CARD)
    with pytest.raises(Violation, match="no room for its card"):
        await drawing()
    assert await store.audit.entries() == []
    assert await store.to_rejudge("policy-2") == []


async def test_what_was_judged_cannot_be_judged_again_even_past_the_move(drawing, store, clock):
    proposal = await drawing()
    await judged(store, clock, proposal)
    again = SampleJudged(
        at=clock.now(), proposal=proposal.id, judgement=SampleVerdict.not_fine, by="U0BOB", reason="But no."
    )
    with pytest.raises(Conflict, match="judged before"):
        await store.transact(lambda tx: tx.judge_sample(proposal, again, Actor(kind="reviewer", id="U0BOB")))
    assert (await store.samples.get(proposal.id)).judged.by == "U0ALICE"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE samples SET judgement = 'not_fine', reason = 'x'",
        "UPDATE samples SET judgement = NULL, judged_by = NULL, judged_at = NULL",
        "UPDATE samples SET action = 'other'",
        "DELETE FROM samples",
    ],
)
async def test_the_file_itself_keeps_a_judged_sample(drawing, store, clock, tmp_path, statement):
    await judged(store, clock, await drawing())
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="a sample stays"):
        connection.execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        "judgement = 'not_fine', judged_by = 'U0BOB', judged_at = 1",
        "judgement = 'fine', judged_by = 'U0BOB', judged_at = 1, reason = 'x'",
        "judgement = 'fine', judged_at = 1",
        "judgement = 'fine', judged_by = 'U0BOB'",
        "judgement = 'good', judged_by = 'U0BOB', judged_at = 1",
    ],
)
async def test_half_a_judgement_is_refused_by_the_schema(drawing, tmp_path, values):
    await drawing()
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute(f"UPDATE samples SET {values}")


async def test_a_draw_and_a_judgement_want_the_card_in_each_channel(drawing, store, clock):
    both = Sampling(share=0.5, roles=("finance", "support"), channels=("C0FINANCE", "C0SUPPORT"))
    proposal = await drawing(both)
    for _ in range(2):
        found = {}
        while delivery := await store.outbox.lease(clock.now(), 30):
            found[delivery.channel] = str(delivery.kind)
            await store.outbox.complete(delivery)
        assert found == {"C0FINANCE": "sample", "C0SUPPORT": "sample"}
        if (await store.samples.get(proposal.id)).judged is None:
            await judged(store, clock, proposal)


async def test_figures_that_agents_may_read_do_not_count_what_was_drawn(drawing, store, clock):
    before = await store.reads.counts(clock.now())
    assert (before.deliveries_waiting, before.dead_letters) == (0, 0)
    await drawing()
    delivery = await store.outbox.lease(clock.now(), 30)
    waiting = await store.reads.counts(clock.now())
    assert (waiting.deliveries_waiting, waiting.dead_letters) == (0, 0)
    await store.outbox.dead_letter(delivery, "channel_not_found", tell="C0OPS")
    dead_letter = await store.reads.counts(clock.now())
    assert (dead_letter.deliveries_waiting, dead_letter.dead_letters) == (0, 0)
    assert await store.reads.dead_letters() == []
    alert = await store.outbox.lease(clock.now(), 30)
    assert (alert.channel, alert.why) == ("C0OPS", "sample to C0SUPPORT: channel_not_found")


async def test_neither_a_draw_nor_a_judgement_wakes_who_waits_for_any_change(drawing, store, clock):
    proposal = await drawing()
    waiting = store.any_changed()
    held = store.signals.watch(proposal.id, proposal.version)
    await judged(store, clock, proposal)
    assert not waiting.done()
    assert not held.done()
    waiting.cancel()
    store.signals.forget(proposal.id, held)


async def test_figures_count_by_action_what_was_drawn_what_is_judged_and_what_was_not_fine(drawing, store, clock):
    for judgement in (SampleVerdict.fine, SampleVerdict.not_fine, SampleVerdict.fine, None):
        proposal = await drawing()
        if judgement is not None:
            await judged(store, clock, proposal, judgement)
    await drawing(lot=0.9)
    await drawing(action="refund.note")
    found, total = await store.counting.figures("U0ALICE", {"support"}, since=START, now=clock.now(), limit=10)
    assert total == 2
    assert found == [
        Stats(action="refund.create", sampled=4, judged=3, not_fine=1),
        Stats(action="refund.note", sampled=1, judged=0, not_fine=0),
    ]
    assert await store.counting.figures("U0ALICE", {"support"}, since=START, now=clock.now(), offset=1, limit=1) == (
        found[1:],
        2,
    )


async def test_figures_are_of_what_one_may_judge_or_owns_and_of_nothing_else(drawing, store, clock):
    await drawing()
    await judged(store, clock, await drawing(FINANCE), reviewer=CAROL)
    of_finance, _ = await store.counting.figures("U0CAROL", {"finance"}, since=START, now=clock.now(), limit=10)
    assert [(each.sampled, each.judged) for each in of_finance] == [(1, 1)]
    of_owner, _ = await store.counting.figures("U0OWNER", set(), since=START, now=clock.now(), limit=10)
    assert [each.sampled for each in of_owner] == [2]
    assert await store.counting.figures("U0STRAY", set(), since=START, now=clock.now(), limit=10) == ([], 0)
