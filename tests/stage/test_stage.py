"""The stage keeps to its script, and its door fails as it is told to: what all adapters' tests stand on."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.house.tree import ROOT
from tests.patience import PATIENCE
from tests.stage.__main__ import stage as set_stage

MANY = 120
"""More than the connections that an HTTP client has of its own accord."""


class Asking:
    """An agent on the stage, and whoever holds its controls."""

    def __init__(self, ready, session):
        self.ready, self.session = ready, session

    async def call(self, method, path, body=None, *, at="door", **params):
        url = f"{self.ready[at]}{path}"
        async with self.session.request(method, url, json=body, params=params) as answer:
            return answer.status, await answer.json(content_type=None)

    async def metrics(self):
        async with self.session.get(f"{self.ready['url']}/metrics") as answer:
            return await answer.text()

    async def propose(self, amount, run="run-1"):
        body = {"action": "refund", "payload": {"amount": amount}, "reasoning": "asked for", "run_id": run}
        status, proposal = await self.call("POST", "/v1/proposals", body)
        assert status == 201
        return proposal

    async def decided(self, proposal):
        """Who is told that the bot is busy comes again, as every agent."""
        status = 503
        while status == 503:
            status, answer = await self.call("GET", f"/v1/proposals/{proposal['id']}", wait=50)
        assert status == 200, answer
        return answer

    async def control(self, path, **body):
        return await self.call("POST", path, body, at="control")

    async def log(self, **asked):
        status, answer = await self.call("GET", "/log", at="control", **asked)
        assert status == 200
        assert answer["trouble"] == []
        return answer["proposals"]

    async def claim(self, proposal, claimant="word"):
        body = {"digest": proposal["digest"], "claimant": claimant}
        return await self.call("POST", f"/v1/proposals/{proposal['id']}/claim", body)


@asynccontextmanager
async def asking(ready):
    bearer = {"Authorization": f"Bearer {ready['token']}"}
    async with aiohttp.ClientSession(headers=bearer, connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Asking(ready, session)


@pytest.fixture
async def stage():
    """Set in this process: what it is as a program of its own, one test shows."""
    async with set_stage() as (ready, working), asking(ready) as asks:
        yield asks
        assert not working.done()


async def test_people_decide_by_the_amount_and_the_stage_ends_with_whoever_started_it():
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.stage", cwd=ROOT, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    async with asking(json.loads(await running.stdout.readline())) as stage:
        answers = [await stage.decided(await stage.propose(amount)) for amount in (5, 500, 5000, -1)]
    running.stdin.close()
    assert await running.wait() == 0
    assert [(each["status"], each["cause"]) for each in answers] == [
        ("approved", "reviewer"),
        ("approved", "reviewer"),
        ("rejected", "reviewer"),
        ("rejected", "expired"),
    ]
    assert [each["payload"]["amount"] for each in answers] == [5, 100, 5000, -1]
    assert answers[2]["reason"] == "Too much without a ticket"


async def test_people_who_are_away_decide_nothing_until_they_are_back(stage):
    await stage.control("/pause")
    proposal = await stage.propose(5)
    (found,) = await stage.log(run_id="run-1", status="pending")
    assert found["id"] == proposal["id"]
    await stage.control("/forward", seconds=600)
    assert (await stage.call("GET", f"/v1/proposals/{proposal['id']}"))[1]["status"] == "pending"
    await stage.control("/resume")
    assert [each["status"] for each in await stage.log(run_id="run-1", status="approved")] == ["approved"]
    assert await stage.log(run_id="another") == []


async def test_however_many_wait_at_the_door_a_claim_goes_through(stage):
    approved = await stage.decided(await stage.propose(5, run="run-0"))
    await stage.control("/pause")
    proposals = [await stage.propose(7) for _ in range(MANY)]
    waiting = [asyncio.create_task(stage.decided(each)) for each in proposals]
    async with asyncio.timeout(PATIENCE):
        while f"signoff_waiting_requests {MANY}.0" not in await stage.metrics():
            assert not any(each.done() for each in waiting)
        status, claimed = await stage.claim(approved)
        assert (status, claimed["status"]) == (200, "claimed")
        assert not any(each.done() for each in waiting)
        await stage.control("/forward", seconds=3601)
        assert {each["cause"] for each in await asyncio.gather(*waiting)} == {"expired"}


async def test_people_decide_also_what_stands_on_the_summary_of_a_flood(stage):
    await stage.control("/pause")
    await asyncio.gather(*(stage.propose(7) for _ in range(MANY)))
    await stage.propose(5, run="run-1000")
    await stage.control("/resume")
    async with asyncio.timeout(PATIENCE):
        (found,) = await stage.log(run_id="run-1000", status="approved")
    assert found["cause"] == "reviewer"


async def test_the_clock_can_be_moved_past_the_deadline(stage):
    await stage.control("/pause")
    proposal = await stage.propose(5)
    await stage.control("/forward", seconds=3601)
    assert (await stage.decided(proposal))["cause"] == "expired"


@pytest.mark.parametrize(("mode", "status"), [("500", 500), ("401", 401), ("rubbish", 200), ("lie", 200)])
async def test_a_wrong_answer_comes_from_the_door_alone_and_only_where_it_is_wanted(stage, mode, status):
    proposal = await stage.decided(await stage.propose(5))
    await stage.control("/faults", mode=mode, at="claim")
    async with stage.session.post(f"{stage.ready['door']}/v1/proposals/{proposal['id']}/claim", json={}) as answer:
        assert answer.status == status
    assert (await stage.log())[0]["claims"] == 0
    await stage.control("/faults", mode="none")
    assert (await stage.claim(proposal))[0] == 200
    assert (await stage.log())[0]["claims"] == 1


async def test_a_lost_answer_was_a_claim_and_its_repetition_gets_the_answer(stage):
    proposal = await stage.decided(await stage.propose(5))
    await stage.control("/faults", mode="drop", at="claim", times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stage.claim(proposal)
    assert (await stage.log())[0]["status"] == "claimed"
    assert (await stage.claim(proposal))[0] == 200
    assert (await stage.claim(proposal, "another word"))[0] == 409


async def test_a_slow_answer_comes_too_late_though_the_bot_was_asked(stage):
    await stage.control("/faults", mode="slow")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await stage.propose(7)
    assert [each["payload"] for each in await stage.log(status="pending")] == [{"amount": 7}]


async def test_a_door_that_is_down_refuses_connections_until_it_is_up_again(stage):
    await stage.propose(5)
    await stage.control("/faults", mode="down")
    with pytest.raises(aiohttp.ClientConnectorError):
        await stage.propose(5)
    await stage.control("/faults", mode="none")
    await stage.propose(5)


async def test_a_door_goes_down_right_after_the_call_that_was_named(stage):
    proposal = await stage.decided(await stage.propose(5))
    await stage.control("/faults", mode="down", after="claim")
    assert (await stage.claim(proposal, "word"))[0] == 200
    with pytest.raises(aiohttp.ClientConnectionError):
        await stage.call("POST", f"/v1/proposals/{proposal['id']}/outcome", {"status": "succeeded"})
    assert (await stage.log())[0]["status"] == "claimed"


@pytest.mark.parametrize(
    "wrong", [{"mode": "odd"}, {"mode": "500", "at": "lunch"}, {"mode": "down", "at": "claim"}, {"made": "up"}]
)
async def test_a_fault_that_cannot_be_is_refused(stage, wrong):
    async with stage.session.post(f"{stage.ready['control']}/faults", json=wrong) as answer:
        assert answer.status == 400
