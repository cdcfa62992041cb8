"""Simulated reviewers: who reads, skims, clicks or tires with time is told apart by the figures of 5,000 decisions."""

import asyncio
import random
from datetime import timedelta

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.estimate import Share
from approvals.lifecycle import Lifecycle
from approvals.oversight import ONCE, READING_SPEED, Figure, Habit
from storage.engine.queries import queries
from storage.rows import millis
from tests.databases import new_store
from tests.making import START, Clock, Ids, Lots
from tests.storage.town import ALICE, TablePolicy, by_hand, submission

pytestmark = pytest.mark.sqlite

EACH = 1250
HOUR = 3_600_000
HABITS = {
    "U0READS": lambda chance, place: chance.lognormvariate(0.35, 0.35),
    "U0SKIMS": lambda chance, place: chance.lognormvariate(-0.6, 0.35),
    "U0CLICKS": lambda chance, place: chance.lognormvariate(-2.2, 0.5),
    "U0TIRES": lambda chance, place: chance.lognormvariate(0.35, 0.35) * 0.94 ** max(0, place - 10),
}
"""How often each has a card before them as long as it takes to read it, by its place among those of the hour."""
_COPY = "UPDATE copied SET id = ?1, created_at = ?2; INSERT INTO proposals SELECT * FROM copied"
_INSERT = queries("proposals")["insert_decision"].text


@pytest.fixture(scope="module")
def habits(tmp_path_factory):
    """The figures of each of them, after so many decisions."""
    return asyncio.run(figures_of_habits(tmp_path_factory.mktemp("habits")))


async def figures_of_habits(folder):
    clock = Clock()
    async with new_store(folder, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        await decide_all(folder, lifecycle, clock)
        found = await store.insights.insight(since=START, now=START + timedelta(days=400))
    return {each.name: each for each in found.reviewers}


async def decide_all(folder, lifecycle, clock):
    made, _ = await lifecycle.submit(submission())
    seen = Attestation(first_seen=FirstSeen(at=clock.now(), words=100))
    clock.forward(seconds=1)
    await lifecycle.approve(made.id, ALICE, made.nonce, attestation=seen)
    chance = random.Random(1)
    with by_hand(folder) as hand:
        hand.execute("BEGIN")
        hand.execute("CREATE TEMP TABLE copied AS SELECT * FROM proposals")
        for number, (who, times) in enumerate(HABITS.items()):
            decide(hand, who, times, chance, millis(START) + number)
        hand.execute("COMMIT")


def decide(hand, who, times, chance, begun):
    """So many cards, sixty a day one after the other."""
    at, lately = begun, []
    for number in range(EACH):
        at = begun + (number // 60) * 24 * HOUR if number % 60 == 0 else at + 3000
        words = chance.randint(40, 400)
        lately = [each for each in lately if each > at - HOUR]
        looked = int(words / READING_SPEED * 1000 * times(chance, len(lately) + 1))
        shown, at = at, at + looked
        lately.append(at)
        proposal_id = f"prp_{who}{number}"
        for statement in _COPY.split("; "):
            hand.execute(statement, (proposal_id, shown) if "?" in statement else ())
        verdict = "reject" if chance.random() < 0.05 else "approve"
        rushed = int(looked * 15 < words * 1000)
        values = (proposal_id, 1, who, verdict, 1, 1, at, '["support"]', None, None, rushed, shown, "[]", words)
        hand.execute(_INSERT.replace("$", "?"), values)


def test_reviewers_of_each_habit_are_told_apart(habits):
    assert {name: habits[name].decisions for name in HABITS} == dict.fromkeys(HABITS, EACH)
    assert {name: habits[name].habit for name in HABITS} == {
        "U0READS": Habit.reads,
        "U0SKIMS": Habit.skims,
        "U0CLICKS": Habit.clicks,
        "U0TIRES": Habit.tires,
    }
    unread = {name: habits[name].unread for name in HABITS}
    assert unread["U0CLICKS"].surely_above(unread["U0SKIMS"])
    assert unread["U0SKIMS"].surely_above(unread["U0READS"])
    assert unread["U0TIRES"].surely_above(unread["U0READS"])
    assert habits["U0CLICKS"].read.quantile(0.5) < ONCE / 4 < habits["U0SKIMS"].read.quantile(0.5)


def test_only_who_tires_reads_less_late_in_a_streak(habits):
    assert [name for name in HABITS if habits[name].tires] == ["U0TIRES"]
    early, _, late, _ = habits["U0TIRES"].streaks
    assert late.read.below(ONCE // 2).surely_above(early.read.below(ONCE // 2))
    assert not habits["U0TIRES"].streaks[0].read.below(ONCE // 2).surely_above(Share(1, 10))


def test_who_clicks_is_rushed_and_who_reads_hardly_ever_is(habits):
    rushed = {name: habits[name].number(Figure.rushed) / EACH for name in HABITS}
    assert rushed["U0CLICKS"] > 0.9
    assert rushed["U0READS"] < 0.01
