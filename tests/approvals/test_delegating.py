"""Delegations over a real store: begun and ended with their facts, and asked again at the moment of deciding."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.delegation import NoDelegation, OwnDelegate
from approvals.events import Actor
from approvals.lifecycle import Submission
from approvals.proposal import Action, Status
from approvals.refusals import NotYourRole
from approvals.reviewer import DelegatedRoles, Reviewer
from approvals.services.delegations import Delegating
from tests.approvals.situations import ALICE, BOB
from tests.approvals.verbs import SeenBefore
from tests.making import START, Ids, make_ask
from tests.storage.town import notices

DAVE = Reviewer(
    user="U0DAVE",
    team="T0TEAM",
    name="Dave",
    delegated=(DelegatedRoles(by="U0ALICE", roles=ALICE.roles, proof=("support: member",)),),
)
HOUR = timedelta(hours=1)
AS_ALICE = Actor(kind="reviewer", id="U0ALICE", team="T0TEAM")
AS_DAVE = Actor(kind="reviewer", id="U0DAVE", team="T0TEAM")


@pytest.fixture
def delegating(store, clock):
    return Delegating(store=store, clock=clock, ids=Ids())


@pytest.fixture
async def waiting(lifecycle):
    action = Action(name="refund.create", payload={"amount": 250})
    return (await lifecycle.submit(Submission(action=action, ask=make_ask(), fingerprint="f" * 64)))[0]


async def entries(store):
    return [(each.tag, json.loads(each.facts), each.actor_id) for each in await store.audit.entries()]


async def told(store):
    return [(tag, facts.get("cause"), actor) for tag, facts, actor in await entries(store)]


async def test_beginning_one_is_an_entry_that_names_both_and_how_the_roles_were_known(delegating, store):
    made = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    assert await store.delegations.in_force("U0DAVE", START) == [made]
    ((tag, facts, actor),) = await entries(store)
    assert (tag, actor) == ("delegation:begun", "U0ALICE")
    assert facts == {
        "id": made.id,
        "delegator": "U0ALICE",
        "delegate": "U0DAVE",
        "until": "2026-11-20T11:15:00.000Z",
        "roles": ["support"],
    }
    assert json.loads((await store.audit.entries())[0].actor_proof) == ["support: member"]


async def test_it_is_announced_once_in_each_channel_with_the_same_transaction(delegating, store, clock):
    await delegating.begin(ALICE, "U0DAVE", START + HOUR, {"C0SUPPORT": "Dave for Alice", "C0LEAD": "Dave for Alice"})
    assert await notices(store, clock.now()) == [("C0SUPPORT", "Dave for Alice"), ("C0LEAD", "Dave for Alice")]


async def test_a_refused_one_leaves_nothing_behind(delegating, store):
    with pytest.raises(OwnDelegate):
        await delegating.begin(ALICE, "U0ALICE", START + HOUR, {"C0SUPPORT": "?"})
    assert await entries(store) == []
    assert await store.outbox.next_due() is None


async def test_a_new_one_with_the_same_person_replaces_the_old_one(delegating, store):
    await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    longer = await delegating.begin(ALICE, "U0DAVE", START + 2 * HOUR)
    assert await store.delegations.in_force("U0ALICE", START) == [longer]
    assert await told(store) == [
        ("delegation:begun", None, "U0ALICE"),
        ("delegation:ended", "replaced", "U0ALICE"),
        ("delegation:begun", None, "U0ALICE"),
    ]


async def test_either_of_the_two_ends_it_and_nobody_else(delegating, store, clock):
    made = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    with pytest.raises(NoDelegation):
        await delegating.end(made.id, replace(AS_DAVE, id="U0BOB"))
    with pytest.raises(NoDelegation):
        await delegating.end("dlg_nothing", AS_ALICE)
    await delegating.end(made.id, AS_DAVE)
    assert not await store.delegations.in_force("U0ALICE", clock.now())
    assert (await told(store))[-1] == ("delegation:ended", "given_back", "U0DAVE")
    delegated = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    await delegating.end(delegated.id, AS_ALICE)
    assert (await told(store))[-1] == ("delegation:ended", "retracted", "U0ALICE")
    with pytest.raises(NoDelegation):
        await delegating.end(delegated.id, AS_ALICE)


async def test_the_sweep_puts_down_once_what_time_has_ended_and_leaves_the_rest(delegating, store, clock):
    await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    await delegating.begin(BOB, "U0DAVE", START + 2 * HOUR)
    assert await delegating.sweep() == 0
    clock.forward(hours=1)
    assert await delegating.sweep() == 1
    assert await delegating.sweep() == 0
    assert (await told(store))[-1] == ("delegation:ended", "expired", "signoff")
    assert await store.delegations.delegators("U0DAVE", clock.now()) == {"U0BOB"}


async def test_a_sweep_that_comes_second_changes_nothing(delegating, store, clock):
    made = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    clock.forward(hours=1)
    seen = await store.delegations_over(clock.now(), 10)
    assert await delegating.sweep() == 1
    assert seen == [made.id]
    late = replace(delegating, store=SeenBefore(store, delegations_over=[*seen, "dlg_nothing"]))
    assert await late.sweep() == 0


async def test_an_approval_by_delegation_names_both_and_how_it_was_known(delegating, lifecycle, store, waiting):
    await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    done = await lifecycle.approve(waiting.id, DAVE, waiting.nonce)
    assert done.status is Status.approved
    entry = next(each for each in await store.audit.entries() if each.tag == "proposal:decided")
    assert json.loads(entry.facts)["decision"]["stands_in_for"] == "U0ALICE"
    assert json.loads(entry.actor_proof) == ["support: member (lent by U0ALICE)"]
    assert (await store.find(waiting.id)).decisions == done.decisions
    assert (await lifecycle.claim(waiting.id, "support-bot", done.digest, None)).status is Status.claimed


@pytest.mark.parametrize("late", [timedelta(milliseconds=-1), timedelta(0)])
async def test_what_was_looked_up_in_time_counts_only_if_it_holds_when_it_is_decided(
    delegating, lifecycle, clock, waiting, late
):
    await delegating.begin(ALICE, "U0DAVE", START + timedelta(minutes=10))
    clock.at = START + timedelta(minutes=10) + late
    if late:
        assert (await lifecycle.approve(waiting.id, DAVE, waiting.nonce)).status is Status.approved
        return
    with pytest.raises(NotYourRole):
        await lifecycle.approve(waiting.id, DAVE, waiting.nonce)


VERBS = {
    "approve": lambda life, it: life.approve(it.id, DAVE, it.nonce),
    "reject": lambda life, it: life.reject(it.id, DAVE, "No.", it.nonce),
    "edit": lambda life, it: life.edit(it.id, DAVE, {"amount": 200}, it.nonce),
    "extend": lambda life, it: life.extend(it.id, DAVE, it.nonce),
    "hand_over": lambda life, it: life.hand_over(it.id, DAVE, "lead", it.nonce),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_delegation_that_ended_meanwhile_lends_nothing(delegating, lifecycle, store, waiting, verb):
    delegated = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    await delegating.end(delegated.id, AS_ALICE)
    with pytest.raises(NotYourRole):
        await VERBS[verb](lifecycle, waiting)
    assert await store.find(waiting.id) == waiting


async def test_an_ended_delegation_revokes_and_objects_to_nothing(delegating, lifecycle, rules, waiting):
    delegated = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    done = await lifecycle.approve(waiting.id, BOB, waiting.nonce)
    await delegating.end(delegated.id, AS_ALICE)
    with pytest.raises(NotYourRole):
        await lifecycle.revoke(done.id, DAVE, "Wait.", done.nonce)
    with pytest.raises(NotYourRole):
        await lifecycle.object(done.id, DAVE, "Wait.", done.nonce)


async def test_what_was_approved_by_delegation_stays_approved_when_it_ends(delegating, lifecycle, waiting):
    delegated = await delegating.begin(ALICE, "U0DAVE", START + HOUR)
    done = await lifecycle.approve(waiting.id, DAVE, waiting.nonce)
    await delegating.end(delegated.id, AS_ALICE)
    assert (await lifecycle.claim(waiting.id, "support-bot", done.digest, None)).status is Status.claimed
