"""A long poll: woken by a commit, by its deadline, by shutdown; never late, never left behind."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient

from approvals.ports import StoreBusy
from bot.api.app import build_api
from bot.api.context import API, WAITING, Limits
from tests.api.conftest import TOKEN, Server
from tests.patience import PATIENCE


@pytest.mark.parametrize("ask", ["query", "header"])
async def test_a_waiting_request_is_answered_by_the_decision(endpoint, ask):
    made = await endpoint.propose()
    query, headers = ("?wait=55", {}) if ask == "query" else ("", {"Prefer": "respond-async, Wait=55; strict"})
    waiting = asyncio.create_task(endpoint.show(made, query, headers=headers))
    await endpoint.until_waiting(1)
    assert not waiting.done()
    await endpoint.approve(made)
    async with asyncio.timeout(PATIENCE):
        answer = await waiting
    assert answer["status"] == "approved"
    assert endpoint.headers.get("Preference-Applied") == (None if ask == "query" else "wait=55")
    assert endpoint.waiting == 0


async def test_a_request_waits_on_through_changes_that_leave_it_pending(endpoint):
    made = await endpoint.propose(action="refund.two")
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    later = asyncio.create_task(endpoint.show(made, "?wait=55&after=1"))
    await endpoint.until_waiting(2)
    await endpoint.approve(made, "U0CAROL")
    assert (await later)["version"] == 2
    assert not waiting.done()
    await endpoint.approve(made, "U0DAVE")
    assert (await waiting)["status"] == "approved"


async def test_what_is_decided_already_is_answered_at_once(endpoint):
    made = await endpoint.propose(action="search.web")
    async with asyncio.timeout(PATIENCE):
        assert (await endpoint.show(made, "?wait=55"))["status"] == "approved"
        assert (await endpoint.show(made, f"?wait=55&after={made['version'] - 1}"))["version"] == made["version"]


async def test_after_a_version_the_next_change_answers(endpoint):
    made = await endpoint.propose(action="search.web")
    waiting = asyncio.create_task(endpoint.show(made, f"?wait=55&after={made['version']}"))
    await endpoint.until_waiting(1)
    await endpoint.do(made, "claim", {"digest": made["digest"]})
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["status"] == "claimed"


async def test_the_time_over_the_request_is_answered_with_what_is(endpoint):
    made = await endpoint.propose()
    assert (await endpoint.show(made, "?wait=1"))["status"] == "pending"
    assert (await endpoint.show(made, "?wait=0"))["status"] == "pending"


@pytest.mark.parametrize(("action", "verb", "expected"), [
    ("refund.create", "?wait=55", "expired"), ("search.web", "?wait=55&after=2", "lapsed"),
])  # fmt: skip
async def test_a_waiting_request_wakes_by_itself_within_a_second_of_the_deadline(endpoint, action, verb, expected):
    made = await endpoint.propose(action=action)
    waiting = asyncio.create_task(endpoint.show(made, verb))
    await endpoint.until_waiting(1)
    endpoint.clock.forward(hours=1)
    async with asyncio.timeout(PATIENCE):
        answer = await waiting
    assert expected in (answer["status"], answer["cause"])


async def test_a_claim_that_is_overdue_wakes_who_waits_for_the_next_version(endpoint):
    made = await endpoint.propose(action="search.web", claim=True)
    waiting = asyncio.create_task(endpoint.show(made, f"?wait=55&after={made['version']}"))
    await endpoint.until_waiting(1)
    endpoint.clock.forward(hours=1)
    async with asyncio.timeout(PATIENCE):
        assert (await waiting)["overdue"] is True


async def test_who_hangs_up_is_no_longer_waited_for(endpoint):
    made = await endpoint.propose()
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    waiting.cancel()
    async with asyncio.timeout(PATIENCE):
        await endpoint.until_waiting(0)
    assert endpoint.lifecycle.store.signals.waiting == 0


async def test_shutdown_answers_who_waits(endpoint):
    made = await endpoint.propose()
    waiting = asyncio.create_task(endpoint.show(made, "?wait=55"))
    await endpoint.until_waiting(1)
    async with asyncio.timeout(PATIENCE):
        await endpoint.server.runner.cleanup()
        assert (await waiting)["status"] == "pending"
    assert endpoint.lifecycle.store.signals.waiting == 0


@pytest.mark.parametrize("limits", [Limits(burst=100, waiting=2)])
async def test_only_so_many_requests_of_one_agent_wait_at_once(endpoint):
    made = await endpoint.propose()
    waiting = [asyncio.create_task(endpoint.show(made, "?wait=55")) for _ in range(2)]
    await endpoint.until_waiting(2)
    no = await endpoint.show(made, "?wait=55", expect=429)
    assert no["type"] == "urn:signoff:problem:waiting-limit"
    assert endpoint.headers["Retry-After"] == "1"
    await endpoint.approve(made)
    await asyncio.gather(*waiting)
    assert endpoint.server.app[WAITING] == {}


class Deaf:
    """A store that cannot be watched."""

    async def changed(self, proposal_id, version):
        raise StoreBusy("locked")


async def test_a_store_that_cannot_be_watched_is_busy_and_not_asked_again_and_again(endpoint):
    made = await endpoint.propose()
    app = build_api(replace(endpoint.server.app[API], store=Deaf()))
    async with TestClient(Server(app, host="127.0.0.1")) as endpoint.http:
        no = await endpoint.show(made, "?wait=2", expect=503)
    assert no["type"] == "urn:signoff:problem:store-busy"


async def test_another_agents_proposal_is_not_waited_for(endpoint):
    made = await endpoint.propose()
    await endpoint.show(made, "?wait=55", token="token-of-other-0123456789abcdefghijk", expect=404)


@pytest.mark.parametrize(
    "query", ["wait=56", "wait=-1", "wait=1.5", "wait=", "wait=x", "after=-1", "after=x", "wait=1&wait=2", "until=3"]
)
async def test_a_wait_that_cannot_be_met_is_refused(endpoint, query):
    made = await endpoint.propose()
    assert (await endpoint.show(made, f"?{query}", expect=422))["type"] == "urn:signoff:problem:invalid"


@pytest.mark.parametrize("preference", ["wait=56", "wait=x", 'wait="-1"'])
async def test_a_preference_that_cannot_be_met_is_refused(endpoint, preference):
    made = await endpoint.propose()
    await endpoint.show(made, headers={"Prefer": preference}, expect=422)


async def test_the_address_wins_over_the_header(endpoint):
    made = await endpoint.propose()
    await endpoint.show(made, "?wait=0", headers={"Prefer": "wait=55", "Authorization": f"Bearer {TOKEN}"})
    assert "Preference-Applied" not in endpoint.headers
