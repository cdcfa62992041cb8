"""Insights: how people decided, kept with each decision, by action, rule, agent, role and reviewer."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.estimate import Share
from approvals.oversight import ONCE, Figure
from approvals.proposal import Action, Status
from storage import Form
from tests.house.tree import ROOT
from tests.making import START
from tests.storage.town import ALICE, BOB, CAROL, by_hand, submission


@pytest.fixture
def insight(store, clock):
    async def asked(since=START, **narrowed):
        return await store.insights.insight(since=since, now=clock.now(), **narrowed)

    return asked


@pytest.fixture
def decided(lifecycle, clock):
    async def approved(person=ALICE, *, words=75, seconds=20, amount=250, verb="approve"):
        """A proposal that the person had before them for so long and then decided."""
        made, _ = await lifecycle.submit(submission(amount))
        seen = Attestation(first_seen=FirstSeen(at=clock.now(), words=words))
        clock.forward(seconds=seconds)
        if verb == "reject":
            return await lifecycle.reject(made.id, person, "No.", made.nonce, attestation=seen)
        return await lifecycle.approve(made.id, person, made.nonce, attestation=seen)

    return approved


def named(found, name):
    return next(each for each in found if each.name == name)


async def test_a_decision_counts_for_its_action_rule_agent_role_and_reviewer(decided, insight, policy, store):
    policy.changes = {"rules": ("large_refunds", "refunds")}
    await decided()
    await decided(BOB, verb="reject")
    found = await insight()
    assert [each.name for each in found.actions] == ["refund.create"]
    assert sorted(each.name for each in found.rules) == ["large_refunds", "refunds"]
    assert [each.name for each in found.agents] == ["support-bot"]
    assert [each.name for each in found.roles] == ["support"]
    for each in (found.everything, *found.actions, *found.rules, *found.agents, *found.roles):
        assert (each.asked, each.decisions) == (2, 2)
        assert (each.number(Figure.untouched), each.number(Figure.rejected)) == (1, 1)
    assert [(each.name, each.decisions) for each in found.reviewers] == [("U0ALICE", 1), ("U0BOB", 1)]
    assert named(found.reviewers, "U0BOB").number(Figure.refused) == 1
    assert await store.differences() == []


async def test_what_no_rule_asked_about_is_told_by_no_name(decided, insight, policy):
    policy.changes = {"rules": ()}
    await decided()
    assert [(each.name, each.asked) for each in (await insight()).rules] == [("", 1)]


async def test_the_time_before_it_is_held_against_the_words_of_that_card(decided, insight):
    await decided(words=75, seconds=20)
    await decided(words=750, seconds=20)
    await decided(words=7500, seconds=20)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert [step for step, _, _ in alice.read.steps] == [1, 12, ONCE]
    assert (alice.looked.count, alice.looked.quantile(0.5)) == (3, 20_000)
    assert alice.unread == Share(2, 3)


@pytest.mark.parametrize(("seconds", "rushed"), [(4.999, 1), (5, 0)])
async def test_rushed_is_just_what_comes_in_less_than_a_quarter_of_the_reading_time(decided, insight, seconds, rushed):
    await decided(words=75, seconds=seconds)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert alice.number(Figure.rushed) == alice.read.below(ONCE // 4).hits == rushed


async def test_where_nobody_knows_what_was_seen_only_the_verdict_counts(lifecycle, clock, decided, insight):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await decided(words=0)
    later = Attestation(first_seen=FirstSeen(at=clock.now() + timedelta(hours=1), words=9))
    set_back, _ = await lifecycle.submit(submission())
    await lifecycle.approve(set_back.id, ALICE, set_back.nonce, attestation=later)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert (alice.decisions, alice.looked.count, alice.read.count) == (3, 1, 0)


async def test_the_place_in_a_streak_is_counted_over_an_hour(decided, insight, clock):
    for _ in range(12):
        await decided(seconds=1)
    clock.forward(minutes=61)
    await decided()
    await decided(BOB)
    found = await insight()
    alice = named(found.reviewers, "U0ALICE")
    assert [each.decisions for each in alice.streaks] == [11, 2, 0, 0]
    assert [each.read.count for each in alice.streaks] == [11, 2, 0, 0]
    assert [each.decisions for each in named(found.reviewers, "U0BOB").streaks] == [1, 0, 0, 0]


async def test_details_count_where_the_reviewer_had_opened_them_before(lifecycle, store, clock, insight):
    for opener, kind in ((ALICE, "details"), (BOB, "details"), (ALICE, "review")):
        made, _ = await lifecycle.submit(submission())
        await store.forms.open(
            Form(
                id=f"frm_{made.id}",
                proposal_id=made.id,
                revision=1,
                nonce=made.nonce,
                reviewer=opener.user,
                kind=kind,
                opened_at=clock.now(),
            )
        )
        await lifecycle.approve(made.id, ALICE, made.nonce)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert (alice.decisions, alice.number(Figure.details)) == (3, 1)


async def test_an_approval_of_ones_own_edit_is_told_from_one_of_what_is_there(lifecycle, insight, clock):
    for _ in range(2):
        made, _ = await lifecycle.submit(submission(1500))
        edited = await lifecycle.edit(made.id, ALICE, {"amount": 1200, "order": "1001"}, made.nonce)
        await lifecycle.approve(made.id, CAROL, edited.nonce)
    found = await insight()
    assert named(found.reviewers, "U0ALICE").number(Figure.changed) == 2
    assert named(found.reviewers, "U0CAROL").number(Figure.agreed) == 2
    assert found.everything.number(Figure.edited) == 2


async def test_who_decides_second_agrees_or_does_not(lifecycle, insight, store):
    for verb in ("approve", "reject"):
        made, _ = await lifecycle.submit(submission(1500))
        await lifecycle.approve(made.id, ALICE, made.nonce)
        if verb == "approve":
            await lifecycle.approve(made.id, CAROL, made.nonce)
        else:
            await lifecycle.reject(made.id, CAROL, "No.", made.nonce)
    alone, _ = await lifecycle.submit(submission())
    await lifecycle.approve(alone.id, ALICE, alone.nonce)
    await lifecycle.revoke(alone.id, BOB, "No.", alone.nonce)
    found = await insight()
    assert found.everything.disagreed == Share(1, 2)
    assert named(found.reviewers, "U0CAROL").disagreed == Share(1, 2)
    assert named(found.reviewers, "U0ALICE").disagreed == Share(0, 0)
    alone, _ = await lifecycle.submit(submission(1500))
    await lifecycle.approve(alone.id, BOB, alone.nonce)
    await lifecycle.reject(alone.id, BOB, "On second thought.", alone.nonce)
    assert named((await insight()).reviewers, "U0BOB").disagreed == Share(0, 0)
    assert await store.differences() == []


async def test_what_fails_or_is_undone_counts_against_its_approvals(lifecycle, decided, insight, store):
    failed = await decided()
    await lifecycle.claim(failed.id, "support-bot", failed.digest, None)
    assert (await insight()).everything.number(Figure.failed) == 0
    await lifecycle.report(failed.id, "support-bot", Status.failed, None, None)
    worked = await decided()
    await lifecycle.claim(worked.id, "support-bot", worked.digest, None)
    await lifecycle.report(worked.id, "support-bot", Status.succeeded, None, None)
    revoked = await decided()
    await lifecycle.revoke(revoked.id, BOB, "No.", revoked.nonce)
    found = await insight()
    alice = named(found.reviewers, "U0ALICE")
    assert (alice.number(Figure.failed_later), alice.number(Figure.undone_later)) == (1, 1)
    bob = named(found.reviewers, "U0BOB")
    assert (bob.number(Figure.failed_later), bob.number(Figure.undone_later)) == (0, 0)
    assert (found.everything.number(Figure.failed), found.everything.number(Figure.revoked)) == (1, 1)
    assert await store.differences() == []


async def test_an_approval_that_was_taken_back_is_told_so(lifecycle, policy, clock, decided, insight, store):
    policy.changes = {"undo_window": 60}
    approved = await decided()
    await lifecycle.retract(approved.id, ALICE, approved.nonce)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert (alice.decisions, alice.number(Figure.retracted)) == (1, 1)
    assert await store.differences() == []
    waits = await store.find(approved.id)
    await lifecycle.approve(waits.id, ALICE, waits.nonce)
    alice = named((await insight()).reviewers, "U0ALICE")
    assert (alice.decisions, alice.number(Figure.retracted)) == (2, 1)
    assert await store.differences() == []


async def test_insights_can_be_of_one_agent_role_or_reviewer_and_of_the_last_days(lifecycle, decided, clock, insight):
    await decided()
    both, _ = await lifecycle.submit(submission(1500))
    await lifecycle.approve(both.id, CAROL, both.nonce)
    assert (await insight(role="finance")).everything.asked == 1
    assert [each.name for each in (await insight(role="finance")).reviewers] == ["U0CAROL"]
    assert [each.name for each in (await insight(role="finance")).roles] == ["finance"]
    assert (await insight(agent="other-bot")).everything.asked == 0
    own = await insight(reviewer="U0CAROL")
    assert (own.everything.asked, own.everything.decisions) == (0, 1)
    assert [each.name for each in own.reviewers] == ["U0CAROL"]
    clock.forward(days=8)
    assert (await insight(since=clock.now() - timedelta(days=7))).everything.decisions == 0


@pytest.mark.parametrize("schema", ["sqlite", "postgresql"])
def test_each_figure_is_counted_by_the_view_and_the_view_counts_no_other(schema):
    script = (ROOT / "storage" / "migrations" / schema / "0001_first.sql").read_text(encoding="utf-8")
    view = script.partition("CREATE VIEW figured AS")[2].partition("CREATE TABLE figures")[0]
    counted = set(
        re.findall(r"'([a-z_]+)' AS kind|(?:THEN|ELSE|json_array\() ?'([a-z_]+)'|ARRAY\[([^]]*)\]|'(\[\"[^']*)'", view)
    )
    words = {word for found in counted for text in found for word in re.findall(r"[a-z_]+", text)}
    assert words == {str(each) for each in Figure} - {"waits", "read"} | {"read_"}


async def test_what_waits_counts_as_it_stands(lifecycle, clock, insight, store):
    first, _ = await lifecycle.submit(submission())
    clock.forward(minutes=5)
    await lifecycle.submit(submission(1500))
    found = await insight()
    assert (found.everything.asked, found.everything.number(Figure.waits)) == (2, 2)
    queue = {each.role: each for each in await store.insights.queue(clock.now())}
    assert {role: each.waits for role, each in queue.items()} == {"support": 2, "finance": 1}
    assert queue["support"].oldest == first.created_at
    clock.at = first.expires_at
    found = await insight()
    assert (found.everything.number(Figure.waits), found.everything.number(Figure.expired)) == (1, 1)
    assert {each.role: each.waits for each in await store.insights.queue(clock.now())} == {"support": 1, "finance": 1}


async def test_those_with_the_most_are_told_and_the_others_are_counted(lifecycle, insight):
    for times, name in enumerate(("a.one", "b.two", "c.three"), start=1):
        for _ in range(times):
            await lifecycle.submit(replace(submission(), action=Action(name=name, payload={"amount": 250})))
    found = await insight(limit=2)
    assert [each.name for each in found.actions] == ["c.three", "b.two"]
    assert found.left_out == {"action": 1}
    assert found.everything.asked == 6


async def test_a_damaged_gate_takes_away_no_insights_of_others(lifecycle, decided, tmp_path, insight):
    made = await decided()
    await decided()
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET gate = 'no JSON' WHERE id = ?", (made.id,))
    found = (await insight()).everything
    assert (found.asked, found.decisions) == (1, 1)
