"""What an agent reads of an approval that settles."""

import asyncio

from approvals.events import instant
from tests.patience import PATIENCE


async def test_an_approval_that_settles_says_from_when_on_it_may_be_claimed(endpoint):
    made = await endpoint.propose(action="refund.soon")
    assert (made["claimable_at"], made["gate"]["undo_window"]) == (None, 10)
    await endpoint.approve(made)
    shown = await endpoint.show(made)
    assert (shown["status"], shown["claimable_at"]) == ("approved", "2026-11-20T10:15:10.000Z")
    assert shown["execute_by"] == "2026-11-20T11:15:10.000Z"
    assert "claim it from 2026-11-20T10:15:10.000Z on, not sooner, and before" in shown["message"]


async def test_until_then_a_claim_is_a_409_with_the_time_to_wait(endpoint):
    made = await endpoint.propose(action="refund.soon")
    await endpoint.approve(made)
    endpoint.clock.forward(milliseconds=9_001)
    no = await endpoint.do(made, "claim", {"digest": made["digest"]}, expect=409)
    assert no["type"] == "urn:signoff:problem:undo-window"
    assert endpoint.headers["Retry-After"] == "1"
    assert "2026-11-20T10:15:10.000Z" in no["detail"]
    endpoint.clock.forward(milliseconds=999)
    assert (await endpoint.do(made, "claim", {"digest": made["digest"]}))["status"] == "claimed"


async def test_what_does_not_settle_says_so(endpoint):
    made = await endpoint.propose(action="search.web")
    assert (made["status"], made["claimable_at"], made["gate"]["undo_window"]) == ("approved", None, None)
    assert "not sooner" not in made["message"]


async def test_a_waiting_request_is_answered_within_a_second_of_the_moment_and_not_before(endpoint):
    made = await endpoint.propose(action="refund.soon")
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    version = asyncio.create_task(endpoint.show(made, f"?wait=55&after={made['version']}"))
    await endpoint.until_waiting(2)
    await endpoint.approve(made)
    async with asyncio.timeout(PATIENCE):
        assert (await version)["status"] == "approved"
    await endpoint.until_waiting(1)
    assert (await endpoint.show(made, "?wait=1"))["status"] == "approved", "a second has passed by the machine"
    endpoint.clock.forward(milliseconds=9_999)
    assert (await endpoint.show(made, "?wait=1"))["status"] == "approved", "another second"
    assert not waiting.done()
    endpoint.clock.forward(milliseconds=1)
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "approved"


async def test_a_waiting_request_waits_on_through_an_undo(endpoint):
    made = await endpoint.propose(action="refund.soon")
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    await endpoint.approve(made)
    await endpoint.retract(made)
    shown = await endpoint.show(made)
    assert (shown["status"], shown["claimable_at"], shown["execute_by"]) == ("pending", None, None)
    assert [each["retracted_at"] for each in shown["decisions"]] == [instant(endpoint.clock.now())]
    assert not waiting.done()
    await endpoint.reject(made, "Not at all.")
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "rejected"
