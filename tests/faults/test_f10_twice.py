"""F10: the same delivery twice, to one process and to two. One effect, each answered."""

import asyncio

import pytest

from sandbox.deliver import encode
from tests.replicas.premises import replicas
from tests.town import SUPPORT


async def test_f10_one_click_delivered_twice_to_one_process_counts_once_and_each_is_answered(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    delivery = await either.click("U0ALICE", SUPPORT, card, "approve", deliveries=2)
    assert [each.acknowledged for each in (delivery, *delivery.repeats)] == [True, True]
    await either.told("U0ALICE")
    assert (either.count(proposal["id"], "proposal:decided"), either.count(proposal["id"], "proposal:approved")) == (
        1,
        1,
    )


@pytest.fixture
async def pair(tmp_path):
    """Two processes on one database, on a server, and a click on a card delivered to both at once."""
    async with replicas(tmp_path, "http") as place:
        await place.start()
        yield place, await place.another()


async def clicked_on_both(place, other, user, card):
    """The answers of both processes to the same payload."""
    value = next(e["value"] for b in card["blocks"] for e in b.get("elements", []) if e.get("action_id") == "approve")
    place.slack.deliver_to(f"{place.bot.url}/nowhere")
    await place.click(user, SUPPORT, card, "approve", value=value)
    payload = place.slack.last_payload

    async def to(process):
        body, kind = encode("interactive", payload)
        headers = place.slack.sign(body, int(place.slack.workspace.clock())) | {"Content-Type": kind}
        async with place.agent.post(f"{process.url}/slack/events", data=body, headers=headers) as answer:
            return answer.status

    return await asyncio.gather(to(place.bot), to(other))


async def test_f10_one_click_delivered_to_two_processes_counts_once_and_each_answers(pair):
    place, other = pair
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    await place.settled(SUPPORT)
    assert await clicked_on_both(place, other, "U0ALICE", card) == [200, 200]
    await place.told("U0ALICE")
    assert await place.status(proposal) == "approved"
    assert (place.count(proposal["id"], "proposal:decided"), place.count(proposal["id"], "proposal:approved")) == (
        1,
        1,
    )


async def test_f10_two_processes_post_one_card_for_each_proposal(pair):
    place, _ = pair
    made = [await place.propose(payload={"to": f"{name}@example.com"}) for name in ("ann", "ben", "cleo")]
    await place.slack.until(lambda: len(place.slack.messages(SUPPORT)) >= 3)
    assert [len(place.cards(SUPPORT, each["id"])) for each in made] == [1, 1, 1]


async def test_f10_a_claim_sent_to_two_processes_at_once_is_given_once(pair):
    place, other = pair
    proposal = await place.propose("search.orders", {"query": "48213"})
    body = {"digest": proposal["digest"]}

    async def claim(process):
        async with place.agent.post(f"{process.url}/v1/proposals/{proposal['id']}/claim", json=body) as answer:
            return answer.status

    assert sorted(await asyncio.gather(claim(place.bot), claim(other), claim(place.bot), claim(other))) == [
        200,
        409,
        409,
        409,
    ]
    assert place.count(proposal["id"], "proposal:claimed") == 1
