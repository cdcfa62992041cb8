"""F18: SIGTERM during clicks. It drains within 10 s; each click is decided or visibly failed."""

import asyncio

import aiohttp

from bot.clock import ENDS
from bot.compose import ANSWERED, DRAINED
from tests.tally import injected
from tests.town import SUPPORT


def test_f18_all_that_is_waited_for_adds_up_to_less_than_ten_seconds():
    assert 2 * ANSWERED + DRAINED + ENDS < 10, "aiohttp waits twice for what is under way"


async def test_f18_each_click_under_way_at_sigterm_is_decided_or_told_why_not_and_acknowledged(either):
    made = [await either.propose(f"email.{name}") for name in ("one", "two", "three")]
    cards = [await either.slack.until(lambda each=each: either.cards(SUPPORT, each["id"])) for each in made]
    looking = await either.hangs("hang", "users.info")
    clicks = [asyncio.create_task(either.click("U0ALICE", SUPPORT, card, "approve")) for (card,) in cards]
    await looking()
    assert await either.bot.end() == 0
    assert all(delivery.acknowledged for delivery in await asyncio.gather(*clicks))
    statuses = [status for (status,) in either.rows("SELECT status FROM proposals")]
    assert sorted(statuses) == ["approved", "approved", "pending"]
    assert len(either.slack.ephemerals("U0ALICE")) == 1


async def test_f18_under_load_every_proposal_that_was_taken_is_there_and_the_end_is_a_good_one(place, record_property):
    await place.start()
    taken, enough = [], asyncio.Semaphore(0)

    async def send(sender):
        for number in range(1000):
            headers = {"Idempotency-Key": f"{sender}-{number}"}
            body = {"action": "search.orders", "payload": {"query": f"{sender}-{number}"}, "reasoning": "Asked for."}
            try:
                async with place.agent.post("/v1/proposals", json=body, headers=headers) as answer:
                    if answer.status == 201:
                        taken.append((await answer.json())["id"])
                        enough.release()
            except (aiohttp.ClientError, ConnectionError):
                return

    sending = [asyncio.create_task(send(sender)) for sender in range(16)]
    for _ in range(50):
        await enough.acquire()
    assert await place.bot.end() == 0
    await asyncio.gather(*sending)
    known = {found for (found,) in place.rows("SELECT id FROM proposals")}
    assert set(taken) <= known
    injected(record_property, "F18 SIGTERM under load", "sqlite", 1, f"{len(taken)} taken, all stored")


async def test_f18_an_agent_that_waits_is_let_go_within_ten_seconds(place):
    await place.start()
    proposal = await place.propose()
    await place.card(SUPPORT, proposal)
    async with place.agent.get("/healthz"):
        waiting = asyncio.create_task(place.get(proposal["id"], wait=50))
        await place.call("GET", "/healthz")
    assert await place.bot.end() == 0
    (answer,) = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(answer, aiohttp.ClientError) or answer["status"] == "pending"


async def test_f18_a_hanging_slack_does_not_hold_up_the_end(place):
    await place.start()
    posting = await place.hangs("hang", "chat.postMessage")
    await place.propose()
    await posting()
    assert await place.bot.end() == 0
