"""Drills in the figures: how they ended, by action, rule, agent and role, for nobody by name; and in no other figure."""

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.drill import Drill, DrillOrigin, DrillResult
from approvals.estimate import Share
from approvals.oversight import Figure
from approvals.plants import DrillTerms, Plant
from approvals.proposal import Action
from approvals.services.drills import Drilling
from approvals.services.erasures import Erasing
from tests.making import START
from tests.storage.town import ALICE, BOB, submission

PLANT = Plant(
    action=Action(name="refund.create", payload={"amount": 250, "order": "9"}),
    drill=Drill(origin=DrillOrigin.library, wrong="Another account.", look_at="The last digits."),
    reasoning="The parcel was lost.",
)
"""As others are of which people are asked, in every way that a figure could see."""
TERMS = DrillTerms(share=1.0, most=99, roles=frozenset({"support"}), plants={"refund.create": (PLANT,)})


@pytest.fixture
def world(lifecycle, policy, store, clock):
    policy.drills = TERMS
    policy.changes = {"rules": ("refunds",)}
    return World(lifecycle, store, clock)


class World:
    """Work, and drills among it."""

    def __init__(self, lifecycle, store, clock):
        self.lifecycle, self.store, self.clock = lifecycle, store, clock
        self.drilling = Drilling(lifecycle=lifecycle)

    async def work(self):
        """Some that people were asked and decided."""
        for verb in ("approve", "reject") * 4:
            made, _ = await self.lifecycle.submit(submission())
            self.clock.forward(seconds=20)
            if verb == "approve":
                await self.lifecycle.approve(made.id, ALICE, made.nonce)
            else:
                await self.lifecycle.reject(made.id, BOB, "No.", made.nonce)
        await self.posted()
        return made

    async def posted(self):
        async def sent(tx):
            await tx._statements.rows(SENT)

        await self.store.transact(sent)

    async def planted(self, like):
        drill = await self.drilling.plant(like.ask, PLANT)
        assert drill is not None
        await self.posted()
        return drill

    async def drilled(self, result, like):
        drill = await self.planted(like)
        self.clock.forward(seconds=20)
        match result:
            case DrillResult.caught:
                await self.lifecycle.reject(drill.id, BOB, "No.", drill.nonce)
            case DrillResult.missed:
                at_once = Attestation(first_seen=FirstSeen(at=self.clock.now(), words=9000))
                await self.lifecycle.approve(drill.id, ALICE, drill.nonce, attestation=at_once)
            case DrillResult.edited:
                await self.lifecycle.edit(drill.id, ALICE, {"amount": 1, "order": "9"}, drill.nonce)
            case DrillResult.asked:
                await self.lifecycle.ask(drill.id, ALICE, "Why?", drill.nonce)
            case DrillResult.unanswered:
                self.clock.at = drill.expires_at
                await self.lifecycle.sweep()
            case DrillResult.called_off:
                self.lifecycle.policy.drills = None
                await self.drilling.sweep()
                self.lifecycle.policy.drills = TERMS
        over = await self.store.find(drill.id)
        assert over.drill.result is result
        return over

    async def insight(self, **narrowed):
        return await self.store.insights.insight(since=START, now=self.clock.now(), **narrowed)


class SENT:
    """Notes all deliveries as done."""

    name, sentence = "sent", "Notes all deliveries as done."
    text = postgresql = "UPDATE outbox SET sent = version"


def without_drills(found):
    ended = (Figure.caught, Figure.missed, Figure.unanswered, Figure.broken_off)
    kept = [found.everything, *found.actions, *found.rules, *found.agents, *found.roles, *found.reviewers]
    return [(of.name, {key: count for key, count in of.counts.items() if key[0] not in ended}) for of in kept]


async def test_each_end_counts_for_action_rule_agent_and_role_and_for_no_reviewer(world):
    like = await world.work()
    for result in (*DrillResult, DrillResult.caught):
        await world.drilled(result, like)
    found = await world.insight()
    for each in (found.everything, *found.actions, *found.rules, *found.agents, *found.roles):
        assert each.caught == Share(2, 3)
        assert each.drills == 7
        assert (each.number(Figure.unanswered), each.number(Figure.broken_off)) == (1, 3)
    assert [each.name for each in found.rules] == ["refunds"]
    assert [each.name for each in found.roles] == ["support"]
    assert all(each.drills == 0 for each in found.reviewers)
    assert (await world.insight(reviewer="U0ALICE")).everything.drills == 0
    assert (await world.insight(role="finance")).everything.drills == 0
    assert await world.store.differences() == []


@pytest.mark.parametrize("result", [None, *DrillResult])
async def test_it_changes_no_other_figure_be_it_over_or_not(world, result):
    like = await world.work()
    before = without_drills(await world.insight())
    drill = await world.planted(like) if result is None else await world.drilled(result, like)
    assert without_drills(await world.insight()) == before
    assert await world.store.insights.queue(world.clock.now()) == []
    stats, _ = await world.store.counting.figures(
        "U0ALICE", {"support"}, since=START, now=world.clock.now(), agent=None, role=None, offset=0, limit=9
    )
    (asked,) = stats[0].asked
    assert asked.asked - (result is None) == 8
    submitted = {each.id async for page in world.store.reads.since(START) for each in page.proposals}
    assert like.id in submitted
    assert drill.id not in submitted
    assert await world.store.samples.get(drill.id) is None


async def test_to_people_in_slack_one_that_waits_counts_as_what_it_looks_like(world):
    like = await world.work()
    await world.planted(like)
    assert (await world.insight()).everything.number(Figure.waits) == 0
    shown = (await world.insight(practised=True)).everything
    assert (shown.number(Figure.waits), shown.asked, shown.drills) == (1, 9, 0)


async def test_erased_it_counts_as_before(world):
    over = await world.drilled(DrillResult.missed, await world.work())
    before = await world.insight()
    await Erasing(world.store, world.clock).erase(over.id, "alex", "asked for")
    assert (await world.insight()).everything == before.everything
    assert (await world.insight()).roles == before.roles
    assert await world.store.differences() == []
