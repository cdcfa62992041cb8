"""What runs without waiting for people: they may object, and the agent hears of it and says what came of it."""

import asyncio

import pytest

from tests.patience import PATIENCE


async def claimed(endpoint, **changes):
    return await endpoint.propose(action="mail.send", claim=True, **changes)


async def test_what_is_watched_runs_at_once_and_says_until_when_people_can_object(endpoint):
    made = await endpoint.propose(action="mail.send")
    assert (made["status"], made["cause"], made["tier"]) == ("approved", "watch", "watch")
    assert made["gate"]["object_within"] == 1800
    assert "people can object until 2026-11-20T10:45:00.000Z" in made["message"]


async def test_an_objection_before_the_claim_takes_the_approval_back(endpoint):
    made = await endpoint.propose(action="mail.send")
    await endpoint.object(made, "Wrong address.")
    shown = await endpoint.show(made)
    assert (shown["status"], shown["reason"], shown["rollback"]) == ("revoked", "Wrong address.", None)
    await endpoint.do(made, "claim", {"digest": made["digest"]}, expect=409)


@pytest.mark.parametrize("after", [False, True])
async def test_who_waits_hears_of_an_objection_at_once(endpoint, after):
    made = await claimed(endpoint)
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55" + (f"&after={made['version']}" if after else "")))
    await endpoint.until_waiting(1)
    assert not waiting.done()
    await endpoint.object(made, "Wrong address.")
    async with asyncio.timeout(PATIENCE):
        answer = await waiting
    assert (answer["status"], answer["rollback"]["status"]) == ("claimed", "requested")
    assert 'roll it back now ("Wrong address.")' in answer["message"]


async def test_who_waits_for_an_objection_waits_through_the_report(endpoint):
    made = await claimed(endpoint)
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    await endpoint.do(made, "outcome", {"status": "succeeded"})
    assert not waiting.done()
    await endpoint.object(made, "Wrong address.")
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "succeeded"


async def test_nobody_waits_for_an_objection_that_can_no_longer_come(endpoint):
    made = await claimed(endpoint)
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    endpoint.clock.forward(minutes=30)
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["rollback"] is None
        assert (await endpoint.show(made, "?wait=55"))["status"] == "claimed"


@pytest.mark.parametrize("ending", ["approved", "failed", "auto"])
async def test_nobody_waits_for_an_objection_where_there_is_something_to_do_or_nothing_to_undo(endpoint, ending):
    made = await endpoint.propose(action="search.web" if ending == "auto" else "mail.send", claim=ending != "approved")
    if ending == "failed":
        await endpoint.do(made, "outcome", {"status": "failed"})
    async with asyncio.timeout(PATIENCE):
        assert (await endpoint.show(made, "?wait=55"))["id"] == made["id"]


async def test_an_undo_that_is_wanted_is_told_at_once_to_whoever_asks(endpoint):
    made = await claimed(endpoint)
    await endpoint.object(made, "Wrong address.")
    async with asyncio.timeout(PATIENCE):
        assert (await endpoint.show(made, "?wait=55"))["rollback"]["status"] == "requested"


@pytest.mark.parametrize("status", ["done", "failed"])
async def test_what_came_of_undoing_is_noted_once_and_may_be_said_twice(endpoint, status):
    made = await claimed(endpoint)
    await endpoint.object(made, "Wrong address.")
    undone = await endpoint.do(made, "rollback", {"status": status, "detail": "Recalled."})
    assert undone["rollback"]["status"] == status
    assert (undone["rollback"]["detail"], undone["rollback"]["reported_at"]) == (
        "Recalled.",
        "2026-11-20T10:15:00.000Z",
    )
    assert await endpoint.do(made, "rollback", {"status": status, "detail": "Recalled."}) == undone
    other = {"done": "failed", "failed": "done"}[status]
    no = await endpoint.do(made, "rollback", {"status": other}, expect=409)
    assert no["type"] == "urn:signoff:problem:already-reported"
    assert f"reported before is {status}; reports are not changed" in no["detail"]


async def test_what_nobody_objected_to_has_nothing_to_undo(endpoint):
    made = await claimed(endpoint)
    no = await endpoint.do(made, "rollback", {"status": "done"}, expect=409)
    assert no["type"] == "urn:signoff:problem:nothing-to-roll-back"
    trail = await endpoint.lifecycle.store.reads.trail(made["id"])
    assert (trail[-1].tag, trail[-1].facts["verb"]) == ("proposal:refused", "rollback")


async def test_another_agents_objections_are_not_answered(endpoint):
    made = await claimed(endpoint)
    await endpoint.object(made, "Wrong address.")
    await endpoint.do(made, "rollback", {"status": "done"}, expect=404, token="token-of-other-0123456789abcdefghijk")
    assert (await endpoint.show(made))["rollback"]["status"] == "requested"


@pytest.mark.parametrize(
    "sent", [{}, {"status": "requested"}, {"status": "done", "detail": "x" * 8001}, {"state": "done"}]
)
async def test_a_report_of_undoing_that_says_something_else_is_refused(endpoint, sent):
    made = await claimed(endpoint)
    await endpoint.object(made, "Wrong address.")
    await endpoint.do(made, "rollback", sent, expect=422)


async def test_a_reminder_that_no_sweep_has_written_lets_who_waits_wait_on(endpoint):
    made = await endpoint.propose(action="refund.slow")
    endpoint.clock.forward(minutes=20)
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    reads = endpoint.lifecycle.store.find
    looks = []
    endpoint.lifecycle.store.find = lambda proposal_id: looks.append(proposal_id) or reads(proposal_id)
    for _ in range(20):
        await endpoint.call("GET", "/healthz")
    assert (waiting.done(), looks) == (False, [])
    await endpoint.approve(made)
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "approved"
