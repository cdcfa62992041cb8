"""Three bots on one database: what one of them stops is stopped in all, from the commit on, and shows in all."""

import asyncio

import pytest

from tests.replicas.premises import replicas
from tests.town import SUPPORT, has_button

WHY = "all were taken over"


@pytest.fixture
async def three(tmp_path):
    """A town with three bots; Slack speaks to whichever is named."""
    async with replicas(tmp_path, "http") as place:
        yield place, await place.start_all()


async def sent(place, bot, text, values, saying):
    """The command and its form, at one bot."""
    place.slack.deliver_to(f"{bot.url}/slack/events")
    await place.slack.command("U0OWEN", SUPPORT, "/approvals", text)
    await place.modal_saying("U0OWEN", saying)
    delivery = await place.slack.submit("U0OWEN", values)
    assert delivery.acknowledged


async def test_from_the_answer_to_the_form_on_no_bot_takes_anything_in_or_approves_anything(three):
    place, bots = three
    made = []
    for number, bot in enumerate(bots):
        async with place.at(
            bot
        ) as agent:  # each has asked before whether the agent is stopped, and remembers the answer
            made.append(await place.propose(payload={"to": f"{number}@example.com"}, session=agent))
            granted = await place.propose("search.web", {}, session=agent)
    cards = [await place.card(SUPPORT, each) for each in made]

    async def waits(bot, proposal):
        async with place.at(bot) as agent:
            return await place.call("GET", f"/v1/proposals/{proposal['id']}?wait=50", session=agent)

    waiting = [asyncio.create_task(waits(bot, made[0])) for bot in bots]
    await sent(place, bots[1], "stop everything", {"Why": WHY, "Type stop": "stop"}, "Stop everything?")
    for bot in bots:  # no bot is waited for: it is in force with the commit
        async with place.at(bot) as agent:
            await place.propose(session=agent, expect=403)
            await place.propose("search.web", {}, claim=True, session=agent, expect=403)
            body = {"digest": granted["digest"]}
            await place.call("POST", f"/v1/proposals/{granted['id']}/claim", body, session=agent, expect=403)
    assert [each["suspended"]["reason"] for each in await asyncio.gather(*waiting)] == [WHY] * 3
    for card in cards:
        shown = await place.card_saying(SUPPORT, card["ts"], "*Everything is stopped*")
        assert not has_button(shown, "approve")
    await sent(place, bots[2], "resume everything", {}, "Resume everything?")
    for bot in bots:
        async with place.at(bot) as agent:
            await place.propose("search.web", {}, session=agent)
