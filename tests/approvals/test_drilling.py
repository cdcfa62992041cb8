"""Drilling: what is planted among what, when, and that in doubt nothing is."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from approvals.agent_stop import EVERYTHING
from approvals.drill import Drill, DrillOrigin, DrillResult
from approvals.events import Actor
from approvals.gate import ApprovalTerms, Batch, Tier
from approvals.plants import DrillTerms, Plant
from approvals.proposal import Action, Status
from approvals.services.agent_stops import Stopping
from approvals.services.drills import LATEST, MOST, SOONEST, Drilling
from tests.approvals.situations import ALICE, BOB, CAROL
from tests.approvals.verbs import AGENT, ask_for
from tests.making import Lots
from tests.storage.town import by_hand

PLANT = Plant(
    action=Action(name="refund.create", payload={"amount": 90, "to": "DE11"}),
    drill=Drill(origin=DrillOrigin.library, wrong="Another account.", look_at="The last digits."),
    reasoning="The parcel was lost.",
)
REMEMBERED = ApprovalTerms(may_differ=("payload.amount",), lasts=3600, most=2)
TERMS = DrillTerms(share=0.5, most=2, roles=frozenset({"support"}), plants={"refund.create": (PLANT,)})


@pytest.fixture
def submit(lifecycle):
    async def submitted(amount, *, action="refund.create", **more):
        proposal, _ = await lifecycle.submit(ask_for(action, amount=amount, **more))
        return proposal

    return submitted


@pytest.fixture
def policy(rules):
    rules.limit, rules.drills = 1000, TERMS
    return rules


@pytest.fixture
def drilling(lifecycle):
    return Drilling(lifecycle=lifecycle)


@pytest.fixture
async def asked(lifecycle, submit):
    """Two that people were asked, and that nobody has to see to any more."""
    found = [await submit(amount) for amount in (10, 20)]
    for each in found:
        await lifecycle.reject(each.id, BOB, "No.", each.nonce)
    return found[0]


@pytest.fixture(autouse=True)
async def posted(store):
    """All cards stand, as a courier would have it, whenever somebody looks."""
    record = store.transact

    async def transact(*args, **kwargs):
        result = await record(*args, **kwargs)

        async def sent(tx):
            await tx._statements.rows(SENT)

        await record(sent)
        return result

    store.transact = transact


class SENT:
    """Notes all deliveries as done."""

    name, sentence = "sent", "Notes all deliveries as done."
    text = postgresql = "UPDATE outbox SET sent = version"


async def planted(drilling, like):
    return await drilling.plant(like.ask, PLANT)


async def test_a_drill_is_planted_in_the_name_of_the_agent_and_waits(drilling, asked, store):
    drill = await planted(drilling, asked)
    found = await store.find(drill.id)
    assert found == drill
    assert (drill.ask.agent, drill.status, drill.drill) == (AGENT, Status.pending, PLANT.drill)
    assert await store.differences() == []


SOME = {
    "no drills are wanted": lambda world: setattr(world.policy, "drills", None),
    "another role is asked": lambda world: setattr(world.policy, "drills", replace(TERMS, roles=frozenset({"lead"}))),
    "the agent may not propose it": lambda world: world.policy.agents.clear(),
    "it runs by itself": lambda world: world.policy.changes.update(tier=Tier.auto),
    "it shares a card": lambda world: world.policy.changes.update(batch=Batch(window=60, most=5)),
    "nobody could fill it": lambda world: world.policy.changes.update(quorum_unreachable="Nobody."),
    "there were enough": lambda world: setattr(world.policy, "drills", replace(TERMS, most=0)),
    "little was asked": lambda world: setattr(world.policy, "drills", replace(TERMS, share=0.4)),
}


@pytest.mark.parametrize("why", SOME)
async def test_nothing_is_planted_where(why, drilling, asked, policy):
    class World:
        pass

    world = World()
    world.policy = policy
    SOME[why](world)
    assert await planted(drilling, asked) is None


async def test_nothing_is_planted_that_its_schema_refuses(drilling, asked, policy):
    policy.highest = PLANT.action.payload["amount"] - 1
    assert await planted(drilling, asked) is None


@pytest.mark.parametrize("agent", [AGENT, EVERYTHING])
async def test_nothing_is_planted_while_its_agent_or_everything_is_stopped(drilling, asked, lifecycle, agent):
    await Stopping(lifecycle).stop(agent, Actor(kind="system", id="signoff stop"), None)
    assert await planted(drilling, asked) is None


async def test_nothing_is_planted_while_everything_is_stopped_for_who_was_resumed_either(drilling, asked, lifecycle):
    stopping, operators = Stopping(lifecycle), Actor(kind="system", id="signoff stop")
    await stopping.stop(EVERYTHING, operators, None)
    await stopping.resume(AGENT, operators)
    assert await planted(drilling, asked) is None


async def test_only_one_waits_for_a_role_at_a_time_and_no_more_than_there_may_be_in_a_week(
    drilling, asked, lifecycle, submit, clock, policy
):
    first = await planted(drilling, asked)
    assert await planted(drilling, asked) is None
    await lifecycle.reject(first.id, BOB, "No.", first.nonce)
    assert await planted(drilling, asked) is None, "one of two is half"
    for amount in (30, 40, 50, 60):
        each = await submit(amount)
        await lifecycle.reject(each.id, BOB, "No.", each.nonce)
    second = await planted(drilling, asked)
    await lifecycle.approve(second.id, ALICE, second.nonce)
    assert await planted(drilling, asked) is None, "two are the most"
    clock.forward(days=8)
    assert await planted(drilling, asked) is None, "nothing was asked in this week"


async def test_what_waits_for_other_roles_holds_none_back(drilling, asked, policy, lifecycle, submit):
    policy.drills = replace(TERMS, roles=frozenset({"support", "finance"}))
    await planted(drilling, asked)
    policy.changes = {"roles": ("finance",), "channels": ("C0FINANCE",)}
    for amount in (30, 40):
        each = await submit(amount)
        await lifecycle.withdraw(each.id, AGENT, "No longer.")
    policy.changes = {}
    assert await planted(drilling, asked) is None, "what was withdrawn was asked of nobody"


async def test_a_drill_of_other_roles_holds_none_back(drilling, asked, policy, lifecycle, submit):
    policy.drills = replace(TERMS, roles=frozenset({"support", "finance"}))
    elsewhere = {"roles": ("finance",), "channels": ("C0FINANCE",)}
    policy.changes = elsewhere
    for amount in (30, 40):
        each = await submit(amount)
        await lifecycle.reject(each.id, CAROL, "No.", each.nonce)
    policy.changes = {}
    assert await planted(drilling, asked) is not None
    policy.changes = elsewhere
    assert await planted(drilling, asked) is not None
    assert await planted(drilling, asked) is None, "one waits for these"


async def test_nothing_is_planted_where_an_approval_like_it_is_remembered(drilling, asked, policy, lifecycle, submit):
    policy.changes = {"remember_approval": REMEMBERED}
    each = await submit(30)
    await lifecycle.approve_and_next(each.id, BOB, each.nonce)
    assert await planted(drilling, asked) is None


async def test_an_approval_of_a_drill_and_the_next_like_it_is_remembered_for_nothing(
    drilling, asked, policy, lifecycle, store
):
    policy.changes = {"remember_approval": REMEMBERED}
    drill = await planted(drilling, asked)
    missed = await lifecycle.approve_and_next(drill.id, ALICE, drill.nonce)
    assert (missed.status, missed.drill.result) == (Status.rejected, DrillResult.missed)
    assert await store.remembered.approvals() == []


async def test_whoever_edits_a_drill_is_shown_what_a_proposal_would_become(drilling, asked, lifecycle):
    drill = await planted(drilling, asked)
    foreseen = await lifecycle.preview_edit(drill.id, ALICE, {"amount": 80, "to": "DE11"}, drill.nonce)
    assert (foreseen.drill, foreseen.status, foreseen.action.payload["amount"]) == (None, Status.approved, 80)
    assert (await lifecycle.store.find(drill.id)).status is Status.pending


async def test_nothing_is_planted_while_something_urgent_waits(drilling, asked, submit, clock):
    await submit(30)
    clock.forward(minutes=50)
    assert await planted(drilling, asked) is None


async def test_nothing_is_planted_while_what_ran_is_overdue(drilling, asked, claimed, clock, lifecycle):
    await claimed(30)
    clock.forward(hours=2)
    await lifecycle.sweep()
    assert await planted(drilling, asked) is None


async def test_nothing_is_planted_that_a_remembered_no_would_reject(drilling, asked, lifecycle, submit):
    same = await submit(90, to="DE11")
    await lifecycle.reject(same.id, BOB, "No.", same.nonce, remember=True)
    assert await planted(drilling, asked) is None


async def test_nothing_is_planted_while_cards_of_its_agent_wait_to_be_posted(drilling, asked, store, submit):
    posted = store.transact
    store.transact = type(store).transact.__get__(store)
    await submit(30)
    assert await planted(drilling, asked) is None
    store.transact = posted


async def test_a_drill_is_called_off_once_something_urgent_waits(drilling, asked, submit, clock, store):
    drill = await planted(drilling, asked)
    assert await drilling.sweep() == 0
    clock.forward(minutes=1)
    await submit(30)
    clock.forward(minutes=45)
    assert await drilling.sweep() == 1
    assert (await store.find(drill.id)).drill.result is DrillResult.called_off
    clock.forward(seconds=1)
    assert await drilling.sweep() == 0


async def test_a_drill_is_called_off_once_the_policy_wants_none(drilling, asked, store, policy, clock):
    drill = await planted(drilling, asked)
    policy.drills = None
    assert await drilling.sweep() == 1
    assert (await store.find(drill.id)).drill.result is DrillResult.called_off


async def test_what_time_has_ended_is_not_called_off(drilling, asked, store, policy, clock, lifecycle):
    drill = await planted(drilling, asked)
    policy.drills = None
    clock.forward(hours=2)
    assert await drilling.sweep() == 0
    await lifecycle.sweep()
    assert (await store.find(drill.id)).drill.result is DrillResult.unanswered


async def test_a_stop_of_everything_ends_it(drilling, asked, store, lifecycle, rules):
    drill = await planted(drilling, asked)
    stopping = Stopping(lifecycle)
    await stopping.stop(EVERYTHING, Actor(kind="system", id="signoff stop"), None)
    await stopping.close()
    assert (await store.find(drill.id)).drill.result is DrillResult.called_off


async def test_a_damaged_one_is_remembered_and_the_sweep_goes_on(drilling, asked, lifecycle, tmp_path):
    drill = await planted(drilling, asked)
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE proposals SET nonce = 'another' WHERE id = ?", (drill.id,))
    assert await drilling.sweep() == 0
    assert drill.id in lifecycle.damaged


# When one comes ------------------------------------------------------------------------------------------------------


async def test_what_chance_falls_on_is_followed_by_a_drill_within_minutes(drilling, asked, submit, lifecycle, clock):
    lifecycle.randomness = Lots(0.9, 0.5, 0.0)
    lifecycle.policy.drills = replace(TERMS, share=0.3333)
    drilling.look_at(await submit(30))
    assert drilling._coming == []
    like = await submit(40)
    drilling.look_at(like)
    ((at, followed),) = drilling._coming
    assert (at, followed) == (clock.now() + SOONEST, like)
    assert await drilling.sweep() == 0
    clock.forward(seconds=5)
    assert await drilling.sweep() == 1
    assert await drilling.sweep() == 0


async def test_only_what_people_were_just_asked_is_followed_by_one(drilling, asked, submit, lifecycle, policy):
    lifecycle.randomness = Lots(*[0.0] * 50)
    drilling.look_at(await lifecycle.store.find(asked.id))
    policy.drills = None
    drilling.look_at(await submit(30))
    policy.drills = TERMS
    drilling.look_at(await submit(31, action="db.copy"))
    drilling.look_at(await planted(drilling, asked))
    assert drilling._coming == []


async def test_no_more_are_about_to_come_than_there_may_be(drilling, submit, lifecycle):
    lifecycle.randomness = Lots(*[0.0] * 3 * MOST)
    like = await submit(30)
    for _ in range(MOST + 1):
        drilling.look_at(like)
    assert len(drilling._coming) == MOST


async def test_what_is_due_is_left_out_where_nobody_looked_for_long_or_the_policy_changed(
    drilling, asked, submit, lifecycle, clock, policy
):
    lifecycle.randomness = Lots(*[0.0] * 9)
    drilling.look_at(await submit(30))
    clock.forward(minutes=20)
    assert await drilling.sweep() == 0
    for terms in (None, replace(TERMS, plants={"mail": (PLANT,)})):
        policy.drills = TERMS
        drilling.look_at(await submit(31))
        policy.drills = terms
        clock.forward(seconds=6)
        assert await drilling.sweep() == 0
        assert drilling._coming == []


async def test_drills_come_late_in_a_run_as_well_as_early(drilling, submit, lifecycle, clock):
    """Each thing that is asked has the same chance, so that none of a run's places is safe."""
    lifecycle.randomness = random.Random(7)
    lifecycle.randomness.draw = lifecycle.randomness.random
    lifecycle.policy.drills = replace(TERMS, share=0.02)
    like, places = await submit(30), Counter()
    for _ in range(2000):
        for place in range(30):
            drilling.look_at(like)
            places[place // 10] += len(drilling._coming)
            assert all(SOONEST <= at - clock.now() < LATEST for at, _ in drilling._coming)
            drilling._coming = []
    assert places.total() == pytest.approx(2000 * 30 * 0.04, rel=0.1)
    assert max(places.values()) < 1.2 * min(places.values())
