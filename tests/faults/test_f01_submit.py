"""F1: kill -9 anywhere in submit. 201 means stored; the retry gives the same id; one card."""

import asyncio
import sqlite3

import aiohttp

from tests.town import SUPPORT

BODY = {"action": "email.send", "payload": {"to": "a@example.com"}, "reasoning": "Asked for."}


async def submit(place, key, answered):
    """Sends one proposal; the id if a 201 came back, None if the connection broke."""
    headers = {"Idempotency-Key": key}
    try:
        async with place.agent.post("/v1/proposals", json=BODY, headers=headers) as response:
            answer = await response.json()
            assert response.status == 201
    except aiohttp.ClientError:
        return None
    answered.release()
    return answer["id"]


async def test_f01_every_201_before_the_kill_is_there_after_it_and_retries_give_the_same_ids(place):
    await place.start()
    keys = [f"key-{number}" for number in range(12)]
    answered = asyncio.Semaphore(0)
    sending = [asyncio.create_task(submit(place, key, answered)) for key in keys]
    for _ in range(4):
        await answered.acquire()
    await place.kill()
    before = dict(zip(keys, await asyncio.gather(*sending), strict=True))
    assert any(before.values())
    await place.start()
    for key, known in before.items():
        async with place.agent.post("/v1/proposals", json=BODY, headers={"Idempotency-Key": key}) as response:
            answer = await response.json()
            assert response.status in ((200,) if known else (200, 201))
            assert known in (None, answer["id"])
    assert place.rows("SELECT count(*), count(DISTINCT idempotency_key) FROM proposals") == [(12, 12)]


async def test_f01_killed_before_the_commit_nothing_is_stored_and_the_retry_asks_once(place):
    await place.start()
    other = sqlite3.connect(place.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sending = asyncio.create_task(submit(place, "key-1", asyncio.Semaphore(0)))
    await place.call("GET", "/healthz")
    await place.kill()
    assert await sending is None
    other.execute("ROLLBACK")
    other.close()
    assert place.rows("SELECT count(*) FROM proposals") == [(0,)]
    await place.start()
    proposal = await place.propose(**BODY, key="key-1")
    await place.card(SUPPORT, proposal)
    assert len(place.cards(SUPPORT, proposal["id"])) == 1


async def test_f01_killed_before_its_card_was_posted_it_gets_one_card_after_the_start(place):
    await place.start()
    posting = await place.hangs("hang", "chat.postMessage")
    proposal = await place.propose(key="key-1")
    await posting()
    await place.kill_and_start()
    card = await place.card(SUPPORT, proposal)
    again = await place.propose(key="key-1", expect=200)
    assert again["id"] == proposal["id"]
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.status(proposal) == "approved"
    assert len(place.cards(SUPPORT, proposal["id"])) == 1
