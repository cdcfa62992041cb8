"""A stream of events over the death of the bot: whoever listens goes on after the last event, and misses nothing."""

import asyncio
from contextlib import suppress

import aiohttp
import pytest

from tests.listening import listening
from tests.town import SUPPORT


async def told(place):
    """What the agent is told, by the file."""
    return [seq for (seq,) in place.rows("SELECT seq FROM stream WHERE agent = 'shop' ORDER BY seq")]


async def to_the_end(listener):
    """The ids of what still came before the stream broke off."""
    found = []
    with suppress(aiohttp.ClientError):
        while (heard := await listener.next()) is not None:
            found.append(heard.id)
    return found


async def busy(place, *, until):
    """Proposes, one after the other, until the bot is gone."""
    with suppress(aiohttp.ClientError):
        while not until.is_set():
            await place.propose("search.orders", {"query": "48213"})


async def test_over_kills_in_the_middle_of_things_every_event_comes_once_and_in_order(place):
    await place.start()
    heard, last = [], 0
    for _ in range(3):
        dead = asyncio.Event()
        writing = asyncio.create_task(busy(place, until=dead))
        async with listening(place.agent, query=f"?after={last}") as listener:
            assert listener.began == last
            heard += [each.id for each in await listener.take(5)]
            await place.kill()
            heard += await to_the_end(listener)
            last = listener.place
        dead.set()
        await writing
        await place.start()
    async with listening(place.agent, query=f"?after={last}") as listener:
        while listener.place != (await told(place))[-1]:
            heard.append((await listener.next()).id)
    assert heard == await told(place)


async def test_what_people_decide_while_the_agent_is_cut_off_is_heard_by_its_next_stream(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    async with listening(either.agent) as listener:
        last = listener.place
        await either.kill()
        assert await to_the_end(listener) == []
    await either.start()
    await either.click("U0ALICE", SUPPORT, card, "approve")
    async with listening(either.agent, headers={"Last-Event-ID": str(last)}) as listener:
        heard = await listener.next()
    assert (heard.kind, heard.data["subject"]) == ("signoff.proposal.approved", proposal["id"])
    assert heard.id == (await told(either))[-1]


@pytest.mark.parametrize("streams", [3])
async def test_told_to_stop_it_closes_streams_and_ends_at_once(place, streams):
    await place.start()
    async with aiohttp.ClientSession(base_url=place.bot.url, headers=place.agent.headers) as session:
        opened = [listening(session) for _ in range(streams)]
        listeners = [await each.__aenter__() for each in opened]
        assert await place.bot.end() == 0
        # Ended, and not broken off, as it would be once the patience with requests under way was over.
        assert [await each.next() for each in listeners] == [None] * streams
        for each in opened:
            await each.__aexit__(None, None, None)
    assert not [line for line in place.bot.said if '"level": "error"' in line]
