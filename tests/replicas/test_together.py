"""Three bots on one database: who waits at one is answered by a click at another, and each thing is said once."""

import asyncio
import json

import pytest

from tests.faults.test_f16_callbacks import approved
from tests.journeys.mentions import policy_for
from tests.journeys.test_notify import WAITS, direct, written
from tests.listening import listening
from tests.patience import PATIENCE
from tests.receiver import SECRET, receiving
from tests.replicas.premises import replicas
from tests.town import OPS, SUPPORT, visible_text


@pytest.fixture(params=["socket", "http"])
async def three(request, tmp_path):
    """A town with three bots."""
    async with replicas(tmp_path, request.param) as place:
        yield place, await place.start_all()


async def until(place, found):
    """What is found, once there is something; asks the bot for signs of life meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not (there := found()):
            await place.call("GET", "/healthz")
    return there


async def test_who_waits_at_any_bot_is_answered_wherever_the_click_arrives(three):
    place, bots = three
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)

    async def waits(bot):
        async with place.at(bot) as agent, agent.get(f"/v1/proposals/{proposal['id']}", params={"wait": 50}) as answer:
            return (await answer.json())["status"]

    waiting = [asyncio.create_task(waits(bot)) for bot in bots]
    await place.clicked(bots[2], "U0ALICE", SUPPORT, card, "approve")
    assert await asyncio.gather(*waiting) == ["approved"] * 3


async def test_who_listens_at_any_bot_hears_of_each_decision_once(three):
    place, bots = three
    async with place.at(bots[0]) as near, place.at(bots[1]) as far, listening(near) as one, listening(far) as other:
        first, second = [await place.propose(payload={"to": name}) for name in ("ann", "ben")]
        await place.clicked(bots[2], "U0ALICE", SUPPORT, await place.card(SUPPORT, first), "approve")
        await place.clicked(bots[0], "U0BOB", SUPPORT, await place.card(SUPPORT, second), "approve")
        for listener in (one, other):
            heard = [json.dumps(each.data) for each in await listener.take(2)]
            assert [first["id"] in heard[0], second["id"] in heard[1]] == [True, True]


async def test_each_proposal_has_one_card_and_each_decision_one_line(three):
    place, bots = three
    made = []
    for number in range(6):
        async with place.at(bots[number % 3]) as agent:
            made.append(await place.propose(payload={"to": f"{number}@example.com"}, session=agent))
    for number, each in enumerate(made):
        card = await place.card(SUPPORT, each)
        await place.clicked(bots[number % 3], "U0ALICE", SUPPORT, card, "approve")
    for each in made:
        card = await place.card(SUPPORT, each)
        await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
        await place.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
    await place.settled(SUPPORT)
    for each in made:
        (card,) = place.cards(SUPPORT, each["id"])
        lines = [visible_text(line) for line in place.slack.messages(SUPPORT, thread_ts=card["ts"])]
        assert sum("U0ALICE" in line for line in lines) == place.count(each["id"], "proposal:approved") == 1, lines


async def test_what_falls_due_is_done_once_whichever_bot_looks(three):
    place, _ = three
    made = [await place.propose(f"email.{name}", expires_in=2) for name in ("one", "two", "three")]
    for each in made:
        card = await place.card(SUPPORT, each)
        await place.card_saying(SUPPORT, card["ts"], "nobody answered in time")
    await place.settled(SUPPORT)
    assert [place.count(each["id"], "proposal:rejected") for each in made] == [1, 1, 1]


async def test_who_asks_for_direct_messages_is_written_to_once_of_each_thing(three):
    place, bots = three
    assert (await place.slack.command("U0BOB", SUPPORT, "/approvals", "notify dm")).acknowledged
    await place.told("U0BOB")
    first, second = [await place.propose(f"email.{name}", summary=f"Write to {name}") for name in ("ann", "ben")]
    for name in ("ann", "ben"):
        await written(place, "U0BOB", WAITS, f"Write to {name}")
    await place.clicked(bots[1], "U0ALICE", SUPPORT, await place.card(SUPPORT, first), "approve")
    await written(place, "U0BOB", "no longer waits", "Write to ann")
    await written(place, "U0BOB", WAITS, "Write to ben")
    assert len(direct(place, "U0BOB")) == 2
    assert await place.status(second) == "pending"


async def test_each_callback_is_sent_once(tmp_path):
    async with receiving() as receiver:
        variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8"}
        async with replicas(tmp_path, "socket", policy=policy_for(receiver), variables=variables) as place:
            await place.start_all()
            for _ in range(4):
                await approved(place, receiver)
            await receiver.count(4)
            await until(place, lambda: place.rows("SELECT count(*) FROM callbacks WHERE state = 'delivered'") == [(4,)])
            assert len({got.id for got in receiver.got}) == len(receiver.got) == 4


async def test_in_socket_mode_the_connections_of_the_other_bots_are_no_strangers(tmp_path):
    async with replicas(tmp_path, "socket") as place:
        bots = await place.start_all()
        await place.slack.until(lambda: place.slack.socket_count == 3)
        for bot in bots:
            async with place.at(bot) as agent, asyncio.timeout(PATIENCE):
                while (await place.call("GET", "/readyz", session=agent))["degraded"]:
                    pass  # its connection stands before it has heard so
        await place.propose()
        assert place.slack.messages(OPS) == []
