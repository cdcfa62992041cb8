"""T25: what is hidden while a person says no, or ends something, and then put back as it was, stands no more."""

from contextlib import contextmanager

import pytest

from approvals.decision import Verdict
from approvals.delegation import NoDelegation
from approvals.events import Actor
from approvals.gate import ApprovalTerms
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.refusals import Stopped
from tests.storage.town import ALICE, BOB, submission
from tests.threats.rows import HOUR, OPERATOR

ITS_ROW = "verdict = 'approve' AND proposal_id = :remembered"


def taken_out(world):
    return world.hidden("remembered_decisions", ITS_ROW)


@contextmanager
def said_to_be_over(world):
    world.by_hand(f"UPDATE remembered_decisions SET ended = 'expired', ended_at = until WHERE {ITS_ROW}")
    yield
    world.by_hand(f"UPDATE remembered_decisions SET ended = NULL, ended_at = NULL, ended_by = NULL WHERE {ITS_ROW}")


def remembered(world):
    world.policy.changes = {"remember_approval": ApprovalTerms(may_differ=("payload.order",), lasts=3600, most=3)}


async def asks_people(world):
    async with world.opened():
        made, _ = await world.lifecycle.submit(submission(350))
        assert made.status is Status.pending
        assert [each for each in await world.store.differences() if each.table == "remembered_decisions"]


@pytest.mark.parametrize("hiding", [taken_out, said_to_be_over])
@pytest.mark.parametrize("refused", ["remembered", "covered"])
async def test_t25_a_remembered_approval_hidden_while_somebody_says_no_does_not_come_back(world, hiding, refused):
    remembered(world)
    with hiding(world):
        async with world.opened():
            made = await world.store.find(world.of[refused])
            await world.lifecycle.reject(made.id, ALICE, "No", made.nonce)
    await asks_people(world)


@pytest.mark.parametrize("hiding", [taken_out, said_to_be_over])
async def test_t25_nobody_who_ends_a_hidden_remembered_approval_hears_that_there_is_none(world, hiding):
    with hiding(world):
        async with world.opened():
            with pytest.raises(Damaged):
                await world.lifecycle.end_remembered(Verdict.approve, world.of["remembered"], ALICE)


@pytest.mark.parametrize("row", ["proposals", "the agent's name"])
async def test_t25_what_was_approved_and_hidden_while_its_agent_was_stopped_is_never_claimed(world, row):
    renamed = "UPDATE proposals SET agent = {0} WHERE id = :approved"
    hiding = world.hidden("proposals", "id = :approved") if row == "proposals" else renaming(world, renamed)
    with hiding:
        async with world.opened():
            await world.stopping.stop("support-bot", OPERATOR, "It is mad.")
            while await world.stopping.close("support-bot"):
                pass
            await world.stopping.resume("support-bot", OPERATOR)
    async with world.opened():
        with pytest.raises(Stopped):
            await world.claimed("approved")
        await world.approved("later", 285)
        assert (await world.claimed("later")).status is Status.claimed
        repeated = await world.claimed("later")
        await world.stopping.stop("support-bot", OPERATOR, "It is mad.")
        await world.stopping.resume("support-bot", OPERATOR)
        assert await world.claimed("later") == repeated  # it was taken before: asking again gives the same


@contextmanager
def renaming(world, renamed):
    world.by_hand(renamed.format("'third-bot'"))
    yield
    world.by_hand(renamed.format("'support-bot'"))


@contextmanager
def said_to_have_ended(world):
    world.by_hand("UPDATE delegations SET ended_at = until WHERE id = :delegated")
    yield
    world.by_hand("UPDATE delegations SET ended_at = NULL, ended_by = NULL WHERE id = :delegated")


def row_of_lent(world):
    return world.hidden("delegations", "id = :delegated")


async def ends_with_dave(world):
    await world.delegating.end(world.of["delegated"], Actor(kind="reviewer", id="U0BOB", team="T0TEAM"))


async def gives_it_back(world):
    await world.delegating.end(world.of["delegated"], Actor(kind="reviewer", id="U0DAVE", team="T0TEAM"))


async def lends_anew(world):
    made = await world.delegating.begin(BOB, "U0DAVE", world.clock.now() + HOUR)
    await world.delegating.end(made.id, Actor(kind="reviewer", id="U0BOB", team="T0TEAM"))


@pytest.mark.parametrize("hiding", [row_of_lent, said_to_have_ended])
@pytest.mark.parametrize("ends", [ends_with_dave, gives_it_back, lends_anew])
async def test_t25_a_delegation_hidden_while_somebody_ends_it_lends_nothing_once_it_is_put_back(world, hiding, ends):
    with hiding(world):
        async with world.opened():
            assert await world.store.delegations.delegators("U0DAVE", world.clock.now()) == set()
            await ends(world)
            with pytest.raises((NoDelegation, Damaged)):
                await ends_with_dave(world)
    async with world.opened():
        assert await world.store.delegations.delegators("U0DAVE", world.clock.now()) == set()
        assert await world.store.delegations.in_force("U0DAVE", world.clock.now()) == []
        assert world.of["delegated"] in [each.id for each in await world.store.differences()]


async def test_t25_a_form_whose_use_was_taken_out_of_its_row_acts_no_more_after_an_hour(world):
    async with world.opened():
        assert await world.store.modals.use("mod_1", world.clock.now())
    world.by_hand("UPDATE modals SET used_at = NULL")
    world.clock.forward(3600)
    async with world.opened():
        assert not await world.store.modals.use("mod_1", world.clock.now())
    world.by_hand("UPDATE modals SET opened_at = opened_at + 3600000")
    async with world.opened():
        assert await world.store.modals.get("mod_1") is None


async def test_t25_what_is_not_touched_is_refused_once_and_stands_no_more(world):
    remembered(world)
    async with world.opened():
        made = await world.store.find(world.of["covered"])
        await world.lifecycle.reject(made.id, ALICE, "No", made.nonce)
        assert await world.store.differences() == []
        first = await world.store.find(world.of["remembered"])
        await world.lifecycle.reject(first.id, ALICE, "No", first.nonce)
        assert await world.store.differences() == []
        made, _ = await world.lifecycle.submit(submission(350))
        assert made.status is Status.pending
