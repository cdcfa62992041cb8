"""Whether anybody said no to the very same: asked once for all who wait, and a no counts from its commit on."""

import asyncio
from dataclasses import replace

import pytest

from approvals.proposal import Cause, Status
from storage import open_store
from storage.audit.unopposed import is_unopposed
from tests.databases import KEY
from tests.holding import ticks, under_way
from tests.storage.past_queries import ask_for
from tests.storage.town import ALICE


async def nothing(_tx):
    pass


async def test_whoever_asks_asks_for_all_who_wait(store):
    async def look(statements):
        found = sorted(statements.expected())
        await is_unopposed(statements, "sha256:own")
        return found, sorted(*[known for name, known in statements.memory.items() if name == "unopposed digests"])

    async with under_way(store, nothing):
        asked = [asyncio.create_task(store._database.write(look, asks)) for asks in ("sha256:a", "sha256:b", None)]
        await ticks()
    first, second, third = await asyncio.gather(*asked)
    assert first == (["sha256:b"], ["sha256:b", "sha256:own"])
    assert second == third == ([], ["sha256:b", "sha256:own"])
    assert await store._database.read(look) == ([], ["sha256:own"])


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_remembered_no_counts_for_the_next_of_the_same(store, url, clock, lifecycle, made, elsewhere):
    first, second = await made(), await made()
    assert (first.status, second.status) == (Status.pending, Status.pending)
    async with open_store(url, KEY, clock) as other:
        decide = replace(lifecycle, store=other) if elsewhere else lifecycle
        await decide.reject(second.id, ALICE, "Wait.", second.nonce, remember=True)
    third = await made()
    assert (third.status, third.cause) == (Status.rejected, Cause.blocked)


async def test_a_no_counts_for_those_who_were_asked_for_with_it(store, lifecycle, made):
    waits = await made()
    async with under_way(store, nothing):
        no = asyncio.create_task(lifecycle.reject(waits.id, ALICE, "Wait.", waits.nonce, remember=True))
        await ticks()
        same = [asyncio.create_task(lifecycle.submit(ask_for())) for _ in range(3)]
        await ticks()
    await no
    assert [proposal.cause for proposal, _ in await asyncio.gather(*same)] == [Cause.blocked] * 3
