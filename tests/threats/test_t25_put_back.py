"""T25: what is hidden while a person says no, or ends something, and then put back as it was, stands no more."""

import asyncio
from contextlib import contextmanager

import pytest

from approvals.gate import Standing
from approvals.ports import Damaged
from approvals.proposal import Status
from tests.storage.town import ALICE, submission
from tests.threats.rows import built

ITS_ROW = "proposal_id = :standing"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return asyncio.run(built(tmp_path_factory.mktemp("world") / "signoff.db"))


@pytest.fixture
def world(whole, tmp_path):
    return whole.copied(tmp_path)


def taken_out(world):
    return world.hidden("standing_approvals", ITS_ROW)


@contextmanager
def said_to_be_over(world):
    world.by_hand(f"UPDATE standing_approvals SET ended = 'expired', ended_at = until WHERE {ITS_ROW}")
    yield
    world.by_hand(f"UPDATE standing_approvals SET ended = NULL, ended_at = NULL, ended_by = NULL WHERE {ITS_ROW}")


def standing(world):
    world.policy.changes = {"standing": Standing(may_differ=("payload.order",), lasts=3600, most=3)}


async def asks_people(world):
    async with world.opened():
        made, _ = await world.lifecycle.submit(submission(350))
        assert made.status is Status.pending
        assert [each for each in await world.store.differences() if each.table == "standing_approvals"]


@pytest.mark.parametrize("hiding", [taken_out, said_to_be_over])
@pytest.mark.parametrize("refused", ["standing", "covered"])
async def test_t25_a_standing_approval_hidden_while_somebody_says_no_does_not_come_back(world, hiding, refused):
    standing(world)
    with hiding(world):
        async with world.opened():
            made = await world.store.find(world.of[refused])
            await world.lifecycle.reject(made.id, ALICE, "No", made.nonce)
    await asks_people(world)


@pytest.mark.parametrize("hiding", [taken_out, said_to_be_over])
async def test_t25_nobody_who_ends_a_hidden_standing_approval_hears_that_there_is_none(world, hiding):
    with hiding(world):
        async with world.opened():
            with pytest.raises(Damaged):
                await world.lifecycle.end_standing(world.of["standing"], ALICE)


async def test_t25_what_is_not_touched_is_refused_once_and_stands_no_more(world):
    standing(world)
    async with world.opened():
        made = await world.store.find(world.of["covered"])
        await world.lifecycle.reject(made.id, ALICE, "No", made.nonce)
        assert await world.store.differences() == []
        first = await world.store.find(world.of["standing"])
        await world.lifecycle.reject(first.id, ALICE, "No", first.nonce)
        assert await world.store.differences() == []
        made, _ = await world.lifecycle.submit(submission(350))
        assert made.status is Status.pending
