"""Faults of one of three bots on one database: each is brought about, held to what must follow, and timed.

`python -m tests.replicas 20` runs each so often and writes the table in docs/how-to/run-several.md; the tests run each once.
"""

import asyncio
import time

import aiohttp

from storage.engine.postgresql.connection import SCHEMA
from tests.listening import listening
from tests.patience import PATIENCE
from tests.postgresql import on_server, server_stopped
from tests.replicas.premises import freeze, wake
from tests.storage.wire import wire_to
from tests.town import SUPPORT

HELD = "held@example.com"
BODY = {"action": "email.send", "payload": {"to": HELD}, "reasoning": "The customer asked for it."}


async def killed_in_its_turn(place):
    """Killed while it alone may write: the next one writes at once, and the agent's retry is its first."""
    async with wire_to(place.url).standing() as wire:
        _, other, victim = await three(place, wire)
        writing = await in_its_turn(place, victim, wire)
        began = time.monotonic()
        await victim.kill()
        await asyncio.gather(writing, return_exceptions=True)
        await proposed(place, other, "key")
        took = time.monotonic() - began
        assert held(place) == 1
        return {"the next one wrote after": took}


async def frozen_in_its_turn(place):
    """Frozen for longer than the server allows: it loses its turn, others write, and its late commit is refused."""
    async with wire_to(place.url).standing() as wire:
        _, other, victim = await three(place, wire)
        writing = await in_its_turn(place, victim, wire)
        began = time.monotonic()
        freeze(victim)
        made = await proposed(place, other, "key")
        took = time.monotonic() - began
        wire.release()
        wake(victim)
        (late,) = await asyncio.gather(writing, return_exceptions=True)
        assert isinstance(late, aiohttp.ClientError) or late[0] in (201, 503), late
        assert held(place) == 1
        assert (await proposed(place, victim, "key"))["id"] == made["id"]
        await ready(place, victim)
        return {"others wrote after": took}


async def killed_with_a_lease(place):
    """Killed while Slack has its call: what it had taken to send is taken again once the lease ran out."""
    (victim,) = await place.start_all(1)
    proposal, card = await while_slack_has_the_update(place, victim)
    others = [await place.another(), await place.another()]
    await place.start_agent(others[0])
    await victim.kill()
    place.slack.faults.release()
    place.a_minute_passes()
    began = time.monotonic()
    await place.propose(payload={"to": "next"})  # those who wait for the end of the lease look earlier
    await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    await place.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
    took = time.monotonic() - began
    assert place.count(proposal["id"], "proposal:approved") == len(place.cards(SUPPORT, proposal["id"])) == 1
    return {"after the lease the card was right after": took}


async def frozen_with_a_lease(place):
    """Frozen while Slack has its call, until others have brought the card further: it overwrites nothing newer."""
    (victim,) = await place.start_all(1)
    proposal, card = await while_slack_has_the_update(place, victim)
    freeze(victim)
    others = [await place.another(), await place.another()]
    await place.start_agent(others[0])
    await place.claim(proposal)
    await place.report(proposal, detail="the mail server said 250")
    place.a_minute_passes()
    await place.propose(payload={"to": "next"})  # those who wait for the end of the lease look earlier
    await place.card_saying(SUPPORT, card["ts"], "the mail server said 250")
    began = time.monotonic()
    wake(victim)
    place.slack.faults.release()
    await ready(place, victim)
    await place.settled(SUPPORT)
    took = time.monotonic() - began
    await place.card_saying(SUPPORT, card["ts"], "the mail server said 250")
    assert len(place.cards(SUPPORT, proposal["id"])) == 1
    return {"it was ready again after": took}


async def cut_off_at_commit(place):
    """Cut off before and after the server has its commit: it says what became of it, and a retry makes no second."""
    async with wire_to(place.url).standing() as wire:
        *_, victim = await three(place, wire)
        for when, stored in (("before", 0), ("after", 1)):
            wire.cut_at = (when, b"COMMIT")
            status, _ = await ask(place, victim, when)
            cuts = wire.cuts
            assert (status == 201) == bool(place.rows("SELECT 1 FROM proposals WHERE idempotency_key = ?", when))
            assert stored == 0 or status == 201
            began = time.monotonic()
            await proposed(place, victim, when)
            took = time.monotonic() - began
            assert cuts >= 1
        assert held(place) == 2
        await ready(place, victim)
        return {"the retry was stored after": took}


async def server_restarted(place):
    """The server ends all connections and is back: who waits goes on to wait, and is answered."""
    bots = await place.start_all()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    async with place.at(bots[1]) as far:
        waiting = asyncio.create_task(answered(far, proposal))
        async with listening(far) as listener:
            with server_stopped():
                assert (await ask(place, bots[2], "down"))[0] == 503
            began = time.monotonic()
            await proposed(place, bots[2], "down")
            took = time.monotonic() - began
            for bot in bots:
                await ready(place, bot)
            await place.clicked(bots[0], "U0ALICE", SUPPORT, card, "approve")
            assert await waiting == "approved"
            assert proposal["id"] in str(await listener.next() or await heard_after(far, listener.began))
    return {"the first was stored after": took}


async def newer_schema(place):
    """A newer version has changed the schema: the older ones write nothing more, say so, and are not ready."""
    bots = await place.start_all()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    await place.settled(SUPPORT)
    began = time.monotonic()
    on_server(f"INSERT INTO {SCHEMA}.migrations VALUES (9999, 'later', '', 0)", url=place.url)
    await readiness(place, bots[0])  # its turn comes after any that was under way
    entries = place.rows("SELECT count(*) FROM entries")
    for bot in bots:
        status, said = await readiness(place, bot)
        assert (status, said["parts"]["store"], said["parts"]["schema"]) == (503, False, False)
        assert "newer version" in str(said["degraded"])
        assert (await ask(place, bot, "newer"))[0] == 503
        await place.clicked(bot, "U0ALICE", SUPPORT, card, "approve")
    took = time.monotonic() - began
    assert place.rows("SELECT count(*) FROM entries") == entries
    on_server(f"DELETE FROM {SCHEMA}.migrations WHERE number = 9999", url=place.url)
    assert await place.status(proposal) == "pending"
    return {"all had said so after": took}


SCENARIOS = (
    killed_in_its_turn,
    frozen_in_its_turn,
    killed_with_a_lease,
    frozen_with_a_lease,
    cut_off_at_commit,
    server_restarted,
    newer_schema,
)


async def three(place, wire):
    """Three bots, the last of which reaches the database over the wire."""
    return [*await place.start_all(2), await place.another(SIGNOFF_DATABASE_URL=wire.url)]


async def in_its_turn(place, bot, wire):
    """The bot has begun to write, and no more of it reaches the server; the request that waits for it."""
    wire.hold_at = HELD.encode()
    writing = asyncio.create_task(ask(place, bot, "key"))
    async with asyncio.timeout(PATIENCE):
        await wire.held.wait()
    return writing


async def ask(place, bot, key):
    """What the bot answers to a submission under this key."""
    headers = {"Idempotency-Key": key}
    async with place.at(bot) as agent, agent.post("/v1/proposals", json=BODY, headers=headers) as answer:
        return answer.status, await answer.json()


async def proposed(place, bot, key):
    """The same, tried again until it is stored."""
    async with asyncio.timeout(PATIENCE):
        while True:
            status, answer = await ask(place, bot, key)
            if status in (200, 201):
                return answer
            assert status == 503, (status, answer)


async def while_slack_has_the_update(place, bot):
    """A proposal that was approved, and its card, whose update Slack has done without having answered."""
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    await place.settled(SUPPORT)
    updating = await place.hangs("hang_after", "chat.update")
    await place.clicked(bot, "U0ALICE", SUPPORT, card, "approve")
    await updating()
    return proposal, card


async def answered(session, proposal):
    """How it ends for an agent that asks again as long as it is pending or cannot be told."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(f"/v1/proposals/{proposal['id']}", params={"wait": 50}) as answer:
                if answer.status == 200 and (status := (await answer.json())["status"]) != "pending":
                    return status


async def heard_after(session, place):
    """The next of a stream that ended because the database was away, as an agent's library asks for it."""
    async with listening(session, headers={"Last-Event-ID": str(place)}) as listener:
        return await listener.next()


async def readiness(place, bot):
    """What it answers."""
    assert bot.child.returncode is None, (bot.child.returncode, "".join(bot.said))
    async with place.at(bot) as agent, agent.get("/readyz") as answer:
        return answer.status, await answer.json()


async def ready(place, bot):
    """Returns once it is."""
    async with asyncio.timeout(PATIENCE):
        while (await readiness(place, bot))[0] != 200:
            assert bot.child.returncode is None, (bot.child.returncode, "".join(bot.said))


def held(place):
    """How many proposals there are of those that were held back or cut off."""
    return place.rows("SELECT count(*) FROM proposals WHERE idempotency_key IS NOT NULL")[0][0]
