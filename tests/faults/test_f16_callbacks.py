"""F16: a receiver that is down, slow or wrong is tried on schedule with one id, then a dead letter; polling always works."""

import asyncio
import json
import os
import sqlite3
from contextlib import closing

import pytest

from tests import program
from tests.certificates import own_authority
from tests.faults.premises import FROM_NOTHING, ROOT, premises
from tests.journeys.mentions import policy_for
from tests.patience import PATIENCE
from tests.receiver import SECRET, receiving
from tests.town import SUPPORT


@pytest.fixture
async def receiver():
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def place(tmp_path, receiver):
    variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8"}
    async with premises(tmp_path, "socket", policy=policy_for(receiver), variables=variables) as place:
        await place.start()
        yield place


async def approved(place, receiver):
    proposal = await place.propose(callback_url=f"{receiver.url}/hooks/1")
    await place.click("U0ALICE", SUPPORT, await place.card(SUPPORT, proposal), "approve")
    return proposal


async def tried(place, attempts):
    """Once so many attempts are noted; asks the bot for signs of life meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not place.rows("SELECT 1 FROM callbacks WHERE attempts >= ? AND leased_until IS NULL", attempts):
            await place.call("GET", "/healthz")


def days_pass(place, seconds=10**6):
    """Makes in the file of a bot that is no more as if so much later."""
    with closing(sqlite3.connect(place.database)) as file, file:
        file.execute("UPDATE callbacks SET due_at = due_at - ?", (seconds * 1000,))


async def signoff(place, *words):
    words = ("callbacks", *words, "--env-file", os.devnull)
    ended = await asyncio.to_thread(program.run, words, env=place.environ(), cwd=ROOT)
    return ended.returncode, ended.stdout, ended.stderr


async def test_f16_killed_while_the_receiver_has_it_the_same_id_comes_again_and_no_other(place, receiver):
    receiver.held = asyncio.Event()
    proposal = await approved(place, receiver)
    await receiver.count(1)
    await place.kill()
    receiver.held.set()
    place.a_minute_passes()
    await place.start()
    first, second = await receiver.count(2)
    assert first.id == second.id
    assert second.verified()
    assert second.event["subject"] == proposal["id"]
    await tried(place, 1)
    assert place.rows("SELECT state, attempts FROM callbacks") == [("delivered", 1)]


async def test_f16_killed_between_attempts_it_goes_on_where_it_was(place, receiver):
    receiver.answers = [500, 500]
    await approved(place, receiver)
    await tried(place, 1)
    await place.kill()
    (before,) = place.rows("SELECT id, attempts, due_at, state FROM callbacks")
    await place.start()
    assert place.rows("SELECT id, attempts, due_at, state FROM callbacks") == [before]
    await place.kill()
    days_pass(place)
    await place.start()
    await tried(place, 2)
    assert [got.id for got in receiver.got] == [before[0]] * 2


async def test_f16_while_a_receiver_is_slow_cards_and_polling_go_on_as_ever(place, receiver):
    receiver.held = asyncio.Event()
    proposal = await approved(place, receiver)
    await receiver.count(1)
    assert await place.status(proposal) == "approved"
    assert (await place.claim(await place.get(proposal["id"])))["status"] == "claimed"
    other = await place.propose()
    await place.click("U0ALICE", SUPPORT, await place.card(SUPPORT, other), "approve")
    assert await place.status(other) == "approved"
    receiver.held.set()
    await tried(place, 1)


async def test_f16_after_the_last_attempt_it_is_parked_and_begins_anew_on_command(place, receiver):
    receiver.answers = [500] * 10
    proposal = await approved(place, receiver)
    await tried(place, 1)
    await place.kill()
    days_pass(place)
    with closing(sqlite3.connect(place.database)) as file, file:
        file.execute("UPDATE callbacks SET attempts = 9")
    await place.start()
    await tried(place, 10)
    status, body = await place.readiness()
    assert (status, body["status"]) == (200, "degraded")
    assert "1 callback to an agent was given up: signoff callbacks list shows which" in body["degraded"]
    code, said, wrong = await signoff(place, "list", "--json")
    assert (code, wrong) == (1, "")
    (dead_letter,) = json.loads(said)
    assert (dead_letter["state"], dead_letter["attempts"], dead_letter["proposal"]) == (
        "dead_letter",
        10,
        proposal["id"],
    )
    receiver.answers = []
    code, said, wrong = await signoff(place, "retry", "--all")
    assert (code, said, wrong) == (0, dead_letter["id"] + "\n", "")
    await place.kill()
    await place.start()
    await receiver.until(lambda: len(receiver.got) == 3)
    assert {got.id for got in receiver.got} == {dead_letter["id"]}
    await tried(place, 1)
    code, said, _ = await signoff(place, "list")
    assert (code, said) == (0, "Every callback was taken.\n")


async def test_f16_over_tls_a_receiver_is_reached_whose_authority_the_operator_trusts_and_no_other(tmp_path):
    file, tls = own_authority(tmp_path)
    variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8"}
    async with (
        receiving(tls=tls) as receiver,
        premises(tmp_path, "socket", policy=policy_for(receiver), variables=variables) as place,
    ):
        await place.start()
        await approved(place, receiver)
        await tried(place, 1)
        assert place.rows("SELECT why FROM callbacks") == [("the receiver's certificate cannot be trusted",)]
        assert receiver.got == []
        await place.kill()
        days_pass(place)
        place.command = FROM_NOTHING  # whom to trust is read as modules are loaded
        await place.start(SSL_CERT_FILE=str(file))
        (got,) = await receiver.count(1)
        assert got.verified()
        await tried(place, 2)
